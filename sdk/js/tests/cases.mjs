// The cases of the repository, as the tests of this package read them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../..");
export const MONTH = join(ROOT, "docs/hosts/month");
const CASES = join(ROOT, "tests/cases");
const FAMILIES = ["check", "compare", "customers", "estimate", "explain", "fail", "record", "usage"];

class Case {
  constructor(folder, name) {
    this.name = name;
    this.folder = join(folder, name);
    this.files = readdirSync(this.folder);
  }

  /** The file whose name begins with `stem` and a dot. */
  bytes(stem) {
    const name = this.files.find((file) => file.startsWith(`${stem}.`) && !file.endsWith(".recipe"));
    return name === undefined ? undefined : readFileSync(join(this.folder, name));
  }

  text(name) {
    return this.files.includes(name) ? readFileSync(join(this.folder, name), "utf8") : undefined;
  }

  json(name) {
    return JSON.parse(this.text(name) ?? "{}");
  }
}

/** The cases of a family, or with none the situations of a bill. */
export function family(name) {
  const folder = join(CASES, name ?? "");
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const mine = folders.map((entry) => entry.name).filter((found) => name !== undefined || !FAMILIES.includes(found));
  if (mine.length === 0) throw new Error(`no case in ${folder}`);
  return mine.map((found) => new Case(folder, found));
}
