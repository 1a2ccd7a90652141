// The adapter of the conformance kit: questions on stdin, answers on stdout, a JSON object a line.
//
// `node conformance.mjs jco` asks the package's own component, `core` the core module by Node's own WebAssembly,
// `chromium` the package in a headless browser. `docs/conformance.md` has the protocol. Exit 77: the runtime is not
// on this machine.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = import.meta.dirname;
const [host] = process.argv.slice(2);

function unavailable(reason) {
  console.error(reason);
  process.exit(77);
}

/** The inputs that there are, the report last. */
async function given(question) {
  const names = ["prices", "customers", "report", "costs"].filter((name) => question[name] !== null && question[name] !== undefined);
  return Promise.all(names.map(async (name) => [name, await readFile(question[name])]));
}

async function jco() {
  const { Sandbox } = await import("./dist/sandbox.js");
  const read = async () => new Uint8Array(await readFile(join(root, "dist/component/skubill.core.wasm")));
  const sandbox = new Sandbox(read, 2 ** 32);
  return async (question) => {
    const { ok, json } = await sandbox.run(question.call, question.job, await given(question));
    return { ok, answer: json };
  };
}

const CALLS = ["bill", "usage", "record", "check", "estimate", "compare", "describe", "customers", "explain"];
const INPUTS = ["report", "prices", "customers", "costs"];

/** As the page of the core module says it. */
async function core() {
  const module = await WebAssembly.compile(await readFile(join(root, "../built/skubill.core.wasm")));
  return async (question) => {
    const { exports } = await WebAssembly.instantiate(module);
    const give = (bytes) => {
      const ptr = exports.skubill_alloc(bytes.length) >>> 0;
      new Uint8Array(exports.memory.buffer, ptr, bytes.length).set(bytes);
      return [ptr, bytes.length];
    };
    const said = (status) => {
      const bytes = new Uint8Array(exports.memory.buffer, exports.skubill_answer_ptr() >>> 0, exports.skubill_answer_len() >>> 0);
      return { ok: status === 0, answer: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
    };
    const begun = said(exports.skubill_begin(CALLS.indexOf(question.call) + 1, ...give(Buffer.from(question.job))));
    if (!begun.ok) return begun;
    for (const [name, bytes] of await given(question)) {
      const fed = said(exports.skubill_feed(INPUTS.indexOf(name), ...give(bytes)));
      if (!fed.ok) return fed;
    }
    return said(exports.skubill_finish());
  };
}

/** The package in a page, which gets the bytes of a question's files. */
async function chromium() {
  const { launch, serve } = await import("./tests/browser.mjs");
  const browser = await launch();
  if (!browser) unavailable("Chromium is not on this machine");
  const server = await serve(root, { "/": "<!doctype html><title>conformance</title>" });
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.evaluate(async () => {
    const { Sandbox } = await import("/dist/sandbox.js");
    const read = async () => new Uint8Array(await (await fetch("/dist/component/skubill.core.wasm")).arrayBuffer());
    const sandbox = new Sandbox(read, 2 ** 32);
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    globalThis.ask = (call, job, inputs) => sandbox.run(call, job, inputs.map(([name, text]) => [name, bytes(text)]));
  });
  const ask = async (question) => {
    const inputs = (await given(question)).map(([name, bytes]) => [name, bytes.toString("base64")]);
    const { ok, json } = await page.evaluate(([call, job, inputs]) => globalThis.ask(call, job, inputs), [question.call, question.job, inputs]);
    return { ok, answer: json };
  };
  const end = async () => {
    await browser.close();
    server.close();
  };
  return Object.assign(ask, { engine: `Chromium ${browser.version()}`, end });
}

if (Number(process.versions.node.split(".")[0]) < 20) unavailable("Node 20 or later is needed");
if (!existsSync(join(root, "dist/sandbox.js"))) unavailable("the package is not made: run `make sdk`");
const ask = await { jco, core, chromium }[host]();
const engine = ask.engine ?? `Node ${process.versions.node}`;
console.log(JSON.stringify({ host: host === "chromium" ? host : `node-${host}`, engine }));
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify({ id: question.id, ...(await ask(question)) }));
}
await ask.end?.();
