// What this package does beside asking: inputs, bounds, errors, its own module, its types.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import test from "node:test";
import { gzipSync } from "node:zlib";

import * as skubill from "../dist/node.js";
import { sha256 } from "../dist/sha256.js";
import { MONTH } from "./cases.mjs";

const PACKAGE = join(import.meta.dirname, "..");
const path = join(MONTH, "report.csv");
const [report, prices, customers] = ["report.csv", "prices.json", "customers.json"].map((name) => readFileSync(join(MONTH, name)));
const wasm = () => readFileSync(join(PACKAGE, "dist/component/skubill.core.wasm"));

test("an input means the same however it is given", async () => {
  const expected = await skubill.bill({ report, prices, customers });
  assert.equal(expected.outcome.total, "61.06");
  const apart = async function* () {
    for (const byte of report) yield Uint8Array.of(byte);
  };
  const given = {
    text: report.toString(),
    buffer: new Uint8Array(report).buffer,
    view: new DataView(new Uint8Array(report).buffer),
    blob: new Blob([report]),
    stream: new Blob([report]).stream(),
    file: createReadStream(path),
    texts: createReadStream(path, { encoding: "utf8", highWaterMark: 7 }),
    web: Readable.toWeb(createReadStream(path)),
    response: new Response(report).body,
    apart: apart(),
    gzip: gzipSync(report),
    zipped: new Blob([gzipSync(report)]).stream(),
  };
  for (const [name, input] of Object.entries(given)) {
    assert.deepEqual(await skubill.bill({ report: input, prices: prices.toString(), customers }), expected, name);
  }
});

test("an empty customers file is there", async () => {
  await assert.rejects(skubill.bill({ report, prices, customers: "" }), (error) => error.faults[0].input === "customers");
});

test("every line is explained to its amount", async () => {
  const { outcome } = await skubill.bill({ report, prices, customers, period: "2021-08" });
  const lines = outcome.bills.flatMap(({ tenant_id, categories }) => categories.flatMap(({ usages }) => usages.map((charge) => ({ tenant_id, charge }))));
  assert(lines.length > 1);
  for (const { tenant_id, charge } of lines) {
    const sku = charge.usage_type;
    const { line, rows } = await skubill.explain({ report, prices, customers, tenant_id, sku, period: "2021-08" });
    assert.deepEqual([line.amount, line.quantity, line.steps.at(-1).result], [charge.price, charge.quantity, charge.price], sku);
    assert.deepEqual(rows.filter((row) => row.outcome === "billed").map((row) => row.row), charge.rows, sku);
  }
});

test("nobody is explained", async () => {
  const told = await skubill.explain({ report, prices, tenant_id: "nobody", sku: "none" });
  assert.deepEqual([told.rows, told.line], [[], null]);
  await assert.rejects(skubill.explain({ report, prices, tenant_id: "", sku: "none" }), (error) => error instanceof skubill.JobError);
});

test("all faults are listed", async () => {
  const wrong = report.toString().replace(",5000,", ",5.000,,").replace(",3,", ",three,");
  await assert.rejects(skubill.bill({ report: wrong, prices: "{" }), (error) => {
    assert(error instanceof skubill.FaultsError && error instanceof skubill.SkubillError);
    assert.deepEqual(new Set(error.faults.map((fault) => fault.input)), new Set(["report", "prices"]));
    assert.equal(error.fault_count, error.faults.length);
    assert.match(error.message, /found three; expected a decimal such as 1.5/);
    return true;
  });
});

