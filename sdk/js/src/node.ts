/** The entry for Node: as `index.ts`, but the component is read from its file. */

import { readFile } from "node:fs/promises";

import { BILLER, Biller as Engine, type BillerOptions, sharing } from "./biller.js";
import { known } from "./options.js";

export type { BillerOptions };
export * from "./exports.js";

/** The engine: make one and keep it. It compiles once, with its first run. */
export class Biller extends Engine {
  constructor(options: BillerOptions = {}) {
    const { wasm = beside, memory_bytes } = known("Biller", options, BILLER);
    super(wasm, memory_bytes);
  }
}

export const { bill, usage, record, explain, check, customers, estimate, compare, describe } = sharing(new Biller());

async function beside(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL("./component/skubill.core.wasm", import.meta.url)));
}
