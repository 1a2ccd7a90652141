// A program that uses the package's types: what is marked has to be an error.

import { bill, Biller, type Billed, type Decimal, type Exact, explain, FaultsError, type Input } from "skubill";

const biller = new Biller({ memory_bytes: 1 << 28 });
const report: Input = new Blob(["…"]).stream();
const billed: Billed = await biller.bill({ report, prices: "…", period: "2021-08", level: "direct_partners", accept: ["negative-bill"] });
const total: Decimal = billed.outcome.total;
const enterprises: (number | null)[] = billed.outcome.bills.map((tenant) => tenant.enterprise);
console.log(total, enterprises);

const told = await explain({ report: "…", prices: "…", tenant_id: "t", sku: "s", period: "2021-08" });
const steps: Exact[] = told.line?.steps.map((step) => step.result) ?? [];
console.log(steps, told.rows[0]?.outcome === "unpriced");

try {
  await bill({ report: new Uint8Array(), prices: new ArrayBuffer(0) });
} catch (error) {
  if (error instanceof FaultsError) console.log(error.faults[0]?.column);
}

// @ts-expect-error: a price book is needed
await bill({ report });
// @ts-expect-error: an explanation is of a tenant's SKU
await explain({ report, prices: "…", tenant_id: "t" });
// @ts-expect-error: no such level
await bill({ report, prices: "…", level: "everyone" });
// @ts-expect-error: no such option
await bill({ report, prices: "…", exlude_tenants: ["t"] });
// @ts-expect-error: no such limit
await bill({ report, prices: "…", limits: { rowz: 1 } });
// @ts-expect-error: no such option of the engine
console.log(new Biller({ memory_byte: 1 }));
// @ts-expect-error: an amount is no number
const amount: number = billed.outcome.total;
console.log(amount);
