/** What a run answers, in the shape and the words of its JSON. */

/**
 * A base-10 number as text, such as `-12.50`. JavaScript has no type that holds it: a `number` is binary
 * floating point, and `0.1 + 0.2` is not `0.3`. Print it as it is, or give it to a library for decimals.
 */
export type Decimal = string;

export type InputName = "report" | "prices" | "customers" | "costs";

/** Days are `YYYY-MM-DD`, UTC; the end is the last day, inclusive. */
export interface Period {
  start: string;
  end: string;
}

/** What became of each row of the report. The last six add up to the first. */
export interface Accounting {
  rows: number;
  billed: number;
  no_sku: number;
  zero_usage: number;
  excluded: number;
  unmapped: number;
  unpriced: number;
}

/** Something in readable input that deserves a look. */
export interface Finding {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  rows?: number[];
  sku?: string;
  tenant_id?: string;
  enterprise?: number;
  column?: string;
  /** Of `unused-acceptance`: what the job accepts. */
  acceptance?: string;
}

/** One SKU on a tenant's bill. */
export interface Charge {
  /** The SKU. */
  usage_type: string;
  usage_name: string;
  quantity: Decimal;
  unit: string;
  /** The amount, not the price of one unit. */
  price: Decimal;
  /** The report's rows in this line, from 1 without the header. */
  rows: number[];
}

export interface Category<Usage> {
  category: string;
  total: Decimal;
  usages: Usage[];
}

/** What one tenant is charged. */
export interface Bill {
  tenant_id: string;
  tenant_name: string;
  tenant_kind: string;
  customer_id: string;
  /** Null without a customers file. */
  enterprise: number | null;
  total: Decimal;
  categories: Category<Charge>[];
}

export interface PostingCharge {
  usage_type: string;
  usage_name: string;
  price: Decimal;
}

/** What is to be posted for one enterprise. */
export interface Posting {
  enterprise: number;
  total: Decimal;
  tenants: string[];
  /** The codes of error findings that hold it. Empty: it may be posted. */
  held: string[];
  categories: Category<PostingCharge>[];
}

export interface Outcome {
  period: Period;
  /** ISO 4217. */
  currency: string;
  total: Decimal;
  bills: Bill[];
  /** Empty without a customers file. */
  postings: Posting[];
  accounting: Accounting;
  findings: Finding[];
}

/** The answer's own text, for whoever hands it on. */
interface Text {
  json: string;
}

export interface Billed extends Text {
  outcome: Outcome;
  /** Indices of `outcome.findings`: the errors that nobody accepted. */
  unaccepted: number[];
}

/** What one tenant used of one SKU in one unit. */
export interface TenantUsage {
  tenant_id: string;
  tenant_name: string;
  tenant_kind: string;
  customer_id: string;
  enterprise: number | null;
  sku: string;
  /** The report's own: `bytes`, `seconds`, or empty for counts. */
  unit: string;
  quantity: Decimal;
  application: string;
  rows: number[];
}

export interface UsageOutcome extends Text {
  period: Period;
  usages: TenantUsage[];
  accounting: Accounting;
  findings: Finding[];
}

/** The cost record of one enterprise for the day. */
export interface Register {
  enterprise: number;
  total: Decimal;
  held: string[];
  /** The day is recorded already: nothing to post. */
  done: boolean;
  categories: Category<PostingCharge>[];
  /** Lines whose difference is below zero, kept back. */
  carried: { category: string; usage_type: string; amount: Decimal }[];
}

export interface Day extends Text {
  date: string;
  number: number;
  days: number;
  currency: string;
  registers: Register[];
  accounting: Accounting;
  findings: Finding[];
  unaccepted: number[];
}

/**
 * A cost record that already stands, as the dashboard gives it back. One without category or usage type, or of
 * another provider or enterprise, is passed over: the warning `foreign-register`. Its texts may be empty.
 */
export interface Earlier {
  /** Whose records were asked for. */
  enterprise: number;
  /** What the record itself states. */
  stated_enterprise?: number | null | undefined;
  /** What the record itself states. */
  provider?: string | null | undefined;
  date: string;
  period_start: string;
  category: string;
  usage_type: string;
  price: Decimal;
  currency: string;
}

