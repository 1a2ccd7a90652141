/**
 * skubill turns usage reports of Acronis Cyber Cloud into bills, exactly. This entry is for browsers.
 *
 * Everything is computed in a WebAssembly component that imports nothing. A report is read in pieces and never
 * held whole. What cannot be read is a `FaultsError` with all its faults.
 *
 * The functions share one engine, which compiles with their first call; `Biller` is one of your own.
 */

import { BILLER, Biller as Engine, type BillerOptions, sharing } from "./biller.js";
import { DefectError } from "./errors.js";
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
  const answer = await fetch(new URL("./component/skubill.core.wasm", import.meta.url));
  if (!answer.ok) throw new DefectError(`${answer.url}: ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
}
