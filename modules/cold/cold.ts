import { forward, message } from "../sdk/assemblyscript/v0";
import { Json } from "../sdk/assemblyscript/json";

const COLD: f64 = 20.0;

export function run(): void {
  const event = message();
  const json = new Json(event.start, event.length);
  if (json.number(json.find("temp")) <= COLD) forward(event); // no number is NaN, which is not cold
}
