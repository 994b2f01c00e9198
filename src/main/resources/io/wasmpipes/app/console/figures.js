// What /metrics says, as tiles and as the table of hops.

import { $, POINTS, bytes, el, fill, number, seconds, spark } from "./page.js";

/** Prometheus' text as a map of names to lists of labels and values. */
function parse(text) {
  const metrics = new Map();
  for (const line of text.split("\n")) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] || "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels[name] = value;
    if (!metrics.has(match[1])) metrics.set(match[1], []);
    metrics.get(match[1]).push({ labels, value: Number(match[3]) });
  }
  return metrics;
}

function sum(metrics, name, wanted = () => true) {
  const samples = (metrics.get(name) || []).filter(sample => wanted(sample.labels));
  return samples.length ? samples.reduce((all, sample) => all + sample.value, 0) : 0;
}

let last = null;
const history = new Map();

function remember(key, value) {
  if (!history.has(key)) history.set(key, []);
  const points = history.get(key);
  points.push(Number.isFinite(value) ? value : 0);
  if (points.length > POINTS) points.shift();
  return points;
}

/** How fast a counter rises, since the last refresh. */
function rate(now, name, wanted) {
  if (!last) return 0;
  const gained = sum(now.metrics, name, wanted) - sum(last.metrics, name, wanted);
  return Math.max(0, gained) / ((now.at - last.at) / 1000);
}

function tile(key, title, text, points, exact) {
  return el("div", { class: "tile", id: `tile-${key}`, "data-value": exact },
    el("small", {}, title), el("b", {}, text), points ? spark(points) : null);
}

function counter(now, key, title, name) {
  const total = sum(now.metrics, name);
  const perSecond = rate(now, name);
  const points = remember(key, perSecond);
  return tile(key, `${title} · ${number(total)} in all`, `${number(perSecond)} /s`, points, total);
}

function gauge(now, key, title, name, show, limit) {
  const value = now.metrics.has(name) ? sum(now.metrics, name) : NaN;
  const most = limit ? ` of ${show(sum(now.metrics, limit))}` : "";
  return tile(key, title, show(value) + most, remember(key, value), value);
}

function showTiles(now) {
  const latency = timing(now, "wasmpipes_end_to_end_latency_seconds", () => true);
  fill($("tiles"),
    counter(now, "received", "Received", "wasmpipes_messages_received_total"),
    counter(now, "emitted", "Emitted", "wasmpipes_messages_emitted_total"),
    counter(now, "filtered", "Filtered", "wasmpipes_messages_filtered_total"),
    counter(now, "dead", "Dead letters", "wasmpipes_dead_letters_total"),
    tile("latency", "End to end, mean", seconds(latency.mean), remember("latency", latency.mean)),
    gauge(now, "in-flight", "In flight", "wasmpipes_in_flight_messages", number, "wasmpipes_in_flight_messages_limit"),
    gauge(now, "in-flight-bytes", "In flight, bytes", "wasmpipes_in_flight_bytes", bytes, "wasmpipes_in_flight_bytes_limit"),
    gauge(now, "oldest", "Oldest in hand", "wasmpipes_oldest_message_age_seconds", seconds),
    gauge(now, "lag", "Waiting at the source", "wasmpipes_source_lag_messages", number));
}

/** Calls per second, mean and maximum of a timer since the last refresh. */
function timing(now, name, wanted) {
  const calls = rate(now, `${name}_count`, wanted);
  const spent = rate(now, `${name}_sum`, wanted);
  return { calls, spent, mean: calls ? spent / calls : NaN, max: sum(now.metrics, `${name}_max`, wanted) };
}

const HOPS = { wait: "wait for a worker", send: "send, until confirmed", commit: "commit the cache", settle: "settle at the source" };

function showHops(now) {
  const rows = [];
  const labels = (name, label) => [...new Set((now.metrics.get(`${name}_count`) || []).map(s => s.labels[label]))];
  for (const hop of Object.keys(HOPS).filter(h => labels("wasmpipes_hop_duration_seconds", "hop").includes(h))) {
    rows.push([HOPS[hop], `hop ${hop}`, timing(now, "wasmpipes_hop_duration_seconds", l => l.hop === hop)]);
  }
  const modules = labels("wasmpipes_module_duration_seconds", "module").map(module =>
    [`module ${module}`, `module ${module}`, timing(now, "wasmpipes_module_duration_seconds", l => l.module === module)]);
  rows.splice(1, 0, ...modules);
  const all = rows.reduce((spent, row) => spent + row[2].spent, 0);
  fill($("hops"), ...rows.map(([title, key, t]) => el("tr", { "data-hop": key },
    el("th", { scope: "row" }, title), el("td", {}, number(t.calls)), el("td", {}, seconds(t.mean)), el("td", {}, seconds(t.max)),
    el("td", {}, el("meter", { min: 0, max: 1, value: all ? t.spent / all : 0, title: `${Math.round(all ? 100 * t.spent / all : 0)} %` })),
    el("td", {}, spark(remember(key, t.mean))))));
}

/** Shows one scrape; rates are those since the one before. */
export function show(text) {
  const now = { at: performance.now(), metrics: parse(text) };
  showTiles(now);
  showHops(now);
  last = now;
}
