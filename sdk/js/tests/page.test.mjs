// The page in a real browser: it bills what the command line bills, by keyboard too, and nothing leaves it.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { launch, serve } from "./browser.mjs";
import { MONTH, ROOT } from "./cases.mjs";

const PACKAGE = join(import.meta.dirname, "..");
const SKUBILL = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release/skubill");

const browser = await launch();
const skip = browser && existsSync(SKUBILL) ? false : browser ? `${SKUBILL} is not built` : "Chromium is not on this machine";
if (skip) {
  console.error(`SKIPPED: the page: ${skip}`);
  if (process.env.CI) throw new Error("in CI nothing is skipped");
}

let [folder, server, demo] = [];

before(async () => {
  if (skip) return;
  server = await serve(join(PACKAGE, "dist"));
  folder = mkdtempSync(join(tmpdir(), "skubill-page-"));
  execFileSync(SKUBILL, ["demo", "--out", folder], { stdio: "ignore" });
  const reports = join(folder, "state/reports");
  const report = readdirSync(reports).find((name) => name.startsWith("demo-2021-08") && name.endsWith(".csv.gz"));
  demo = { report: join(reports, report), prices: join(folder, "prices.json"), customers: join(folder, "customers.json") };
});

after(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** A page of its own; all that it asks for, and all that it complains of, is kept. */
async function open(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const [asked, complaints] = [[], []];
  context.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${server.url}skubill.html`);
  return Object.assign(page, { asked, complaints });
}

async function give(page, files) {
  for (const [input, path] of Object.entries(files)) if (path) await page.setInputFiles(`#${input}`, path);
  await page.getByRole("status").filter({ hasText: /billed/ }).waitFor();
}

async function downloaded(page, label) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: label }).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

/** What the command line writes of the same files; error findings are no failure of it. */
function preview(files, format) {
  const customers = files.customers ? ["--customers", files.customers] : [];
  const options = ["preview", files.report, "--prices", files.prices, ...customers, "--format", format];
  try {
    return execFileSync(SKUBILL, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    assert.equal(error.status, 4);
    return error.stdout;
  }
}

test("the demo's report is billed to the byte as the command line does", { skip }, async () => {
  const page = await open();
  await give(page, demo);
  const csv = await downloaded(page, "Download CSV");
  assert.deepEqual(csv, { name: "bills-2021-08.csv", text: preview(demo, "csv") });
  const json = await downloaded(page, "Download JSON");
  assert.deepEqual(json, { name: "bills-2021-08.json", text: preview(demo, "json") });
  const { total, bills, postings, findings } = JSON.parse(json.text);
  await page.getByText(`${total} EUR`).waitFor();
  for (const heading of [`Bills (${bills.length})`, `Postings (${postings.length})`, `Findings (${findings.length})`]) {
    await page.getByRole("heading", { name: heading }).waitFor();
  }
  // Without customers there are bills, and no postings.
  await page.getByRole("button", { name: "Leave out" }).click();
  await page.getByRole("heading", { name: "Postings" }).waitFor({ state: "detached" });
  assert.equal((await downloaded(page, "Download CSV")).text, preview({ ...demo, customers: undefined }, "csv"));
  assert.deepEqual(page.complaints, []);
});

test("nothing is loaded, and no request leaves, whatever is tried", { skip }, async () => {
  let reached = 0;
  const outside = createServer((_, response) => {
    reached += 1;
    response.writeHead(200, { "access-control-allow-origin": "*" }).end("window.reached = true");
  });
  await new Promise((resolve) => outside.listen(0, "127.0.0.1", resolve));
  const page = await open();
  await give(page, demo);
  await downloaded(page, "Download CSV");
  const asked = page.asked.filter((url) => !url.startsWith("data:") && !url.startsWith("blob:"));
  assert.deepEqual(asked, [`${server.url}skubill.html`]);
  assert.deepEqual(server.asked.filter((line) => !line.endsWith("/skubill.html")), []);
  const tried = await page.evaluate(tryEverything, `http://127.0.0.1:${outside.address().port}/`);
  assert.deepEqual(Object.entries(tried).filter(([, stopped]) => !stopped), [], JSON.stringify(tried));
  await page.waitForTimeout(300);
  assert.equal(reached, 0);
  // It is the policy that stops them: without it one of them arrives.
  const free = await open({ bypassCSP: true });
  await free.evaluate((url) => fetch(url), `http://127.0.0.1:${outside.address().port}/`);
  assert.equal(reached, 1);
  outside.close();
});

/** In the page: each way to send something, and whether it was stopped. */
async function tryEverything(url) {
  const fails = (promise) => promise.then(() => false, () => true);
  const element = (tag, attributes) =>
    new Promise((resolve) => {
      const made = Object.assign(document.createElement(tag), { onload: () => resolve(false), onerror: () => resolve(true) });
      document.addEventListener("securitypolicyviolation", () => resolve(true), { once: true });
      try {
        Object.assign(made, attributes);
      } catch {
        resolve(true);
      }
      document.body.append(made);
    });
  const violates = (call) =>
    new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", () => resolve(true), { once: true });
      call();
      setTimeout(resolve, 2000, false);
    });
  const throws = (call) => {
    try {
      return !call();
    } catch {
      return true;
    }
  };
  const socket = () =>
    new Promise((resolve) => {
      const made = new WebSocket(url.replace("http", "ws"));
      made.onopen = () => resolve(false);
      made.onerror = () => resolve(true);
    });
  const form = Object.assign(document.createElement("form"), { action: url, method: "post", target: "_self" });
  document.body.append(form);
  return {
    fetch: await fails(fetch(url, { method: "POST", body: "x", mode: "no-cors" })),
    request: await new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onload = () => resolve(false);
      request.onerror = () => resolve(true);
      request.open("POST", url);
      request.send("x");
    }),
    beacon: await violates(() => navigator.sendBeacon(url, "x")),
    socket: await socket().catch(() => true),
    events: await new Promise((resolve) => {
      const source = new EventSource(url);
      source.onopen = () => resolve(false);
      source.onerror = () => resolve(true);
    }),
    image: await element("img", { src: url }),
    script: await element("script", { src: url }),
    style: await element("link", { rel: "stylesheet", href: url }),
    frame: await element("iframe", { src: url }),
    imported: await fails(import(url)),
    worker: throws(() => new Worker(url)),
    evaluated: throws(() => eval("true")),
    form: await violates(() => form.submit()),
  };
}