test("an option that nobody knows is refused in every call", async () => {
  const calls = {
    bill: { report, prices },
    usage: { report },
    record: { report, prices, customers, day: "2021-08-31" },
    explain: { report, prices, tenant_id: "t-acme", sku: "STO" },
    check: { prices },
    customers: { customers },
    estimate: { costs: "date,price\n2021-08-01,1\n" },
    compare: { posting: [], period: "2021-08", currency: "EUR" },
  };
  for (const [name, options] of Object.entries(calls)) {
    await skubill[name](options);
    for (const wrong of ["perod", "exlude_tenants", "customer", "limit", "Period", "toString", "__proto__"]) {
      const given = Object.defineProperty({ ...options }, wrong, { value: ["t-acme"], enumerable: true });
      await assert.rejects(skubill[name](given), (error) => error instanceof skubill.JobError && error.message.startsWith(`${name} has no option "${wrong}"`), `${name}: ${wrong}`);
      await assert.rejects(skubill[name]({ ...options, [`${wrong}_`]: undefined }), skubill.JobError);
    }
    for (const nothing of [undefined, null, "x", [report]]) await assert.rejects(skubill[name](nothing), skubill.JobError);
    if (name !== "compare") {
      await assert.rejects(skubill[name]({ ...options, limits: { rowz: 4 } }), /limits has no "rowz"; did you mean rows\?/, name);
      await assert.rejects(skubill[name]({ ...options, limits: 4 }), skubill.JobError, name);
      await skubill[name]({ ...options, limits: { rows: 1000, lines: undefined } });
    }
  }
  for (const [wrong, near] of [["exlude_tenants", "exclude_tenants"], ["customer", "customers"], ["perod", "period"], ["excludeTenants", "exclude_tenants"]]) {
    await assert.rejects(skubill.bill({ report, prices, [wrong]: [] }), new RegExp(`did you mean ${near}\\?`));
  }
  await assert.rejects(skubill.bill({ report, prices, colour: "red" }), /has no option "colour": it has period, root, level/);
  // Below the options it is the component that refuses.
  const line = { category: "S", usage_type: "STO", price: "1.00", currency: "EUR", period_start: "2021-08-01", period_end: "2021-08-31" };
  for (const wrong of [{ held: [{ ...line, pirce: "2.00" }] }, { previous: [{ ...line, x: 1 }] }]) {
    await assert.rejects(skubill.compare({ ...calls.compare, ...wrong }), skubill.JobError, JSON.stringify(wrong));
  }
  await assert.rejects(skubill.record({ ...calls.record, earlier: [{ enterprise: 292, x: 1 }] }), skubill.JobError);
  assert.throws(() => new skubill.Biller({ memory_byte: 1 }), /Biller has no option "memory_byte"; did you mean memory_bytes\?/);
  for (const memory_bytes of ["1 GiB", Number.NaN, Infinity, 0, -1, null]) assert.throws(() => new skubill.Biller({ memory_bytes }), skubill.JobError, String(memory_bytes));
  // The limits that have a type are those that there are.
  const { limits } = await skubill.describe();
  await skubill.bill({ report, prices, limits });
  for (const name of Object.keys(limits)) await assert.rejects(skubill.bill({ report, prices, limits: { [`${name}x`]: 1 } }), new RegExp(`did you mean ${name}\\?`));
  await assert.rejects(skubill.bill({ report, prices, limits: { colour: 1 } }), /limits.colour/);
});

test("whom a customers file maps", async () => {
  const text = "tenant_id,enterprise,enterprise_name,factor,exclude\nt-2,7,Two,,\nt-1,9,,1.5,\nt-3,,,,true\n";
  const { json, ...listing } = await skubill.customers({ customers: text });
  assert.deepEqual(listing, JSON.parse(json));
  const [one, two] = [{ tenant_id: "t-1", enterprise: 9, enterprise_name: null }, { tenant_id: "t-2", enterprise: 7, enterprise_name: "Two" }];
  assert.deepEqual(listing, { customers: [one, two], excluded: ["t-3"] });
  for (const wrong of [text.replace("7", "seven"), Uint8Array.of(0xff)]) {
    await assert.rejects(skubill.customers({ customers: wrong }), skubill.FaultsError);
  }
});

test("limits, and a job that makes no sense", async () => {
  await assert.rejects(skubill.bill({ report, prices, limits: { rows: 4 } }), /limit rows/);
  await assert.rejects(skubill.bill({ report, prices, period: "August" }), skubill.JobError);
  await assert.rejects(skubill.check({ prices: Uint8Array.of(0x7b, 0xff), limits: { rowz: 4 } }), skubill.JobError);
});

