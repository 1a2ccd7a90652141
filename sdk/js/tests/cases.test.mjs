// Every case of the repository: what comes out is what its file says.

import assert from "node:assert/strict";
import test from "node:test";

import { bill, check, compare, customers, estimate, explain, FaultsError, JobError, record, usage } from "../dist/node.js";
import { family } from "./cases.mjs";

function same({ json, ...answer }, expected, of) {
  assert.deepEqual(answer, expected, of);
  assert.deepEqual(JSON.parse(json), expected, of);
}

const inputs = (of, ...stems) => Object.fromEntries(stems.map((stem) => [stem, of.bytes(stem)]));

test("situations", async () => {
  for (const of of family()) {
    same(await bill({ ...inputs(of, "report", "prices", "customers"), ...of.json("job.json") }), of.json("outcome.json"), of.name);
  }
});

test("usage", async () => {
  for (const of of family("usage")) {
    same(await usage({ ...inputs(of, "report", "customers"), ...of.json("job.json") }), of.json("usage.json"), of.name);
  }
});

test("record", async () => {
  for (const of of family("record")) {
    const { job, ...task } = of.json("job.json");
    same(await record({ ...inputs(of, "report", "prices", "customers"), ...job, ...task }), of.json("day.json"), of.name);
  }
});

test("explain", async () => {
  for (const of of family("explain")) {
    const { job, ...task } = of.json("job.json");
    same(await explain({ ...inputs(of, "report", "prices", "customers"), ...job, ...task }), of.json("explanation.json"), of.name);
  }
});

test("check", async () => {
  for (const of of family("check")) {
    same(await check({ ...inputs(of, "prices", "customers"), limits: of.json("limits.json") }), of.json("checked.json"), of.name);
  }
});

test("customers", async () => {
  for (const of of family("customers")) {
    const answer = customers({ ...inputs(of, "customers"), limits: of.json("limits.json") });
    // An enterprise that no number of JavaScript holds is refused, never rounded.
    if (/"enterprise": \d{17,}/.test(of.text("listing.json"))) await assert.rejects(answer, /is more than a number of JavaScript holds/);
    else same(await answer, of.json("listing.json"), of.name);
  }
});

test("estimate", async () => {
  for (const of of family("estimate")) same(await estimate({ ...inputs(of, "costs"), ...of.json("job.json") }), of.json("estimate.json"), of.name);
});

test("compare", async () => {
  for (const of of family("compare")) {
    const { bounds, ...comparison } = of.json("comparison.json");
    same(await compare({ ...comparison, ...bounds }), of.json("compared.json"), of.name);
  }
});

test("faults are told as the command line tells them", async () => {
  let told = 0;
  const asked = (of) => {
    try {
      return of.json("job.json");
    } catch {
      return undefined;
    }
  };
  for (const of of family("fail")) {
    const made = of.files.some((file) => file.endsWith(".recipe") || file.startsWith("comparison.")) || /^(record|explain)-/.test(of.name);
    const job = asked(of);
    // What is no object, and keys that a job does not have, are no options either.
    if (made || job === undefined || Array.isArray(job) || of.name === "job-with-an-unknown-key") continue;
    const call = of.bytes("costs") ? estimate : of.bytes("report") ? bill : check;
    const books = inputs(of, "prices", "customers");
    const options =
      call === estimate
        ? { ...inputs(of, "costs"), ...job }
        : call === bill
          ? { ...inputs(of, "report"), ...books, ...job }
          : { ...books, limits: of.json("limits.json") };
    const error = await call(options).then(
      () => assert.fail(`${of.name} was answered`),
      (error) => error,
    );
    assert(error instanceof FaultsError || error instanceof JobError, `${of.name}: ${error}`);
    assert.equal(`${error instanceof JobError ? "error: " : ""}${error.message}\n`, of.text("error.txt"), of.name);
    told += 1;
  }
  assert(told > 80, `${told} cases`);
});
