/** What the page shows of an answer. */

import { FaultsError, type SkubillError } from "../errors.js";
import type { Accounting, Bill, Billed, Finding, Posting } from "../outcome.js";
import { oneLine } from "./csv.js";
import { type Cell, button, element, inParts, table } from "./element.js";

export interface Acts {
  json(): void;
  csv(): void;
  accept(what: string, accepted: boolean): void;
  accepted: ReadonlySet<string>;
}

export function answer(billed: Billed, acts: Acts): HTMLElement[] {
  const { outcome } = billed;
  return [
    summary(billed, acts),
    accounting(outcome.accounting),
    outcome.findings.length > 0 && findings(billed, acts),
    outcome.postings.length > 0 && postings(outcome.postings),
    outcome.bills.length > 0 && bills(outcome.bills),
  ].filter((part) => part !== false);
}

function section(name: string, ...children: (Node | string)[]): HTMLElement {
  const title = element("h2", { id: name }, children[0] ?? "");
  return element("section", { "aria-labelledby": name }, title, ...children.slice(1));
}

function summary({ outcome, unaccepted }: Billed, acts: Acts): HTMLElement {
  const { period, bills, postings, total, currency } = outcome;
  const held = postings.filter((posting) => posting.held.length > 0).length;
  const parts = [plural(bills.length, "tenant"), postings.length > 0 && plural(postings.length, "posting"), held > 0 && `${held} held`];
  const state = unaccepted.length > 0 ? `, ${plural(unaccepted.length, "error")} to look at` : "";
  const day = (text: string) => element("span", { class: "day" }, text);
  const title = element("h2", { id: "sum" }, "Bills for ", day(period.start), " to ", day(period.end));
  const amount = element("p", { class: "total" }, `${total} `, element("small", {}, currency));
  const counts = element("p", {}, parts.filter((part) => part !== false).join(", ") + state);
  const downloads = element(
    "div",
    { class: "downloads" },
    button("Download CSV", { class: "main" }, acts.csv),
    button("Download JSON", {}, acts.json),
  );
  return element("section", { class: "sum", "aria-labelledby": "sum" }, element("div", {}, title, amount, counts), downloads);
}

const OUTCOMES: readonly [keyof Accounting, string][] = [
  ["billed", "Billed"],
  ["no_sku", "No SKU"],
  ["zero_usage", "Zero usage"],
  ["excluded", "Excluded"],
  ["unmapped", "Unmapped"],
  ["unpriced", "Unpriced"],
];

function accounting(counts: Accounting): HTMLElement {
  const parts = OUTCOMES.filter(([name]) => counts[name] > 0).map(([name]) => {
    const part = element("i", { class: name });
    part.style.flexGrow = String(counts[name]);
    return part;
  });
  const bar = element("div", { class: "bar", "aria-hidden": "true" }, ...parts);
  const count = (name: string, label: string, number: number) =>
    element("div", {}, element("dt", {}, name !== "rows" && element("i", { class: name }), label), element("dd", {}, number));
  const list = OUTCOMES.map(([name, label]) => count(name, label, counts[name]));
  return section("accounting", "What became of the rows", bar, element("dl", { class: "counts" }, count("rows", "Rows", counts.rows), ...list));
}

function findings({ outcome, unaccepted }: Billed, acts: Acts): HTMLElement {
  const stands = new Set(unaccepted);
  const numbered = outcome.findings.map((finding, index) => ({ finding, stands: stands.has(index) }));
  const list = inParts(numbered, (one) => one_finding(one.finding, one.stands, acts));
  list.firstElementChild?.setAttribute("class", "findings");
  list.firstElementChild?.setAttribute("role", "list");
  return section("findings", `Findings (${outcome.findings.length})`, list);
}

function one_finding(finding: Finding, stands: boolean, acts: Acts): HTMLElement {
  const { code, severity, message, sku, tenant_id, enterprise, column, acceptance } = finding;
  const kind = severity === "error" && !stands ? "accepted" : severity;
  const about = [tenant_id, sku, enterprise !== undefined && `enterprise ${enterprise}`, column, acceptance].filter((part) => part);
  const subject = sku ?? tenant_id ?? enterprise;
  // An acceptance that nothing needs can be taken back where it is told.
  const what = acceptance ?? (subject === undefined ? code : `${code}:${subject}`);
  const undo = acts.accepted.has(what);
  const act = undo || (severity === "error" && stands);
  return element(
    "li",
    { role: "listitem" },
    element("span", { class: `tag ${kind}` }, kind),
    element(
      "div",
      {},
      element("p", {}, element("code", {}, code), about.length > 0 && " · ", element("span", { class: "id" }, oneLine(about.join(" · ")))),
      element("p", {}, oneLine(message)),
      rows(finding.rows ?? []),
    ),
    act &&
      button(undo ? "Take back" : "Accept", { class: "small", "aria-label": `${undo ? "Take back the acceptance of" : "Accept"} ${what}` }, () =>
        acts.accept(what, !undo),
      ),
  );
}

const ROWS_SHOWN = 12;

