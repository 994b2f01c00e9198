// The guest side of wasmpipes_v1.

export const ACCEPT: i32 = 0;
export const REJECT: i32 = 1;
export const RETRY: i32 = 75;

// @ts-ignore: decorator
@external("wasmpipes_v1", "input_len")
declare function input_len(): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "input_read")
declare function input_read(offset: i32, target: usize, length: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "header_get")
declare function header_get(name: usize, nameLength: i32, target: usize, capacity: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "header_list")
declare function header_list(target: usize, capacity: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "config_get")
declare function config_get(key: usize, keyLength: i32, target: usize, capacity: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "cache_get")
declare function cache_get(key: usize, keyLength: i32, target: usize, capacity: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "result_read")
declare function result_read(offset: i32, target: usize, length: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "cache_set")
declare function cache_set(key: usize, keyLength: i32, value: usize, valueLength: i32, ttl: i64): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "cache_put_if_absent")
declare function cache_put_if_absent(key: usize, keyLength: i32, value: usize, valueLength: i32, ttl: i64): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "cache_delete")
declare function cache_delete(key: usize, keyLength: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "cache_increment")
declare function cache_increment(key: usize, keyLength: i32, delta: i64, ttl: i64): i64;
// @ts-ignore: decorator
@external("wasmpipes_v1", "out_headers_clear")
declare function out_headers_clear(): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "out_key_set")
declare function out_key_set(key: usize, length: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "emit_to")
declare function emit_bytes_to(label: usize, labelLength: i32, body: usize, length: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "log")
declare function log_line(level: i32, text: usize, length: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "now_ms")
declare function now_ms(): i64;
// @ts-ignore: decorator
@external("wasmpipes_v1", "random")
declare function random_bytes(target: usize, length: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "out_header_set")
declare function out_header_set(name: usize, nameLength: i32, value: usize, valueLength: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "emit")
declare function emit_bytes(body: usize, length: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "drop")
declare function drop_message(): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "fail")
declare function fail_because(reason: usize, length: i32): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "retry_after")
declare function retry_after(milliseconds: i64): void;
// @ts-ignore: decorator
@external("wasmpipes_v1", "http")
declare function http_call(request: usize, length: i32, target: usize, capacity: i32): i32;
// @ts-ignore: decorator
@external("wasmpipes_v1", "metric_add")
declare function metric_add(name: usize, nameLength: i32, delta: i64): void;

/** The body of the message. */
export function body(): ArrayBuffer {
  const bytes = new ArrayBuffer(input_len());
  input_read(0, changetype<usize>(bytes), bytes.byteLength);
  return bytes;
}

