/** Billing a report: the package's way into the sandbox. */

import { JobError, refusal, SkubillError } from "./errors.js";
import type { Input } from "./inputs.js";
import { known, type Names, near } from "./options.js";
import type {
  Billed,
  Checked,
  Compared,
  Day,
  Decimal,
  Description,
  Earlier,
  Estimated,
  Explanation,
  HeldLine,
  InputName,
  Listing,
  Posting,
  PostingCategory,
  UsageOutcome,
} from "./outcome.js";
import { type Call, type Given, Sandbox } from "./sandbox.js";

/** Limits of the component that are not its defaults, by name: `{ rows: 1000 }`. `describe` tells the defaults. */
export type Limits = { [Name in keyof typeof LIMITS]?: number | undefined };

const LIMITS = {
  book_bytes: true,
  cell_bytes: true,
  columns: true,
  compressed_bytes: true,
  depth: true,
  digits: true,
  faults: true,
  inflated_bytes: true,
  inflated_ratio: true,
  lines: true,
  output_bytes: true,
  rows: true,
} as const satisfies { [Name in keyof Required<Description["limits"]>]: true };

/** How a report is to be billed. What is left out is not said; an option that nobody knows is a `JobError`. */
export interface JobOptions {
  /** `YYYY-MM`; without one, the month of the report's latest date. */
  period?: string | undefined;
  /** The report's root tenant, whose own rows are excluded unless the customers file has it. */
  root?: string | undefined;
  /** What the report was made for. */
  level?: "direct_partners" | "all_partners" | "all_customers" | "accounts" | "itself" | undefined;
  /**
   * A usage column, or `usage.billable`: absolute production, and delta production of rows that are `is_range`;
   * `usage.effective.production` unless named.
   */
  measure?: string | undefined;
  /** Findings that may pass: `CODE`, or `CODE:SUBJECT` with a SKU, tenant or enterprise. */
  accept?: readonly string[] | undefined;
  /** Tenants that somebody else bills. */
  exclude_tenants?: readonly string[] | undefined;
  /** What a posting's usages are called: a text with `{name}`, `{sku}`, `{quantity}` and `{unit}`. */
  usage_name?: string | undefined;
  limits?: Limits | undefined;
  /** Ends the run between two pieces of an input. */
  signal?: AbortSignal | undefined;
}

export interface BillOptions extends JobOptions {
  report: Input;
  prices: Input;
  /** Without a customers file there are bills and no postings. */
  customers?: Input | undefined;
}

export interface UsageOptions extends JobOptions {
  report: Input;
  customers?: Input | undefined;
}

export interface RecordOptions extends JobOptions {
  report: Input;
  prices: Input;
  customers: Input;
  /** `YYYY-MM-DD` */
  day: string;
  /** Yours: records of another one are passed over. */
  provider?: string | undefined;
  earlier?: readonly Earlier[] | undefined;
}

export interface ExplainOptions extends BillOptions {
  /** Whose line is told. */
  tenant_id: string;
  sku: string;
  /** Told is what the line has cost up to this day, of which `record` takes the day's cost. */
  day?: string | undefined;
}

export interface CheckOptions {
  prices: Input;
  customers?: Input | undefined;
  limits?: Limits | undefined;
}

export interface CustomersOptions {
  customers: Input;
  limits?: Limits | undefined;
}

export interface EstimateOptions {
  /** Cost records: CSV `date,price[,estimated]`, or JSON. */
  costs: Input;
  period?: string | undefined;
  /** `cumulative` unless named. */
  method?: "cumulative" | "daily" | undefined;
  places?: number | undefined;
  limits?: Limits | undefined;
}

export interface CompareOptions {
  /** `YYYY-MM` */
  period: string;
  currency: string;
  /** Empty where an enterprise that was billed for the month before has no usage line now. */
  posting: Posting | readonly PostingCategory[];
  /** The posting's tenants; its own where `posting` is a whole posting. */
  tenants?: readonly string[] | undefined;
  /** What the dashboard holds. */
  held?: readonly HeldLine[] | undefined;
  /** The month before. */
  previous?: readonly HeldLine[] | undefined;
  /** The tenants of the month before. */
  previous_tenants?: readonly string[] | undefined;
  /** The total may be at most this many times that of the month before, and not less than one part in this many of it. */
  times?: Decimal | undefined;
  /** The posting may have at most this many lines. */
  lines?: number | undefined;
}

export interface BillerOptions {
  /** Memory of one run, looked at between two pieces of an input. */
  memory_bytes?: number | undefined;
  /** The bytes of `skubill.core.wasm`, where they do not lie beside this package. */
  wasm?: (() => Promise<Uint8Array<ArrayBuffer>>) | undefined;
}

const JOB: Names<JobOptions> = {
  period: true,
  root: true,
  level: true,
  measure: true,
  accept: true,
  exclude_tenants: true,
  usage_name: true,
  limits: true,
  signal: true,
};
const USAGE: Names<UsageOptions> = { ...JOB, report: true, customers: true };
const BILL: Names<BillOptions> = { ...USAGE, prices: true };
const RECORD: Names<RecordOptions> = { ...BILL, day: true, provider: true, earlier: true };
const EXPLAIN: Names<ExplainOptions> = { ...BILL, tenant_id: true, sku: true, day: true };
const CUSTOMERS: Names<CustomersOptions> = { customers: true, limits: true };
const CHECK: Names<CheckOptions> = { ...CUSTOMERS, prices: true };
const ESTIMATE: Names<EstimateOptions> = { costs: true, period: true, method: true, places: true, limits: true };
const COMPARE: Names<CompareOptions> = {
  period: true,
  currency: true,
  posting: true,
  tenants: true,
  held: true,
  previous: true,
  previous_tenants: true,
  times: true,
  lines: true,
};
export const BILLER: Names<BillerOptions> = { memory_bytes: true, wasm: true };