/** A decimal, or where its decimals have no end a fraction such as `25/18`. */
export type Exact = string;

/** A row of the tenant and SKU that were asked for. */
export interface AskedRow {
  /** From 1 without the header. */
  row: number;
  date: string | null;
  /** The offering item. */
  name: string;
  /** The report's own: `bytes`, `seconds`, or empty for counts. */
  unit: string;
  /** Of the measure that is billed. */
  value: Decimal;
  /** What became of it, as in `Accounting`. */
  outcome: "billed" | "zero_usage" | "excluded" | "unmapped" | "unpriced";
  /** The row as it stands in the report, after decompression. */
  text: string;
}

export interface UsedPrice {
  /** Where it stands in its book: `prices[3]`, or `row 4` of a CSV file. */
  place: string;
  name: string;
  model: string;
  unit: string;
  /** It is for this tenant alone. */
  for_tenant: boolean;
}

/** One step of the rating, in the order in which it was taken. */
export interface Step {
  /** `sum`, `convert`, `price`, `tier`, `customer-factor`, `round`, …: all are in `wit/explain.wit`. */
  kind: string;
  /** What it was taken of, where that is not the result before. */
  of: Exact | null;
  /** What it was taken with; of a rounding its places and mode, `2 half-up`. */
  by: string | null;
  result: Exact;
}

/** The line as it is billed. */
export interface ExplainedLine {
  tenant_name: string;
  enterprise: number | null;
  category: string;
  price: UsedPrice;
  steps: Step[];
  /** As the bill shows it. */
  quantity: Decimal;
  /** The amount before the one rounding. */
  exact: Exact;
  amount: Decimal;
}

/** One line of a bill, told: its rows, the price that was used, and each step from their sum to the amount. */
export interface Explanation extends Text {
  tenant_id: string;
  sku: string;
  period: Period;
  currency: string;
  /** What is billed of a row: a usage column, or `usage.billable`. */
  measure: string;
  /** All rows of the tenant and SKU, ascending. */
  rows: AskedRow[];
  /** Null where no row is billed: the rows say why. */
  line: ExplainedLine | null;
  /** Those about the line, its tenant, or its SKU. */
  findings: Finding[];
}

/** What a price book and a customers file hold; the last three are null without the latter. */
export interface Checked extends Text {
  currency: string;
  prices: number;
  skus: number;
  customers: number | null;
  excluded: number | null;
  enterprises: number | null;
  /** What can be seen without a report: prices for tenants that the customers file does not have. */
  findings: Finding[];
}

/** Whom a customers file maps, by tenant, and whom it excludes. */
export interface Listing extends Text {
  customers: { tenant_id: string; enterprise: number; enterprise_name: string | null }[];
  excluded: string[];
}

export interface Estimated extends Text {
  /** Null where there is no record: not the same as 0. */
  estimate: Decimal | null;
  method: "cumulative" | "daily" | "run-rate" | "fixed" | "none";
  records: number;
  days: number;
  slope: Decimal | null;
  intercept: Decimal | null;
  below_to_date: boolean;
}

/** One bill line as the dashboard holds it. */
export interface HeldLine {
  category: string;
  usage_type: string;
  price: Decimal;
  currency: string;
  period_start: string;
  period_end: string;
}

export interface Compared extends Text {
  /** Nothing is held: the posting may be posted. */
  absent: boolean;
  /** What is held is the posting: nothing is to be done. */
  equal: boolean;
  differences: {
    kind: "missing" | "extra" | "amount" | "currency" | "period";
    category: string;
    usage_type: string;
    posting: string | null;
    held: string | null;
  }[];
  /** Lines that are equal though another number is held: less than 10⁻⁶ apart, and the same once rounded. */
  approximations: { category: string; usage_type: string; posting: Decimal; held: string }[];
  /** What is suspicious beside the previous period, whatever is held; by code and tenant. */
  excesses: {
    code: "enterprise-gone" | "far-above-last-month" | "far-below-last-month" | "other-currency" | "tenant-gone" | "too-many-lines";
    message: string;
    /** The tenant that is gone. */
    tenant_id?: string;
  }[];
}

export interface Description extends Text {
  name: string;
  version: string;
  contract: string;
  /** In force unless a call says otherwise. */
  limits: Record<string, number>;
}