test("a small file that is no text is told alike", async () => {
  const notText = Buffer.concat([Buffer.from('{"currency": "'), Buffer.of(0xff)]);
  const faults = (promise) => promise.then(assert.fail, (error) => error.faults.filter((fault) => fault.input !== "report"));
  const billed = await faults(skubill.bill({ report, prices: notText, customers: notText }));
  assert.deepEqual(await faults(skubill.check({ prices: notText, customers: notText })), billed);
  assert.deepEqual(await faults(skubill.check({ prices: notText, customers: notText, limits: { faults: 1 } })), billed.slice(0, 1));
  await assert.rejects(skubill.estimate({ costs: notText, limits: { book_bytes: 3 } }), /limit book_bytes/);
});

test("a bound on memory", async () => {
  await assert.rejects(new skubill.Biller({ memory_bytes: 1 << 16 }).bill({ report, prices }), skubill.BoundError);
  const [head, , line] = report.toString().split(/(?<=\n)/);
  const many = head + Array.from({ length: 20_000 }, (_, at) => line.replace("t-acme", `t-${at}`)).join("");
  const biller = new skubill.Biller({ memory_bytes: 4 << 20 });
  await assert.rejects(biller.bill({ report: many, prices }), (error) => error.bound === "memory_bytes" && error.allowed === 4 << 20);
});

test("a run ends between two pieces", async () => {
  const controller = new AbortController();
  let pieces = 0;
  const endless = async function* () {
    for (yield report; ; pieces++) {
      if (pieces === 3) controller.abort(new Error("enough"));
      yield Buffer.from("\n".repeat(1000));
    }
  };
  await assert.rejects(skubill.bill({ report: endless(), prices, signal: controller.signal }), /enough/);
  assert(pieces <= 4);
});

test("runs side by side share an engine and nothing else", async () => {
  const biller = new skubill.Biller();
  const answers = await Promise.all(Array.from({ length: 20 }, () => biller.bill({ report: createReadStream(path, { highWaterMark: 50 }), prices, customers })));
  assert.deepEqual(new Set(answers.map((answer) => answer.json)).size, 1);
});

test("another module is not loaded", async () => {
  const other = new skubill.Biller({ wasm: async () => new Uint8Array(Buffer.concat([wasm(), Buffer.of(0)])) });
  await assert.rejects(other.describe(), /is not the file that this package was made with/);
  assert.equal(createHash("sha256").update(wasm()).digest("hex"), skubill.SHA256);
  const component = readFileSync(join(PACKAGE, "../built/skubill.wasm"));
  assert.equal(createHash("sha256").update(component).digest("hex"), skubill.COMPONENT_SHA256);
});

test("a failure to load is not remembered", async () => {
  let times = 0;
  const biller = new skubill.Biller({
    wasm: async () => {
      if (times++ === 0) throw new Error("not yet");
      return new Uint8Array(wasm());
    },
  });
  await assert.rejects(biller.describe(), /not yet/);
  assert.equal((await biller.describe()).version, skubill.VERSION);
});

test("SHA-256 is that of the standard", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_000]) {
    const bytes = randomBytes(length);
    assert.equal(sha256(bytes), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
});

test("an enterprise that no number holds is not rounded", async () => {
  const given = customers.toString().replace("292", "9007199254740993");
  await assert.rejects(skubill.bill({ report, prices, customers: given }), /9007199254740993 is more than/);
  const largest = customers.toString().replace("292", "9007199254740991");
  assert.equal((await skubill.bill({ report, prices, customers: largest })).outcome.bills[0].enterprise, 9007199254740991);
});

test("it has no dependency, and types that fit", () => {
  const { dependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  assert.equal(dependencies, undefined);
  const folder = mkdtempSync(join(tmpdir(), "skubill-types-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: PACKAGE }));
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", join(folder, packed.filename)], { cwd: folder });
    writeFileSync(join(folder, "use.mts"), readFileSync(join(PACKAGE, "tests/use.mts")));
    const tsc = join(PACKAGE, "node_modules/typescript/bin/tsc");
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--lib", "es2022,dom", "--types", "", "use.mts"];
    execFileSync(process.execPath, [tsc, ...options], { cwd: folder, encoding: "utf8" });
    const run = 'import("skubill").then((skubill) => skubill.describe()).then(({ name }) => console.log(name))';
    assert.equal(execFileSync(process.execPath, ["-e", run], { cwd: folder, encoding: "utf8" }), "skubill\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
