/** What both entries of the package export besides the engine and its functions. */

export type {
  BillOptions,
  CheckOptions,
  CompareOptions,
  CustomersOptions,
  EstimateOptions,
  ExplainOptions,
  JobOptions,
  Limits,
  RecordOptions,
  UsageOptions,
} from "./biller.js";
export { COMPONENT_SHA256, SHA256, VERSION } from "./built.js";
export { BoundError, DefectError, FaultsError, JobError, SkubillError } from "./errors.js";
export type { Input } from "./inputs.js";
export type * from "./outcome.js";
