/**
 * The sandbox: the component, run in a fresh instance each time, with nothing linked in. The only file that
 * knows the bindings that jco makes.
 */

import { SHA256 } from "./built.js";
import { instantiate, type Root } from "./component/skubill.js";
import { BoundError, DefectError, SkubillError } from "./errors.js";
import { type Input, pieces, whole } from "./inputs.js";
import type { InputName } from "./outcome.js";
import { sha256 } from "./sha256.js";
import * as typed from "./typed.js";

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

  async run(call: Call, job: string, inputs: Given): Promise<Said> {
    const component = await this.instantiate();
    switch (call) {
      case "bill":
      case "usage":
      case "record":
      case "explain":
        return this.streamed(component, component[call], job, inputs);
      case "check":
        return this.check(component, job, inputs);
      case "customers":
        return this.customers(component, job, inputs);
      case "estimate":
        return this.estimate(component, job, inputs);
      case "compare":
        return this.said(() => component.compare.compareJson(job));
      case "describe":
        return this.said(() => component.about.describeJson());
    }
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

  /** A report is fed in pieces, and never held whole. */
  private async streamed(component: Root, call: Root["bill" | "usage" | "record" | "explain"], job: string, inputs: Given): Promise<Said> {
    const begun = this.said(() => (call.beginJson(job), ""));
    if (!begun.ok) return begun;
    for (const [name, input] of inputs) {
      for await (const piece of pieces(input, PIECE_BYTES)) {
        this.signal?.throwIfAborted();
        const fed = this.said(() => (component.feed.bytes(name, piece), ""));
        if (!fed.ok) return fed;
      }
    }
    return this.said(() => call.finishJson());
  }

  private async check(component: Root, job: string, inputs: Given): Promise<Said> {
    const { prices, customers } = await small(inputs);
    const [book, list] = [text(prices), text(customers)];
    if (book !== undefined && (customers === undefined || list !== undefined)) {
      return this.said(() => component.check.checkJson(book, list, job));
    }
    return this.untold(job, (job) => component.check.checkJson("", undefined, job), (fresh) => typed.check(fresh, job, prices, customers));
  }

  private async customers(component: Root, job: string, inputs: Given): Promise<Said> {
    const { customers = new Uint8Array() } = await small(inputs);
    const list = text(customers);
    if (list !== undefined) return this.said(() => component.customers.customersJson(list, job));
    return this.untold(job, (job) => component.customers.customersJson("", job), (fresh) => typed.customers(fresh, job, customers));
  }

  private async estimate(component: Root, job: string, inputs: Given): Promise<Said> {
    const { costs } = await small(inputs);
    const records = text(costs);
    if (records !== undefined) return this.said(() => component.estimate.estimateJson(records, job));
    return this.untold(job, (job) => component.estimate.estimateJson("", job), (fresh) => typed.estimate(fresh, job, costs));
  }

  /** A file that is no text: what is wrong with the job comes first, and then, in an instance of its own, what is with the file. */
  private async untold(job: string, twin: (job: string) => string, call: (fresh: Root) => string): Promise<Said> {
    const said = this.said(() => twin(job));
    if (!said.ok && "job" in JSON.parse(said.json)) return said;
    const fresh = await this.instantiate();
    return this.said(() => call(fresh));
  }

  /** What a call of the component says; a result's error is thrown by the bindings, with its payload. */
  private said(call: () => string): Said {
    try {
      return { ok: true, json: call() };
    } catch (error) {
      if (error instanceof Error && "payload" in error) {
        const { payload } = error as { payload: string | typed.Typed };
        return { ok: false, json: typeof payload === "string" ? payload : typed.refusedText(payload) };
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

/** Small files, whole; one that there is not is empty, or absent where that means something else. */
async function small(inputs: Given): Promise<{ prices: Uint8Array; costs: Uint8Array; customers: Uint8Array | undefined }> {
  const found = new Map<InputName, Uint8Array>();
  for (const [name, input] of inputs) found.set(name, await whole(input));
  const [prices, costs] = [found.get("prices") ?? new Uint8Array(), found.get("costs") ?? new Uint8Array()];
  return { prices, costs, customers: found.get("customers") };
}

/** As text, byte-order mark included; undefined where it is none. */
function text(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