/** Ten million rows take 40 bytes each and a million lines 400. */
const MEMORY_BYTES = 2 ** 30;

/**
 * The engine: make one and keep it. It compiles once, with its first run, and each run is in a fresh instance:
 * they share nothing but code.
 */
export class Biller {
  readonly #sandbox: Sandbox;

  constructor(wasm: () => Promise<Uint8Array<ArrayBuffer>>, memory_bytes: number = MEMORY_BYTES) {
    // What is no number is larger than nothing and bounds nothing.
    if (!Number.isSafeInteger(memory_bytes) || memory_bytes <= 0) throw new JobError("memory_bytes is a whole number of bytes");
    this.#sandbox = new Sandbox(wasm, memory_bytes);
  }

  /** Bills of a usage report, and with a customers file the postings of its enterprises. */
  async bill(given: BillOptions): Promise<Billed> {
    const { report, prices, customers, signal, ...options } = known("bill", given, BILL);
    return this.#ask<Billed>("bill", job(options), { prices, customers, report }, signal);
  }

  /** Quantities per tenant and SKU, without a price book: for platforms that price themselves. */
  async usage(given: UsageOptions): Promise<UsageOutcome> {
    const { report, customers, signal, ...options } = known("usage", given, USAGE);
    return this.#ask<UsageOutcome>("usage", job(options), { customers, report }, signal);
  }

  /** What the day has cost: the amount to date less what the month's earlier cost records hold. */
  async record(given: RecordOptions): Promise<Day> {
    const { report, prices, customers, day, provider, earlier = [], signal, ...options } = known("record", given, RECORD);
    return this.#ask<Day>("record", { day, provider, earlier, job: job(options) }, { prices, customers, report }, signal);
  }

  /** One line of the bill that `bill` makes of the same options, told: its rows, its price, and each step to the amount. */
  async explain(given: ExplainOptions): Promise<Explanation> {
    const { report, prices, customers, tenant_id, sku, day, signal, ...options } = known("explain", given, EXPLAIN);
    return this.#ask<Explanation>("explain", { tenant_id, sku, day, job: job(options) }, { prices, customers, report }, signal);
  }

  /** What a price book and a customers file hold; every mistake in them is in a `FaultsError`. */
  async check(given: CheckOptions): Promise<Checked> {
    const { prices, customers, limits } = known("check", given, CHECK);
    return this.#ask<Checked>("check", near("limits", limits ?? {}, LIMITS), { prices, customers });
  }

  /** Whom a customers file maps, for hosts that have to know before a report is there. */
  async customers(given: CustomersOptions): Promise<Listing> {
    const { customers, limits } = known("customers", given, CUSTOMERS);
    return this.#ask<Listing>("customers", near("limits", limits ?? {}, LIMITS), { customers });
  }

  /** What a month will have cost, from the cost records of its first days. */
  async estimate(given: EstimateOptions): Promise<Estimated> {
    const { costs, limits, ...job } = known("estimate", given, ESTIMATE);
    return this.#ask<Estimated>("estimate", { ...job, limits: near("limits", limits ?? {}, LIMITS) }, { costs });
  }

  /** A posting beside what the dashboard holds for its enterprise and period, and beside the month before. */
  async compare(given: CompareOptions): Promise<Compared> {
    const { posting, tenants, held = [], previous = [], times, lines, ...rest } = known("compare", given, COMPARE);
    const whole = "categories" in posting ? posting : { categories: posting, tenants: [] };
    const posted = { posting: whole.categories, tenants: tenants ?? whole.tenants };
    return this.#ask<Compared>("compare", { ...rest, ...posted, held, previous, bounds: { times, lines } }, {});
  }

  /** What the component is: its version, its contract's, and its limits. */
  async describe(): Promise<Description> {
    return this.#ask<Description>("describe", {}, {});
  }

  async #ask<Answer extends { json: string }>(
    call: Call,
    job: object,
    inputs: Partial<Record<InputName, Input | undefined>>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const given = Object.entries(inputs).filter((entry) => entry[1] !== undefined) as unknown as Given;
    const { ok, json } = await this.#sandbox.run(call, JSON.stringify(job), given, signal);
    if (!ok) throw refusal(json);
    return { ...(exact(json) as Omit<Answer, "json">), json } as Answer;
  }
}

/** Where the functions of a module share one engine, which compiles with their first call. */
export function sharing(biller: Biller): Pick<Biller, "bill" | "usage" | "record" | "explain" | "check" | "customers" | "estimate" | "compare" | "describe"> {
  return {
    bill: (options) => biller.bill(options),
    usage: (options) => biller.usage(options),
    record: (options) => biller.record(options),
    explain: (options) => biller.explain(options),
    check: (options) => biller.check(options),
    customers: (options) => biller.customers(options),
    estimate: (options) => biller.estimate(options),
    compare: (options) => biller.compare(options),
    describe: () => biller.describe(),
  };
}

/** A job without what is not said; `JSON.stringify` leaves that out. */
function job({ limits, ...options }: Omit<JobOptions, "signal">): object {
  return { ...options, limits: near("limits", limits ?? {}, LIMITS) };
}

/** The number of an enterprise is the only one of an answer that a JavaScript number may not hold. */
function exact(json: string): object {
  for (const [, digits] of json.matchAll(/"enterprise":(\d{16,})/g)) {
    if (!Number.isSafeInteger(Number(digits))) throw new SkubillError(`enterprise ${digits} is more than a number of JavaScript holds`);
  }
  return JSON.parse(json) as object;
}