function rows(numbers: readonly number[]): HTMLElement | false {
  if (numbers.length === 0) return false;
  const more = numbers.length > ROWS_SHOWN ? ` and ${numbers.length - ROWS_SHOWN} more` : "";
  return element("p", {}, element("small", {}, `${numbers.length > 1 ? "Rows" : "Row"} ${numbers.slice(0, ROWS_SHOWN).join(", ")}${more}`));
}

const right = (text: string | number): Cell => ({ text: String(text), number: true });
const plain = (text: string): Cell => ({ text: oneLine(text) });

/** A text, and a smaller one below it. */
function two(text: string, below: string): Cell {
  return { text: element("span", { class: "who" }, element("span", {}, oneLine(text)), element("small", {}, oneLine(below))), wide: true };
}

const POSTINGS_SHOWN = 100;

function postings(all: readonly Posting[]): HTMLElement {
  const header = [plain("Enterprise"), right("Total"), plain("State")];
  const lines = (some: readonly Posting[]) => some.map(({ enterprise, tenants, categories, total, held }): Cell[] => {
    const count = categories.reduce((sum, { usages }) => sum + usages.length, 0);
    const fine = held.length === 0;
    const state = element("span", { class: fine ? "tag fine" : "tag error" }, fine ? "may be posted" : `held: ${held.join(", ")}`);
    return [two(String(enterprise), `${plural(tenants.length, "tenant")}, ${plural(count, "line")}`), right(total), { text: state }];
  });
  const shown = element("div", {}, table("Postings", header, lines(all.slice(0, POSTINGS_SHOWN))));
  if (all.length > POSTINGS_SHOWN) {
    shown.append(button(`Show all ${all.length}`, { class: "more" }, () => shown.replaceChildren(table("Postings", header, lines(all)))));
  }
  return section("postings", `Postings (${all.length})`, shown);
}

/** What is filtered for; another answer keeps it. */
let filter = "";

function bills(all: readonly Bill[]): HTMLElement {
  const input = element("input", { type: "search", autocomplete: "off", spellcheck: "false", value: filter });
  const list = element("div");
  const fill = () => {
    filter = input.value;
    const words = filter.toLowerCase();
    const found = all.filter((bill) => [bill.tenant_name, bill.tenant_id, String(bill.enterprise)].some((text) => text.toLowerCase().includes(words)));
    list.replaceChildren(found.length > 0 ? inParts(found, one_bill) : element("p", {}, "No tenant has that in its name, id or enterprise."));
  };
  input.addEventListener("input", fill);
  fill();
  const head = element("div", { class: "head" }, element("h2", { id: "bills" }, `Bills (${all.length})`), element("label", { class: "filter" }, "Filter", input));
  return element("section", { "aria-labelledby": "bills" }, head, list);
}

function one_bill(bill: Bill): HTMLElement {
  const about = [bill.tenant_id, bill.tenant_kind, bill.enterprise !== null && `enterprise ${bill.enterprise}`].filter((part) => part).join(" · ");
  const who = element("span", { class: "who" }, element("span", {}, oneLine(bill.tenant_name || bill.tenant_id)), element("span", { class: "id" }, oneLine(about)));
  const made = element("details", { class: "bill" }, element("summary", {}, who, element("span", { class: "number" }, bill.total)));
  // Only what is looked at is made: there may be ten thousand of them.
  made.addEventListener("toggle", () => made.childElementCount === 1 && made.append(charges(bill)), { once: true });
  return made;
}

function charges(bill: Bill): HTMLElement {
  const header = [plain("Name and SKU"), right("Quantity"), right("Amount")];
  const lines: Cell[][] = [];
  const kinds: string[] = [];
  for (const { category, total, usages } of bill.categories) {
    lines.push([plain(category), plain(""), right(total)]);
    kinds.push("category");
    for (const { usage_type, usage_name, quantity, unit, price } of usages) {
      const units = element("span", { class: "units" }, quantity, " ", element("small", {}, unit));
      lines.push([two(usage_name, usage_type), { text: units, number: true }, right(price)]);
      kinds.push("");
    }
  }
  return table(`Bill of ${oneLine(bill.tenant_name || bill.tenant_id)}`, header, lines, (row) => kinds[row] ?? "");
}

/** Why there is no bill. */
export function refused(error: SkubillError): HTMLElement {
  if (!(error instanceof FaultsError)) {
    const made = section("refused", "Nothing was billed", element("p", {}, oneLine(error.message)));
    made.classList.add("refused");
    return made;
  }
  const header = [plain("Where"), plain("Found"), plain("Expected")];
  const lines = error.faults.map(({ input, row, column, found, expected }): Cell[] => {
    const line = row === null ? input : `${input}, row ${row}`;
    const where = column === null ? plain(line) : two(column, line);
    return [where, { text: oneLine(found), wide: true }, { text: oneLine(expected), wide: true }];
  });
  const made = section("refused", `Nothing was billed: ${plural(error.fault_count, "fault")}`, table("Faults", header, lines));
  const more = error.fault_count - error.faults.length;
  if (more > 0) made.append(element("p", {}, `${more} of them are not listed.`));
  made.classList.add("refused");
  return made;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
