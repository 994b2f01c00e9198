// Lets through what is hotter than 20 degrees.
import { ACCEPT, body, drop, emit, reject } from "./wasmpipes/wasmpipes";
import { Json } from "./wasmpipes/json";

export function on_message(): i32 {
  const message = body();
  const json = new Json(changetype<usize>(message), message.byteLength);
  const temp = json.number(json.find("temp"));
  if (isNaN(temp)) return reject("temp is not a number");
  if (!(temp > 20.0)) return drop();
  emit(message);
  return ACCEPT;
}
