// The console: who this pipe is, how it is, and what the buttons do.

import { show } from "./figures.js";
import { attempt, forget, redriveAll, showLetters, tap } from "./messages.js";
import { $, access, ask, el, fill, json, post, seconds } from "./page.js";

const REFRESH_MS = 1000;

async function refresh() {
  try {
    const [text, health] = await Promise.all([ask("metrics").then(r => r.text()), ask("healthz").then(r => r.json())]);
    show(text);
    showState(health.status, health.away);
  } catch (e) {
    showState("gone", {});
  }
}

function showState(word, away) {
  const state = $("state");
  if (state.textContent !== word) state.textContent = word;
  state.className = `state ${word}`;
  const waits = Object.entries(away || {}).map(([end, why]) => `${end} is away: ${why}`);
  $("away").hidden = !waits.length;
  if ($("away").textContent !== waits.join(" · ")) $("away").textContent = waits.join(" · ");
}

function node(title, text, kind = "") {
  return el("div", { class: `node ${kind}` }, el("small", {}, title), el("b", {}, text));
}

/** Asks what may be seen and done; what may not is not asked for, and its buttons are off. */
async function showAccess() {
  const given = sessionStorage.getItem("token") !== null;
  try {
    Object.assign(access, await json("access"));
  } catch (e) {
    return;
  }
  document.querySelectorAll("[data-act]").forEach(button => { button.disabled = !access.act; });
  $("tap").disabled = !access.look;
  $("access").textContent = access.act ? "may look and act"
    : access.look ? "may look; set MANAGEMENT_TOKEN to try, redrive, reload and see bodies"
    : given ? "that is not the token" : "the token is required to see more than figures";
}

async function showInfo() {
  if (!access.look) return;
  try {
    const info = await json("info");
    document.title = `${info.pipe} · wasm-pipes`;
    $("pipe").textContent = info.pipe;
    $("about").textContent = `wasm-pipes ${info.version}, up ${seconds(info.uptime_seconds)}`;
    const sinks = [node("sink", info.sink), ...Object.entries(info.sinks).map(([label, uri]) => node(`sink ${label}`, uri)),
      info.dead_letters ? node("dead letters", info.dead_letters, "dead") : node("dead letters", "none: rejected at the source", "dead off")];
    fill($("picture"), el("li", {}, node("source", info.source)),
      ...info.modules.map(m => el("li", {}, node("module", m.name))), el("li", {}, ...sinks));
  } catch (e) {
    $("about").textContent = e.message;
  }
}

async function showConfig() {
  if (!access.look) return fill($("config"));
  try {
    const all = $("config-all").checked;
    const settings = (await json("config")).filter(setting => all || !setting.default);
    fill($("config"), ...settings.map(s => el("tr", {},
      el("th", { scope: "row" }, s.name), el("td", { class: "text" }, s.value + (s.default ? " (default)" : "")))));
  } catch (e) {
    fill($("config"));
  }
}

async function reload() {
  try {
    const names = (await post("reload", {})).reloaded;
    $("reload-told").textContent = names.length ? `reloaded ${names.join(", ")}` : "no module has changed";
    showInfo();
  } catch (e) {
    $("reload-told").textContent = e.message;
  }
}

async function login(event) {
  event.preventDefault();
  if ($("token").value) sessionStorage.setItem("token", $("token").value);
  else sessionStorage.removeItem("token");
  $("token").value = "";
  await showAccess();
  showInfo();
  showConfig();
  forget();
}

const KEYS = { t: "try-body", d: "h-dead", w: "tap", c: "config-all" };

document.addEventListener("keydown", event => {
  const typing = /^(INPUT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  const target = KEYS[event.key];
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !target) return;
  event.preventDefault();
  $(target).scrollIntoView({ block: "center" });
  $(target).focus();
});

$("login").addEventListener("submit", login);
$("try").addEventListener("submit", attempt);
$("tap").addEventListener("click", tap);
$("reload").addEventListener("click", reload);
$("config-all").addEventListener("change", showConfig);
$("redrive-all").addEventListener("click", redriveAll);

async function loop(work, every) {
  for (;;) {
    if (!document.hidden) await work();
    await new Promise(next => setTimeout(next, every));
  }
}

loop(refresh, REFRESH_MS);
showAccess().then(() => {
  loop(showInfo, 10 * REFRESH_MS);
  loop(showLetters, 2 * REFRESH_MS);
  showConfig();
});
