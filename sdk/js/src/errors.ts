/** Why there is no answer. Nothing was billed. */

import type { Fault, Refusal } from "./outcome.js";

/** What all errors of this package are. */
export class SkubillError extends Error {
  override name = "SkubillError";
}

/** A fault as one line of text. */
export function told(fault: Fault): string {
  const row = fault.row === null ? "" : `, row ${fault.row}`;
  const column = fault.column === null ? "" : `, ${fault.column}`;
  return `${fault.input}${row}${column}: found ${fault.found}; expected ${fault.expected}`;
}

/** Inputs that cannot be read, or that break a limit: the first faults, and how many there were. */
export class FaultsError extends SkubillError {
  override name = "FaultsError";

  constructor(
    readonly faults: readonly Fault[],
    readonly fault_count: number,
    /** The refusal as it was given. */
    readonly json: string,
  ) {
    const more = fault_count - faults.length;
    super([...faults.map(told), ...(more > 0 ? [`${fault_count} faults, ${more} of them not listed`] : [])].join("\n"));
  }
}

/** What was asked for makes no sense: a period, a measure, a limit's name. */
export class JobError extends SkubillError {
  override name = "JobError";
}

/** A run needed more memory than it is allowed. */
export class BoundError extends SkubillError {
  override name = "BoundError";

  constructor(
    readonly bound: "memory_bytes",
    readonly allowed: number,
    options?: ErrorOptions,
  ) {
    super(`the sandbox allows ${allowed} for one run, and this one needs more (bound ${bound})`, options);
  }
}

/** The component stopped or cannot be loaded: a defect of this package, or of its installation. */
export class DefectError extends SkubillError {
  override name = "DefectError";
}

/** The error that says what a refusal says. */
export function refusal(json: string): SkubillError {
  const answer = JSON.parse(json) as Refusal;
  if ("faults" in answer) return new FaultsError(answer.faults, answer.fault_count, json);
  return "job" in answer ? new JobError(answer.job) : new DefectError(answer.order);
}