test("it works from a disk", { skip }, async () => {
  const page = await open();
  await page.goto(pathToFileURL(join(PACKAGE, "dist/skubill.html")).href);
  await page.getByRole("button", { name: "Try an example" }).click();
  await page.getByText("61.06 EUR").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("faults are listed, and nothing is billed", { skip }, async () => {
  const page = await open();
  const report = { name: "report.csv", mimeType: "text/csv", buffer: Buffer.from(readFileSync(join(MONTH, "report.csv"), "utf8").replace(",3,3,", ",3.5.1,3,")) };
  await page.setInputFiles("#report", report);
  await page.setInputFiles("#prices", join(MONTH, "prices.json"));
  await page.getByRole("heading", { name: "Nothing was billed: 1 fault" }).waitFor();
  const cells = await page.getByRole("region", { name: "Faults" }).getByRole("cell").allTextContents();
  assert.deepEqual(cells, ["usage.absolute.productionreport, row 2", "3.5.1", "a decimal such as 1.5"]);
  assert.equal(await page.getByRole("button", { name: "Download CSV" }).count(), 0);
});

test("an error is accepted, and taken back", { skip }, async () => {
  const page = await open();
  const prices = JSON.parse(readFileSync(join(MONTH, "prices.json"), "utf8"));
  prices.prices = prices.prices.filter(({ sku }) => sku !== "SRV");
  await page.setInputFiles("#prices", { name: "prices.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(prices)) });
  await give(page, { report: join(MONTH, "report.csv"), customers: join(MONTH, "customers.json") });
  await page.getByText("held: unpriced-sku").waitFor();
  await page.getByRole("button", { name: "Accept unpriced-sku:SRV" }).click();
  await page.getByText("held: unpriced-sku").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Take back the acceptance of unpriced-sku:SRV" }).click();
  await page.getByText("held: unpriced-sku").waitFor();
});

test("an acceptance that nothing needs any more is told, and taken back", { skip }, async () => {
  const page = await open();
  const prices = JSON.parse(readFileSync(join(MONTH, "prices.json"), "utf8"));
  prices.prices = prices.prices.filter(({ sku }) => sku !== "SRV");
  await page.setInputFiles("#prices", { name: "prices.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(prices)) });
  await give(page, { report: join(MONTH, "report.csv"), customers: join(MONTH, "customers.json") });
  await page.getByRole("button", { name: "Accept unpriced-sku:SRV" }).click();
  await page.getByText("held: unpriced-sku").waitFor({ state: "detached" });
  await page.setInputFiles("#prices", join(MONTH, "prices.json"));
  const unused = page.getByRole("listitem").filter({ hasText: "unused-acceptance" });
  await unused.filter({ hasText: "unpriced-sku:SRV" }).waitFor();
  await page.getByRole("button", { name: "Take back the acceptance of unpriced-sku:SRV" }).click();
  await unused.waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
});

test("the measure that fits each row, and the tenant's own level", { skip }, async () => {
  const page = await open();
  const report = join(MONTH, "report.csv");
  await give(page, { report, prices: join(MONTH, "prices.json") });
  await page.getByText("Options").click();
  for (const [measure, level] of [["usage.billable", "itself"], ["usage.absolute.production", "direct_partners"]]) {
    await page.getByLabel("Usage column").selectOption(measure);
    await page.getByLabel("Level").selectOption(level);
    const options = ["preview", report, "--prices", join(MONTH, "prices.json"), "--measure", measure, "--level", level, "--format", "json"];
    const { stdout } = spawnSync(SKUBILL, options, { encoding: "utf8" });
    const { total, findings } = JSON.parse(stdout);
    await page.getByText(`${total} EUR`).waitFor();
    for (const { code } of findings) await page.getByRole("listitem").filter({ hasText: code }).first().waitFor();
    assert.equal((await downloaded(page, "Download JSON")).text, stdout);
  }
});

test("options, and a filter", { skip }, async () => {
  const page = await open();
  await give(page, { report: join(MONTH, "report.csv"), prices: join(MONTH, "prices.json") });
  await page.getByText("Options").click();
  await page.getByLabel("Month").fill("2021-07");
  await page.getByLabel("Root tenant").fill("t-root");
  await page.getByLabel("Root tenant").blur();
  await page.getByRole("heading", { name: "Bills for 2021-07-01 to 2021-07-31" }).waitFor();
  await page.locator(".counts div").filter({ hasText: "Excluded1" }).waitFor();
  await page.getByLabel("Filter").fill("ZOË");
  await page.getByText("Zoë's Bakery, Ltd").click();
  const bill = await page.getByRole("region", { name: "Bill of Zoë's Bakery, Ltd" }).innerText();
  assert.match(bill, /Cloud storage\s+STO\s+300 GiB\s+29\.00/);
  assert.equal(await page.getByText("Acme GmbH").count(), 0);
  // Another answer keeps it.
  await page.getByLabel("Month").fill("2021-08");
  await page.getByLabel("Month").blur();
  await page.getByRole("heading", { name: "Bills for 2021-08-01 to 2021-08-31" }).waitFor();
  assert.equal(await page.getByText("Acme GmbH").count(), 0);
});

test("files are dropped anywhere, and sorted", { skip }, async () => {
  const page = await open();
  const names = ["customers.json", "prices.json", "report.csv"];
  const files = names.map((name) => [name, readFileSync(join(MONTH, name), "utf8")]);
  const data = await page.evaluateHandle((files) => {
    const data = new DataTransfer();
    for (const [name, text] of files) data.items.add(new File([text], name));
    return data;
  }, files);
  await page.dispatchEvent("main", "drop", { dataTransfer: data });
  await page.getByText("61.06 EUR").waitFor();
});

test("the keyboard reaches everything, and everything has a name", { skip }, async () => {
  const page = await open();
  const reached = [];
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || "");
  for (let at = 0; at < 5; at++) {
    await page.keyboard.press("Tab");
    reached.push(await focused());
  }
  assert.deepEqual(reached, ["report", "prices", "customers", "Options", "example"]);
  await page.keyboard.press("Enter");
  await page.getByText("61.06 EUR").waitFor();
  for (let at = 0; (await focused()) !== "Download CSV"; at++) {
    assert(at < 3, "the downloads come next");
    await page.keyboard.press("Tab");
  }
  await page.locator(".bill summary").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Bill of Acme GmbH" }).waitFor();
  await page.getByText("Options").click();
  const client = await page.context().newCDPSession(page);
  const { nodes } = await client.send("Accessibility.getFullAXTree");
  const roles = ["button", "textbox", "searchbox", "combobox", "region", "form", "table", "heading", "progressbar", "DisclosureTriangle"];
  const found = nodes.filter(({ role, ignored }) => !ignored && roles.includes(role?.value));
  assert(found.length > 20, `${found.length} elements`);
  const nameless = found.filter(({ role, name }) => role.value !== "table" && !name?.value?.trim());
  assert.deepEqual(nameless.map(({ role }) => role.value), []);
});

const LOOKS = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
};

for (const [look, options] of Object.entries(LOOKS)) {
  test(`it can be read: ${look}`, { skip }, async () => {
    const page = await open(options);
    await give(page, demo);
    await page.locator(".bill summary").first().click();
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(width[0], width[1], "nothing is wider than the page");
    assert.deepEqual(await page.evaluate(pale), []);
  });
}

/** In the page: texts whose contrast to what is behind them is below 4.5 to 1. */
function pale() {
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.tagName === "SCRIPT" || !element.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.push(`${element.textContent.trim().slice(0, 30)}: ${contrast.toFixed(2)}`);
  }
  return found;
}
