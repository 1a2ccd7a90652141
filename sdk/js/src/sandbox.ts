/**
 * The sandbox: the component, run in a fresh instance each time, with nothing linked in. The only file that
 * knows the bindings that jco makes.
 */

import { SHA256 } from "./built.js";
import { instantiate, type Root } from "./component/skubill.js";
import { BoundError, DefectError, SkubillError } from "./errors.js";
import { type Input, pieces } from "./inputs.js";
import type { InputName } from "./outcome.js";
import { sha256 } from "./sha256.js";

export type Call = "bill" | "usage" | "record" | "check" | "customers" | "estimate" | "compare" | "describe" | "explain";

/** An input that there is, by its name. */
export type Given = readonly (readonly [InputName, Input])[];

/** Whether there is an answer; and the answer, or the refusal, as JSON. */
export interface Said {
  ok: boolean;
  json: string;
}

/** Bytes of a piece in which an input is handed over. */
const PIECE_BYTES = 1 << 20;

export class Sandbox {
  #module: Promise<WebAssembly.Module> | undefined;

  /** `read` gives the bytes of the component's core, `skubill.core.wasm`. */
  constructor(
    private readonly read: () => Promise<Uint8Array<ArrayBuffer>>,
    private readonly memory_bytes: number,
  ) {}

  /** A run from its beginning to its end. */
  async run(call: Call, job: string, inputs: Given, signal?: AbortSignal): Promise<Said> {
    // Compiled by the first run; a failure is not remembered.
    this.#module ??= compile(this.read).catch((error: unknown) => {
      this.#module = undefined;
      throw error;
    });
    return new Run(await this.#module, this.memory_bytes, signal).run(call, job, inputs);
  }
}

/** One instance. It is dropped after its answer, as after an error. */
class Run {
  private memory: WebAssembly.Memory | undefined;

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly memory_bytes: number,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Inputs are fed in pieces, and a report is never held whole. */
  async run(call: Call, job: string, inputs: Given): Promise<Said> {
    const { text } = await this.instantiate();
    const begun = this.said(() => (text.begin(call, job), ""));
    if (!begun.ok) return begun;
    for (const [name, input] of inputs) {
      for await (const piece of pieces(input, PIECE_BYTES)) {
        this.signal?.throwIfAborted();
        const fed = this.said(() => (text.feed(name, piece), ""));
        if (!fed.ok) return fed;
      }
    }
    return this.said(() => text.finish());
  }

  private async instantiate(): Promise<Root> {
    return instantiate(
      () => this.module,
      {},
      async (module, imports) => {
        const instance = await WebAssembly.instantiate(module, imports);
        this.memory = instance.exports["memory"] as WebAssembly.Memory;
        return instance;
      },
    );
  }

  /** What a call of the component says; a result's error is thrown by the bindings, with its payload. */
  private said(call: () => string): Said {
    try {
      return { ok: true, json: call() };
    } catch (error) {
      if (error instanceof Error && "payload" in error) {
        return { ok: false, json: (error as { payload: string }).payload };
      }
      throw error instanceof SkubillError ? error : this.stopped(error);
    } finally {
      this.bounded();
    }
  }

  /** Memory is looked at between calls: an engine of JavaScript has no bound of its own. */
  private bounded(): void {
    if ((this.memory?.buffer.byteLength ?? 0) > this.memory_bytes) throw new BoundError("memory_bytes", this.memory_bytes);
  }

  private stopped(error: unknown): SkubillError {
    return new DefectError(`the component stopped: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The core's code, if its bytes are those that this package was made with. */
async function compile(read: () => Promise<Uint8Array<ArrayBuffer>>): Promise<WebAssembly.Module> {
  const wasm = await read();
  const found = sha256(wasm);
  if (found !== SHA256) {
    throw new DefectError(`skubill.core.wasm is not the file that this package was made with: sha256 ${found}, not ${SHA256}`);
  }
  return WebAssembly.compile(wasm);
}