/** Reads an answer whose length is known by now; the host keeps it until the next one. */
function answer(length: i32): string | null {
  if (length < 0) return null;
  const bytes = new ArrayBuffer(length);
  result_read(0, changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}

/** A header of the message, null if it has none of this name. */
export function header(name: string): string | null {
  const key = String.UTF8.encode(name);
  return answer(header_get(changetype<usize>(key), key.byteLength, 0, 0));
}

/** All headers of the message as NAME, VALUE, NAME, VALUE, in order. */
export function headers(): string[] {
  const list = answer(header_list(0, 0));
  if (list == null || list.length == 0) return [];
  const parts = list.split("\0");
  parts.pop(); // each ends with 0
  return parts;
}

/** A value of the module's own configuration, null if it is not set. */
export function config(name: string): string | null {
  const key = String.UTF8.encode(name);
  return answer(config_get(changetype<usize>(key), key.byteLength, 0, 0));
}

/** A value of the cache, null if there is none. */
export function cached(name: string): string | null {
  const key = String.UTF8.encode(name);
  return answer(cache_get(changetype<usize>(key), key.byteLength, 0, 0));
}

/** Puts a value into the cache; a ttl of 0 milliseconds means for ever. */
export function cache(name: string, value: string, ttl: i64): void {
  const key = String.UTF8.encode(name);
  const bytes = String.UTF8.encode(value);
  cache_set(changetype<usize>(key), key.byteLength, changetype<usize>(bytes), bytes.byteLength, ttl);
}

/** Puts a value under an absent key. Returns whether it was absent. */
export function cacheIfAbsent(name: string, value: string, ttl: i64): bool {
  const key = String.UTF8.encode(name);
  const bytes = String.UTF8.encode(value);
  return cache_put_if_absent(changetype<usize>(key), key.byteLength, changetype<usize>(bytes), bytes.byteLength, ttl) != 0;
}

/** Removes a value from the cache. */
export function uncache(name: string): void {
  const key = String.UTF8.encode(name);
  cache_delete(changetype<usize>(key), key.byteLength);
}

/** Adds to a number in the cache. The sum is exact only for a key that is confined to one lane of one pod. */
export function increment(name: string, delta: i64, ttl: i64 = 0): i64 {
  const key = String.UTF8.encode(name);
  return cache_increment(changetype<usize>(key), key.byteLength, delta, ttl);
}

/** The next output inherits no headers. */
export function clearHeaders(): void {
  out_headers_clear();
}

/** Sets the key that orders and partitions the next output. */
export function setKey(value: string): void {
  const key = String.UTF8.encode(value);
  out_key_set(changetype<usize>(key), key.byteLength);
}

/** Sets a header of the next output. */
export function setHeader(name: string, value: string): void {
  const key = String.UTF8.encode(name);
  const bytes = String.UTF8.encode(value);
  out_header_set(changetype<usize>(key), key.byteLength, changetype<usize>(bytes), bytes.byteLength);
}

/** Sends an output to the next module or the sink. */
export function emit(bytes: ArrayBuffer): void {
  emit_bytes(changetype<usize>(bytes), bytes.byteLength);
}

/** Sends an output straight to the sink with this label, SINK_<LABEL>_URI. */
export function emitTo(label: string, bytes: ArrayBuffer): void {
  const name = String.UTF8.encode(label);
  emit_bytes_to(changetype<usize>(name), name.byteLength, changetype<usize>(bytes), bytes.byteLength);
}

/** Says that this message is meant to have no output. */
export function drop(): i32 {
  drop_message();
  return ACCEPT;
}

/** Refuses the message. */
export function reject(reason: string): i32 {
  const bytes = String.UTF8.encode(reason);
  fail_because(changetype<usize>(bytes), bytes.byteLength);
  return REJECT;
}

/** Asks for the message again, after some milliseconds or, with 0, when the pipe thinks fit. */
export function retry(reason: string, after: i64 = 0): i32 {
  const bytes = String.UTF8.encode(reason);
  fail_because(changetype<usize>(bytes), bytes.byteLength);
  if (after > 0) retry_after(after);
  return RETRY;
}

/** What a host answered, or why it did not: then the status is one of NOT_ALLOWED and its like, below 0. */
export class Reply {
  constructor(
    public readonly status: i32,
    public readonly headers: Map<string, string>,
    public readonly body: string,
  ) {}
}

export const MALFORMED: i32 = -2;
export const NOT_ALLOWED: i32 = -3;
export const UNREACHABLE: i32 = -4;
export const TIMED_OUT: i32 = -5;
export const TOO_LARGE: i32 = -6;

/** Makes a request; needs WASM_ALLOW_HTTP. {@code headers} are lines of NAME: VALUE. */
export function http(method: string, url: string, headers: string[] = [], content: string = ""): Reply {
  const lines = [method + " " + url].concat(headers).join("\n");
  const request = String.UTF8.encode(lines + "\n\n" + content);
  const length = http_call(changetype<usize>(request), request.byteLength, 0, 0);
  const text = answer(length);
  return text == null ? new Reply(length, new Map<string, string>(), "") : parsed(text);
}

function parsed(text: string): Reply {
  const end = text.indexOf("\n\n");
  const lines = text.substring(0, end).split("\n");
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i].indexOf(": ");
    headers.set(lines[i].substring(0, colon), lines[i].substring(colon + 2));
  }
  return new Reply(i32.parse(lines[0]), headers, text.substring(end + 2));
}

/** Adds to a counter of this module. */
export function count(name: string, delta: i64): void {
  const key = String.UTF8.encode(name);
  metric_add(changetype<usize>(key), key.byteLength, delta);
}

export const DEBUG: i32 = 0;
export const INFO: i32 = 1;
export const WARN: i32 = 2;
export const ERROR: i32 = 3;

/** Writes a line to the pipe's log, under the name of the module. */
export function log(level: i32, line: string): void {
  const bytes = String.UTF8.encode(line);
  log_line(level, changetype<usize>(bytes), bytes.byteLength);
}

/** Milliseconds since 1970. */
export function now(): i64 {
  return now_ms();
}

/** Random bytes fit for secrets. */
export function random(length: i32): ArrayBuffer {
  const bytes = new ArrayBuffer(length);
  random_bytes(changetype<usize>(bytes), length);
  return bytes;
}
