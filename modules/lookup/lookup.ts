import { ACCEPT, body, cache, cached, config, count, emit, http, reject, retry, setHeader } from "../sdk/assemblyscript/wasmpipes";
import { NOT_ALLOWED, MALFORMED } from "../sdk/assemblyscript/wasmpipes";

let url = "";
let ttl: i64 = 0;

export function on_start(): i32 {
  const configured = config("url");
  const seconds = config("ttl_seconds");
  ttl = seconds == null ? 3_600_000 : i64.parse(seconds) * 1000;
  if (configured == null || !configured.includes("{}") || ttl <= 0) return 1;
  url = configured;
  return ACCEPT;
}

export function on_message(): i32 {
  const question = String.UTF8.decode(body());
  const known = cached("lookup:" + question);
  if (known != null) {
    count("hits", 1);
    return found(known);
  }
  const reply = http("GET", url.replace("{}", encodeURIComponent(question)), ["accept: application/json"]);
  if (reply.status == 200) {
    cache("lookup:" + question, reply.body, ttl);
    return found(reply.body);
  }
  if (reply.status == 404) return reject("nothing is known of " + question);
  if (reply.status == NOT_ALLOWED || reply.status == MALFORMED) return reject("the service may not be called");
  return retry("the service answered " + reply.status.toString());
}

function found(answer: string): i32 {
  setHeader("content-type", "application/json");
  emit(String.UTF8.encode(answer));
  return ACCEPT;
}
