// Answers GET ?q=… with what a service of addresses says: a backend plug-in of the gateway Otoroshi, by Extism's kit.
// What the service has said is kept in the map that the gateway keeps for the plug-in.
import { Config, Host, Memory } from "@extism/as-pdk";
import { JSON } from "assemblyscript-json/assembly";

@external("extism:host/env", "length")
declare function length(offset: u64): u64;
@external("env", "proxy_http_call")
declare function proxy_http_call(offset: u64, length: u64): u64;
@external("env", "proxy_plugin_map_get")
declare function proxy_plugin_map_get(offset: u64, length: u64): u64;
@external("env", "proxy_plugin_map_set")
declare function proxy_plugin_map_set(offset: u64, length: u64): u64;
@external("env", "proxy_log")
declare function proxy_log(level: i32, offset: u64, length: u64): i32;

const INFO = 2;

class Reply {
  constructor(
    public status: i64,
    public base64: string,
  ) {}
}

function quoted(text: string): string {
  return new JSON.Str(text).stringify();
}

function text(offset: u64): string {
  return new Memory(offset, length(offset)).toString();
}

function known(query: string): string {
  const key = Memory.allocateString(query);
  return text(proxy_plugin_map_get(key.offset, key.length));
}

function keep(query: string, base64: string): void {
  const entry = Memory.allocateString('{"key":' + quoted(query) + ',"value":' + quoted(base64) + "}");
  proxy_plugin_map_set(entry.offset, entry.length);
}

function ask(query: string): Reply {
  const url = Config.get("url");
  if (url == null) return new Reply(500, "");
  const request = Memory.allocateString('{"method":"GET","url":' + quoted(url) + ',"query":{"q":' + quoted(query) + "}}");
  const answer = <JSON.Obj>JSON.parse(text(proxy_http_call(request.offset, request.length)));
  return new Reply(answer.getInteger("status")!.valueOf(), answer.getString("body_base64")!.valueOf());
}

function answer(status: i64, base64: string): i32 {
  Host.outputString(
    '{"status":' + status.toString() + ',"headers":{"Content-Type":"application/json"},"body_base64":' + quoted(base64) + "}",
  );
  return 0;
}

function question(context: JSON.Obj): string {
  const values = context.getObj("request")!.getObj("query")!.getArr("q");
  return values == null ? "" : (<JSON.Str>values.valueOf()[0]).valueOf();
}

export function call_backend(): i32 {
  const query = question(<JSON.Obj>JSON.parse(Host.inputString()));
  if (query.length == 0) return answer(400, "");
  const before = known(query);
  if (before.length > 0) return answer(200, before);
  const line = Memory.allocateString("asking for " + query);
  proxy_log(INFO, line.offset, line.length);
  const reply = ask(query);
  if (reply.status == 200) keep(query, reply.base64);
  return answer(reply.status, reply.base64);
}
