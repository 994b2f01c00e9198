// Drives the console in a real browser: node console.mjs ROUND, a JSON object of what ConsoleIT has set up.
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";

const round = JSON.parse(process.argv[2]);
const { chromium } = createRequire(round.modules + "/")("playwright-core");
const MESSAGES = 1000;
const SIDE_BY_SIDE = 20;

const send = body => fetch(round.source, { method: "POST", body });

async function until(what, check) {
  const end = Date.now() + 30_000;
  for (let last = ""; ; await new Promise(next => setTimeout(next, 100))) {
    try {
      if (await check()) return;
    } catch (e) {
      last = e.message;
    }
    assert(Date.now() < end, `${what} ${last}`);
  }
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const page = await context.newPage();
const complaints = [];
const received = [];
page.on("console", message => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
page.on("pageerror", error => complaints.push(String(error)));
page.on("requestfailed", request => { if (!request.url().includes("/tap")) complaints.push(`${request.url()} ${request.failure().errorText}`); });
page.on("response", response => {
  if (!response.url().includes("/tap")) received.push(response.text().catch(() => ""));
});

const text = selector => page.locator(selector).innerText();
const tile = key => page.locator(`#tile-${key}`).getAttribute("data-value").then(Number);

// Figures are for everybody, the rest for those who have the token.
await page.goto(round.console);
await until("figures", async () => await tile("received") === 0);
assert.match(await text("#access"), /token is required/);
assert.equal(await page.locator("#picture li").count(), 0);
await page.fill("#token", "not-the-token");
await page.keyboard.press("Enter");
await until("a refusal", async () => /not the token/.test(await text("#access")));
await page.fill("#token", round.token);
await page.keyboard.press("Enter");
await until("the picture", async () => await page.locator("#picture li").count() === 3);
assert.match(await text("#picture"), /keep/);
await until("the configuration", async () => /MODULE_KEEP_CONFIG_TOKEN/.test(await text("#config")));

// Messages make rates move, and every figure is that of /metrics.
const speeds = new Set();
const watch = setInterval(async () => speeds.add(await text("#tile-received b").catch(() => "0 /s")), 200);
for (let sent = 0; sent < MESSAGES; sent += SIDE_BY_SIDE) {
  const answers = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, i) => send(`{"temp":${21 + (sent + i) % 9}}`)));
  assert(answers.every(answer => answer.status === 200));
}
await until("all received", async () => await tile("received") === MESSAGES);
speeds.add(await text("#tile-received b"));
await until("all emitted", async () => await tile("emitted") === MESSAGES);
clearInterval(watch);
assert([...speeds].some(speed => parseFloat(speed) > 0), `rates that move: ${[...speeds]}`);
const metrics = await fetch(`${round.console}metrics`).then(response => response.text());
const figure = name => metrics.split("\n").filter(line => line.startsWith(name)).reduce((sum, line) => sum + Number(line.split(" ").pop()), 0);
for (const [key, name] of Object.entries({
  received: "wasmpipes_messages_received_total", emitted: "wasmpipes_messages_emitted_total",
  dead: "wasmpipes_dead_letters_total", "in-flight": "wasmpipes_in_flight_messages{", "in-flight-bytes": "wasmpipes_in_flight_bytes{",
})) {
  assert.equal(await tile(key), figure(name), key);
}
const hops = await page.locator("#hops tr").evaluateAll(rows => rows.map(row => row.dataset.hop));
assert.deepEqual(hops, ["hop wait", "module keep", "hop send", "hop commit", "hop settle"]);

// The tester.
await page.locator("h1").click();
await page.keyboard.press("t");
assert.equal(await page.evaluate(() => document.activeElement.id), "try-body");
await page.fill("#try-body", '{"temp":50}');
await page.click("#try button");
await until("a trial", async () => /keep .* 1 output[\s\S]*\{"temp":50\}[\s\S]*done/.test(await text("#tried")));
await page.fill("#try-body", "oops");
await page.click("#try button");
await until("a refusal", async () => /not JSON/.test(await text("#tried")));

// A dead letter: opened, the module mended, redriven.
assert.equal((await send("oops")).status, 200);
await until("a dead letter", async () => await page.locator("#dead tr").count() === 1);
assert.match(await text("#dead tr"), /keep: not JSON/);
await page.locator("#dead button", { hasText: "Open" }).click();
await until("its body", async () => /oops/.test(await text("#letter")));
await page.screenshot({ path: `${round.shots}/desktop-light.png`, fullPage: true });
copyFileSync(round.mended, round.module);
await page.click("#reload");
await until("the reload", async () => /reloaded keep/.test(await text("#reload-told")));
await page.locator("#dead button", { hasText: "Redrive" }).click();
await until("the redrive", async () => /1 redriven/.test(await text("#redrive-told")));
await until("its state", async () => /redriven/.test(await text("#dead tr")));

// Watching.
await page.check("#tap-bodies");
await page.click("#tap");
await until("a message that passes", async () => {
  await send("seen");
  return /SEEN/.test(await text("#taps"));
});
await page.click("#tap");

// Dark, and a phone.
await page.emulateMedia({ colorScheme: "dark" });
await page.screenshot({ path: `${round.shots}/desktop-dark.png`, fullPage: true });
await page.emulateMedia({ colorScheme: "light" });
await page.setViewportSize({ width: 390, height: 844 });
await page.screenshot({ path: `${round.shots}/phone.png`, fullPage: true });
assert(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), "the phone scrolls sideways");

const all = (await Promise.all(received)).join("\n") + await page.content();
assert(!all.includes(round.secret), "the page shows the secret");
assert.deepEqual(complaints, []);
await browser.close();
console.log("done");
