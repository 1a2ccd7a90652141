/** The entry for Node: as `index.ts`, but the component is read from its file. */

import { readFile } from "node:fs/promises";

import { Biller as Engine, type BillerOptions, sharing } from "./biller.js";

export type { BillerOptions };
export * from "./exports.js";

/** The engine: make one and keep it. It compiles once, with its first run. */
export class Biller extends Engine {
  constructor({ wasm = beside, memory_bytes }: BillerOptions = {}) {
    super(wasm, memory_bytes);
  }
}

export const { bill, usage, record, explain, check, customers, estimate, compare, describe } = sharing(new Biller());

async function beside(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL("./component/skubill.core.wasm", import.meta.url)));
}
