// Single messages: dead letters, trials, and what passes by.

import { $, access, ask, el, fill, json, number, post, seconds } from "./page.js";

const TAPS = 50;

let letters = "";

export async function showLetters() {
  if (!access.look) return;
  try {
    const dead = await json("dead-letters");
    if (JSON.stringify(dead) === letters) return;
    letters = JSON.stringify(dead);
    $("dead-none").hidden = dead.length > 0;
    $("dead-table").hidden = !dead.length;
    $("redrive-row").hidden = !dead.some(d => d.state === "dead letter");
    fill($("dead"), ...dead.map(d => el("tr", {},
      el("td", {}, d.time.slice(11, 23)), el("td", { class: "text" }, d.reason), el("td", {}, String(d.attempts)),
      el("td", {}, number(d.bytes)), el("td", {}, d.state), el("td", {},
        el("button", { class: "quiet", "data-act": true, disabled: !access.act, onclick: () => openLetter(d.id) }, "Open"), " ",
        d.state === "dead letter" ? el("button", { class: "quiet", "data-act": true, disabled: !access.act, onclick: () => redrive([d.id]) }, "Redrive") : null))));
  } catch (e) {
    $("dead-none").hidden = false;
    $("dead-none").textContent = e.message;
  }
}

async function openLetter(id) {
  const panel = $("letter");
  panel.hidden = false;
  try {
    const letter = await json(`dead-letters?id=${encodeURIComponent(id)}`);
    fill(panel, el("b", {}, letter.id), el("p", {}, letter.reason), content(letter),
      el("button", { class: "quiet", onclick: () => { panel.hidden = true; } }, "Close"));
  } catch (e) {
    fill(panel, el("p", { class: "error" }, e.message));
  }
  panel.focus();
}

async function redrive(ids) {
  const told = $("redrive-told");
  told.textContent = "…";
  try {
    const result = await post("dead-letters/redrive", { ids, to: $("redrive-to").value.trim() });
    told.textContent = `${result.redriven} redriven${result.failed ? `, ${result.failed} failed` : ""} ${result.told.join(" ")}`;
  } catch (e) {
    told.textContent = e.message;
  }
  showLetters();
}

function content(message) {
  const headers = Object.entries(message.headers || {}).map(([name, value]) => `${name}: ${value}`).join("\n");
  const body = message.body ?? (message.body_base64 != null ? `base64 ${message.body_base64}` : null);
  return el("div", {}, headers ? el("pre", {}, headers) : null,
    body != null ? el("pre", {}, body + (message.truncated ? " …" : "")) : null);
}

function output(message) {
  return el("div", {}, el("small", {}, `${message.label ? `label ${message.label}, ` : ""}${number(message.bytes)} bytes`), content(message));
}

function steps(record) {
  const left = record.step_count > record.steps.length ? [el("p", {}, `… ${number(record.step_count)} steps in all`)] : [];
  return record.steps.map(step => el("div", { class: step.error ? "step bad" : "step" },
    el("b", {}, step.module), ` ${seconds(step.ms / 1000)} → `,
    step.error ? el("span", { class: "error" }, step.error) : `${step.output_count} output${step.output_count === 1 ? "" : "s"}`,
    ...(step.outputs || []).map(output))).concat(left);
}

export async function attempt(event) {
  event.preventDefault();
  const headers = {};
  for (const line of $("try-headers").value.split("\n").filter(l => l.includes(":"))) {
    headers[line.slice(0, line.indexOf(":")).trim()] = line.slice(line.indexOf(":") + 1).trim();
  }
  try {
    const record = await post("try", { body: $("try-body").value, headers });
    const logs = record.logs.map(line => `${line.level} ${line.module}: ${line.text}`).join("\n");
    fill($("tried"), ...steps(record), el("p", { class: record.reason ? "error" : "" },
      `${record.reason ? `${record.ending}: ${record.reason}` : "done"}, ${seconds(record.ms / 1000)}`),
      ...(logs ? [el("small", {}, "logs"), el("pre", {}, logs)] : []));
  } catch (e) {
    fill($("tried"), el("p", { class: "error" }, e.message));
  }
}

let watching = null;

export async function tap() {
  if (watching) return watching.abort();
  watching = new AbortController();
  $("tap").textContent = "Stop";
  $("tap-told").textContent = "";
  try {
    const response = await ask(`tap?rate=10&bodies=${$("tap-bodies").checked}`, { signal: watching.signal });
    if (!response.ok) throw new Error((await response.json()).error);
    await lines(response.body.getReader(), line => showTap(JSON.parse(line)));
  } catch (e) {
    if (e.name !== "AbortError") $("tap-told").textContent = e.message;
  }
  watching = null;
  $("tap").textContent = "Start";
}

async function lines(reader, told) {
  const decoder = new TextDecoder();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const all = (rest + decoder.decode(part.value, { stream: true })).split("\n");
    rest = all.pop();
    all.filter(line => line).forEach(told);
  }
}

function showTap(record) {
  const sent = record.sent.map(leg => leg.sink).join(", ");
  const item = el("li", {}, el("b", {}, record.id || "message"), ` ${number(record.input.bytes)} bytes, ${seconds(record.ms / 1000)}, `,
    el("span", { class: record.reason ? "error" : "" }, record.reason ? `${record.ending}: ${record.reason}` : sent ? `→ ${sent}` : "filtered"),
    content(record.input), ...steps(record));
  $("taps").prepend(item);
  while ($("taps").children.length > TAPS) $("taps").lastChild.remove();
}

/** Looks at the dead letters anew, even if none has come: who asks may see more now. */
export function forget() {
  letters = "";
  return showLetters();
}

export function redriveAll() {
  return redrive(JSON.parse(letters).filter(d => d.state === "dead letter").map(d => d.id));
}
