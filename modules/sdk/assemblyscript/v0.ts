// The guest side of the first ABI: fixed buffers, because the host passes no lengths.
// One byte more than the host writes at most, so that a zero always ends the text.
const BODY_MAX: i32 = 1024;
const VALUE_MAX: i32 = 127;

// @ts-ignore: decorator
@external("pubsub", "getMessage")
declare function getMessage(body: usize): void;
// @ts-ignore: decorator
@external("pubsub", "send")
declare function sendBytes(body: usize, length: i32): void;
// @ts-ignore: decorator
@external("cache", "get")
declare function cacheGet(key: usize, keyLength: i32, value: usize): void;
// @ts-ignore: decorator
@external("cache", "set")
declare function cacheSet(key: usize, keyLength: i32, value: usize, valueLength: i32): void;

/** A text in UTF-8 somewhere in memory. */
@final
export class Text {
  constructor(readonly start: usize, readonly length: i32) {}

  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }
}

function terminated(start: usize, max: i32): Text {
  let length = 0;
  while (length < max && load<u8>(start + length) != 0) length++;
  return new Text(start, length);
}

/** The message, up to its first zero byte. */
export function message(): Text {
  const body = memory.data(BODY_MAX + 1);
  getMessage(body);
  return terminated(body, BODY_MAX);
}

/** Sends bytes on as they are. */
export function forward(body: Text): void {
  sendBytes(body.start, body.length);
}

/** Sends a text on in UTF-8. */
export function send(text: string): void {
  const bytes = String.UTF8.encode(text);
  sendBytes(changetype<usize>(bytes), bytes.byteLength);
}

/** A value of the cache, empty if there is none. */
export function cached(key: string): string {
  const name = String.UTF8.encode(key);
  const value = memory.data(VALUE_MAX + 1);
  cacheGet(changetype<usize>(name), name.byteLength, value);
  return terminated(value, VALUE_MAX).toString();
}

/** Puts a value of at most 127 bytes into the cache. */
export function cache(key: string, value: string): void {
  const name = String.UTF8.encode(key);
  const bytes = String.UTF8.encode(value);
  cacheSet(changetype<usize>(name), name.byteLength, changetype<usize>(bytes), bytes.byteLength);
}
