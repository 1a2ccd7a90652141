/** The bills as CSV, a line a usage: the same bytes as `skubill preview --format csv` writes. */

import type { Outcome } from "../outcome.js";

export const COLUMNS = [
  "period_start",
  "period_end",
  "currency",
  "tenant_id",
  "tenant_name",
  "tenant_kind",
  "customer_id",
  "enterprise",
  "category",
  "sku",
  "name",
  "quantity",
  "unit",
  "amount",
  "rows",
] as const;

export function csv(outcome: Outcome): string {
  const { period, currency } = outcome;
  const lines: string[][] = [[...COLUMNS]];
  for (const bill of outcome.bills) {
    const who = [bill.tenant_id, bill.tenant_name, bill.tenant_kind, bill.customer_id].map(inert);
    for (const { category, usages } of bill.categories) {
      for (const { usage_type, usage_name, quantity, unit, price, rows } of usages) {
        const what = [category, usage_type, usage_name].map(inert);
        const enterprise = bill.enterprise === null ? "" : String(bill.enterprise);
        lines.push([period.start, period.end, currency, ...who, enterprise, ...what, quantity, unit, price, rows.join(" ")]);
      }
    }
  }
  return lines.map((cells) => `${cells.map(cell).join(",")}\n`).join("");
}

/**
 * What begins a formula: a sign in ASCII, or a character whose compatibility form (NFKC) begins with one, such as the
 * wide forms, which a spreadsheet of East Asia takes for them; and the minus sign. White space and what shows nothing
 * (Unicode's `Default_Ignorable_Code_Point`) may stand before it. `host/cli/src/inert.rs` has the same rule.
 */
const FORMULA =
  /^(?:\p{White_Space}|\p{Default_Ignorable_Code_Point})*[=+\-@＝＋－＠﹦﹢﹣﹫−⁺⁻⁼₊₋₌﬩⩵⩶]/u;

/**
 * A text that a spreadsheet does not take for a formula: an apostrophe says that it is text. Tabs and line ends are
 * shown by their codes.
 */
export function inert(text: string): string {
  const line = oneLine(text);
  return FORMULA.test(line) ? `'${line}` : line;
}

/** What `acts` in `host/services/src/text.rs`: on a terminal, on the direction of text, or without being seen. */
const ACTS =
  /[\0-\x1f\x7f-\x9f\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}-\u{180f}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{e0000}-\u{e0fff}]/gu;

/** Such characters are shown by their codes. */
export function oneLine(text: string): string {
  return text.replace(ACTS, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
