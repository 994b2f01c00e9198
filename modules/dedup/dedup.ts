import { ACCEPT, body, cacheIfAbsent, config, count, drop, emit, header, reject } from "../sdk/assemblyscript/wasmpipes";
import { Json } from "../sdk/assemblyscript/json";

let byHeader: string | null = null;
let byField: string | null = null;
let ttl: i64 = 0;

export function on_start(): i32 {
  byHeader = config("header");
  byField = config("field");
  const seconds = config("ttl_seconds");
  ttl = seconds == null ? 3_600_000 : i64.parse(seconds) * 1000;
  return (byHeader == null) == (byField == null) || ttl <= 0 ? 1 : ACCEPT; // exactly one of the two
}

export function on_message(): i32 {
  const message = body();
  const key = byHeader != null ? header(byHeader!) : field(message, byField!);
  if (key == null) {
    return reject(byHeader != null ? "the header " + byHeader! + " is missing" : "no text or number under " + byField!);
  }
  if (!cacheIfAbsent("dedup:" + key, "1", ttl)) {
    count("duplicates", 1);
    return drop();
  }
  emit(message);
  return ACCEPT;
}

function field(message: ArrayBuffer, name: string): string | null {
  const json = new Json(changetype<usize>(message), message.byteLength);
  return json.scalar(json.find(name));
}
