/**
 * The typed calls, for the one thing that the JSON twins cannot be told: a small file that is no text. It is
 * refused, with the faults that it has.
 */

import type { Root } from "./component/skubill.js";
import { DefectError } from "./errors.js";

type Limits = NonNullable<Parameters<Root["check"]["check"]>[2]>;

/** A refusal as the bindings have it. */
export type Typed =
  | {
      tag: "faults";
      val: { faults: { input: string; row?: bigint; column?: string; found: string; expected: string }[]; faultCount: bigint };
    }
  | { tag: "job" | "order"; val: string };

export function check(component: Root, job: string, prices: Uint8Array, customers: Uint8Array | undefined): string {
  component.check.check(prices, customers, limits(component, JSON.parse(job || "{}")));
  throw new DefectError("a file that is no text was read");
}

export function customers(component: Root, job: string, customers: Uint8Array): string {
  component.customers.customers(customers, limits(component, JSON.parse(job || "{}")));
  throw new DefectError("a file that is no text was read");
}

export function estimate(component: Root, job: string, costs: Uint8Array): string {
  const { period, method = "cumulative", places = 2, limits: some = {} } = JSON.parse(job || "{}");
  component.estimate.estimate(costs, { period, method, places, limits: limits(component, some) });
  throw new DefectError("a file that is no text was read");
}

/** All limits, of which the bindings leave none out. */
function limits(component: Root, some: Record<string, number>): Limits {
  const all: Record<string, number> = { ...JSON.parse(component.about.describeJson()).limits, ...some };
  const named = Object.entries(all).map(([name, limit]) => [name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), BigInt(limit)]);
  return Object.fromEntries(named) as Limits;
}

/** A refusal as the JSON twins write it. */
export function refusedText(refusal: Typed): string {
  if (refusal.tag !== "faults") return printable(JSON.stringify({ [refusal.tag]: refusal.val }));
  const faults = refusal.val.faults.map(({ input, row, column, found, expected }) => {
    return { input, row: row === undefined ? null : Number(row), column: column ?? null, found, expected };
  });
  return printable(JSON.stringify({ faults, fault_count: Number(refusal.val.faultCount) }));
}

/** Characters that act on a terminal or on the direction of text are escaped, as they are in every answer. */
function printable(json: string): string {
  return json.replace(/[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
