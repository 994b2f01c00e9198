// Counts vowels: a plug-in of Extism by its own kit, @extism/as-pdk. The body becomes {"count":N,"total":M}.
import { Config, Host, Var } from "@extism/as-pdk";

const TOTAL = "total";

function total(): i64 {
  const bytes = Var.get(TOTAL);
  return bytes == null ? 0 : I64.parseInt(String.UTF8.decode(bytes.buffer));
}

export function count_vowels(): i32 {
  const text = Host.inputString();
  if (text.length == 0) {
    return 1;
  }
  const configured = Config.get("vowels");
  const vowels = configured == null ? "aeiouAEIOU" : configured;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    count += vowels.includes(text.charAt(i)) ? 1 : 0;
  }
  const sum = total() + count;
  Var.set(TOTAL, Uint8Array.wrap(String.UTF8.encode(sum.toString())));
  Host.outputString('{"count":' + count.toString() + ',"total":' + sum.toString() + "}");
  return 0;
}
