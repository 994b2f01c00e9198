import { cache, cached, forward, message } from "../sdk/assemblyscript/v0";
import { Json } from "../sdk/assemblyscript/json";

const LAST_NAME = "lastName";

export function run(): void {
  const event = message();
  const json = new Json(event.start, event.length);
  const name = json.string(json.find("name"));
  if (name == null || name == cached(LAST_NAME)) return;
  cache(LAST_NAME, name);
  forward(event);
}
