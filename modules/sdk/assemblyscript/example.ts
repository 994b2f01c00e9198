// Does what its configuration says, so that every function of the SDK has a case.
import * as pipe from "./wasmpipes";

const MINUTE: i64 = 60_000;
let action: string = "";

export function on_start(): i32 {
  const name = pipe.config("do");
  if (name == null) return pipe.reject("do: is needed");
  action = name;
  return ACTIONS.includes(action) ? pipe.ACCEPT : pipe.reject("do: unknown " + action);
}

const ACTIONS = "uppercase lines headers bare key route drop reject retry once count last http world".split(" ");

export function on_message(): i32 {
  const body = pipe.body();
  if (action == "uppercase") return uppercase(body);
  const text = String.UTF8.decode(body);
  if (action == "lines") return lines(text);
  if (action == "headers") return headers();
  if (action == "bare") {
    pipe.clearHeaders();
    pipe.setHeader("only", "this");
    return one(body);
  }
  if (action == "key") {
    pipe.setKey(text);
    return say("keyed");
  }
  if (action == "route") {
    pipe.emitTo("other", body);
    return pipe.ACCEPT;
  }
  if (action == "drop") return pipe.drop();
  if (action == "reject") return pipe.reject("no " + text);
  if (action == "retry") return pipe.retry("later", 5_000);
  if (action == "once") return pipe.cacheIfAbsent(text, "1", MINUTE) ? one(body) : pipe.drop();
  if (action == "count") return say(pipe.increment(text, 2).toString());
  if (action == "last") return last(text);
  return action == "http" ? fetch(text) : world();
}

function one(body: ArrayBuffer): i32 {
  pipe.emit(body);
  return pipe.ACCEPT;
}

function say(text: string): i32 {
  return one(String.UTF8.encode(text));
}

function uppercase(body: ArrayBuffer): i32 {
  const end = changetype<usize>(body) + body.byteLength;
  for (let at = changetype<usize>(body); at < end; at++) {
    const byte = load<u8>(at);
    if (byte >= 0x61 && byte <= 0x7a) store<u8>(at, byte - 0x20);
  }
  return one(body);
}

function lines(text: string): i32 {
  if (text.length == 0) return pipe.drop();
  const all = text.split("\n");
  if (all[all.length - 1].length == 0) all.pop();
  for (let i = 0; i < all.length; i++) say(all[i]);
  return pipe.ACCEPT;
}

function headers(): i32 {
  const list = pipe.headers();
  const all: string[] = [];
  for (let i = 0; i < list.length; i += 2) all.push(list[i] + "=" + list[i + 1]);
  const seen = pipe.header("X-IN");
  pipe.setHeader("x-seen", seen == null ? "none" : seen);
  return say(all.join(","));
}

function last(text: string): i32 {
  const before = pipe.cached("last");
  if (text.length == 0) {
    pipe.uncache("last");
  } else {
    pipe.cache("last", text, MINUTE);
  }
  return say(before == null ? "nothing" : before);
}

function fetch(url: string): i32 {
  const reply = pipe.http("POST", url, ["x-a: b"], "ping");
  if (reply.status == pipe.NOT_ALLOWED) return pipe.reject("http: not allowed");
  if (reply.status < 0) return pipe.reject("http: " + reply.status.toString());
  const kind = reply.headers.has("content-type") ? reply.headers.get("content-type") : "";
  return say(reply.status.toString() + " " + kind + " " + reply.body);
}

function world(): i32 {
  pipe.log(pipe.INFO, "a line");
  pipe.count("seen", 2);
  return say(pipe.now().toString() + " " + pipe.random(4).byteLength.toString());
}
