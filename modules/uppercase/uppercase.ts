import { message, send } from "../sdk/assemblyscript/v0";

export function run(): void {
  send(message().toString().toUpperCase());
}
