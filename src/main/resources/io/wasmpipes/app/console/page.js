// Elements, texts of figures, and the way to the management port.

export const POINTS = 60;
export const $ = id => document.getElementById(id);

/** An element of attributes and children; text is always text, never markup. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(child => child != null));
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren(...children);
}

/** A line through the points; from 0 upwards. */
export function spark(points) {
  const ns = "http://www.w3.org/2000/svg";
  const top = Math.max(...points, 1e-9);
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", `0 0 ${POINTS - 1} 20`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(ns, "polyline");
  const from = POINTS - points.length;
  line.setAttribute("points", points.map((p, i) => `${from + i},${(19 - 18 * p / top).toFixed(2)}`).join(" "));
  svg.append(line);
  return svg;
}

export function number(value) {
  if (value == null || Number.isNaN(value)) return "–";
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

export function seconds(value) {
  if (value == null || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  if (value < 1e-3) return `${number(value * 1e6)} µs`;
  return value < 1 ? `${number(value * 1e3)} ms` : `${number(value)} s`;
}

export function bytes(value) {
  if (value == null || Number.isNaN(value)) return "–";
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${number(unit ? Number(value.toFixed(1)) : value)} ${units[unit]}`;
}

/** What the port lets this page do. */
export const access = { look: false, act: false };

export async function ask(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = { ...(options.headers || {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  return fetch(path, { ...options, headers, cache: "no-store" });
}

/** The answer's JSON, or an error that says what was wrong. */
export async function json(path, options) {
  const response = await ask(path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || `${response.status} ${response.statusText}`);
  return body;
}

export function post(path, body) {
  return json(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}
