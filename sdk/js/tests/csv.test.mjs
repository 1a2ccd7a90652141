// The page's CSV: no text of it starts a formula in a spreadsheet, its numbers are numbers, and it is what the command
// line writes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { rolldown } from "rolldown";

import { MONTH, ROOT } from "./cases.mjs";

const SKUBILL = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release/skubill");

/** The page's own module: of the package it is no part. */
async function ofThePage() {
  const made = await rolldown({ input: join(ROOT, "sdk/js/src/page/csv.ts") });
  const { output } = await made.generate({ format: "es" });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}

const { COLUMNS, csv, inert } = await ofThePage();
const TEXTS = ["tenant_id", "tenant_name", "tenant_kind", "customer_id", "category", "sku", "name"];

/** A credit of one line, whose texts are all the same. */
function credit(text) {
  const usage = { usage_type: text, usage_name: text, quantity: "-2", unit: "each", price: "-13.00", rows: [1, 2] };
  const who = { tenant_id: text, tenant_name: text, tenant_kind: text, customer_id: text, enterprise: 292 };
  const bills = [{ ...who, total: "-13.00", categories: [{ category: text, total: "-13.00", usages: [usage] }] }];
  return { period: { start: "2021-08-01", end: "2021-08-31" }, currency: "EUR", bills };
}

/** The cells of a text, RFC 4180. */
function records(text) {
  const all = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    all.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n") all.push([]);
  }
  return all.slice(0, -1);
}

test("whatever a text begins with, its cell begins no formula, and numbers stay numbers", () => {
  let seen = 0;
  for (let code = 0; code < 0x10000; code++) {
    const c = String.fromCharCode(code);
    if (/[\p{L}\p{N}\p{Cs}]/u.test(c)) continue;
    for (const text of [`${c}1+1`, `${c}=1+1`, `${c}${c}",=1\n-2`]) {
      const [header, line, ...more] = records(csv(credit(text)));
      assert.deepEqual([header, more], [[...COLUMNS], []]);
      const cell = (name) => line[COLUMNS.indexOf(name)];
      for (const name of TEXTS) assert.doesNotMatch(cell(name).trimStart(), /^[=+\-@\t\r\n＝﹢−﹫]/, `${name} of ${JSON.stringify(text)}`);
      assert.deepEqual(["enterprise", "quantity", "amount", "rows"].map(cell), ["292", "-2", "-13.00", "1 2"]);
      seen += 1;
    }
  }
  assert(seen > 1000);
});

test("what shows nothing hides no formula", () => {
  const signs = [..."=+-@＝＋－＠﹦﹢﹣﹫−⁺⁻⁼₊₋₌﬩⩵⩶"];
  let seen = 0;
  for (let code = 0; code < 0x110000; code++) {
    const c = String.fromCodePoint(code);
    if (!/[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/u.test(c)) continue;
    const sign = signs[seen % signs.length];
    for (const text of [`${c}${sign}1`, ` ${c}${sign}1`, `${c} ${c}${sign}1`]) assert.match(inert(text), /^(?:'|\s*\\u\{)/u, JSON.stringify(text));
    assert.equal(inert(`x${c}${sign}1`)[0], "x");
    seen += 1;
  }
  assert(seen > 4200, `${seen}`);
  // Each sign that there is in Unicode.
  for (let code = 0; code < 0x110000; code++) {
    const c = String.fromCodePoint(code);
    if (/\p{Cs}/u.test(c) || !/^[=+\-@−]/.test(c.normalize("NFKC"))) continue;
    assert.equal(inert(`${c}1`), `'${c}1`);
    assert.equal(inert(`\u00a0${c}1`), `'\u00a0${c}1`);
  }
});

test("it is what the command line writes", () => {
  const folder = mkdtempSync(join(tmpdir(), "skubill-csv-"));
  try {
    const report = readFileSync(join(MONTH, "report.csv"), "utf8");
    const tenant = report.split("\n")[1].split(",")[report.split("\n")[0].split(",").indexOf("tenant.name")];
    const blanks = ["\t", "\r", " ", "\u00a0", "\u00ad", "\u2003", "\u200b", "\u200d", "\u2060", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\u{e0020}"];
    const signs = [..."=+-@＝＋－＠﹦﹢﹣﹫−⁺⁻⁼₊₋₌﬩⩵⩶‑–'"];
    for (const start of [...signs, ...blanks.map((blank) => `${blank}=`), ...blanks.map((blank) => `x${blank}=`)]) {
      const file = join(folder, "report.csv");
      writeFileSync(file, report.replaceAll(`,${tenant},`, `,"${start}1 ""quoted"", ${start}",`));
      const preview = (format) =>
        execFileSync(SKUBILL, ["preview", file, "--prices", join(MONTH, "prices.json"), "--format", format], { encoding: "utf8" });
      assert(preview("json").includes("quoted"), "the name is in the report");
      assert.equal(csv(JSON.parse(preview("json"))), preview("csv"), JSON.stringify(start));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
