/** The page: files and options in, an answer out, whenever one of them changes. */

import { Biller } from "../biller.js";
import { SkubillError } from "../errors.js";
import type { Billed } from "../outcome.js";
import { csv } from "./csv.js";
import { EXAMPLE, WASM } from "./inlined.js";
import { answer, plural, refused } from "./view.js";

type Name = "report" | "prices" | "customers";

const biller = new Biller(() => Promise.resolve(Uint8Array.from(atob(WASM), (c) => c.charCodeAt(0))));
const files: Partial<Record<Name, File>> = {};
const accepted = new Set<string>();
let running = new AbortController();

const by = <Made extends HTMLElement>(id: string) => document.getElementById(id) as Made;
const value = (id: string) => by<HTMLInputElement | HTMLSelectElement>(id).value.trim() || undefined;

function say(text: string): void {
  by("status").textContent = text;
}

function give(name: Name, file: File | undefined): void {
  if (file) files[name] = file;
  else delete files[name];
  const drop = document.querySelector(`[data-input=${name}]`);
  drop?.classList.toggle("given", file !== undefined);
  by(`${name}-file`).textContent = file ? `${file.name}, ${size(file.size)}` : "Drop it here, or choose a file";
  if (name === "customers") by("without-customers").hidden = file === undefined;
}

function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The report, as it is read, with the way that is done. */
async function* read(file: File): AsyncGenerator<Uint8Array> {
  const progress = by<HTMLProgressElement>("progress");
  const reader = file.stream().getReader();
  for (let done = 0; ; ) {
    const piece = await reader.read();
    if (piece.done) return;
    yield piece.value;
    done += piece.value.length;
    progress.hidden = file.size < 4e6;
    progress.value = done / file.size;
  }
}

async function bill(): Promise<void> {
  running.abort();
  const mine = (running = new AbortController());
  const { report, prices, customers } = files;
  if (!report || !prices) {
    by("answer").replaceChildren();
    say(report || prices ? `Now the ${report ? "price book" : "usage report"}.` : "");
    return;
  }
  say("Billing…");
  const started = performance.now();
  try {
    const options = { period: value("period"), root: value("root"), measure: value("measure"), accept: [...accepted], signal: mine.signal };
    const level = value("level") as "accounts" | undefined;
    const billed = await biller.bill({ report: read(report), prices, customers, level, ...options });
    if (mine.signal.aborted) return;
    show(billed);
    say(`${plural(billed.outcome.accounting.rows, "row")} billed in ${Math.max(1, Math.round(performance.now() - started))} ms.`);
  } catch (error) {
    if (mine.signal.aborted) return;
    const reason = error instanceof SkubillError ? error : new SkubillError(`The files cannot be read: ${String(error)}`);
    by("answer").replaceChildren(refused(reason));
    say("Nothing was billed.");
  } finally {
    if (!mine.signal.aborted) by("progress").hidden = true;
  }
}

function show(billed: Billed): void {
  const name = `bills-${billed.outcome.period.start.slice(0, 7)}`;
  const acts = {
    accepted,
    json: () => download(`${name}.json`, "application/json", `${outcomeText(billed.json)}\n`),
    csv: () => download(`${name}.csv`, "text/csv", csv(billed.outcome)),
    accept: (what: string, add: boolean) => {
      if (add) accepted.add(what);
      else accepted.delete(what);
      void bill().then(() => by("status").scrollIntoView({ block: "nearest" }));
    },
  };
  by("answer").replaceChildren(...answer(billed, acts));
}

/** The outcome as it was written: amounts, order and all. */
function outcomeText(json: string): string {
  return json.slice('{"outcome":'.length, json.lastIndexOf(',"unaccepted":'));
}

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Which of the three a file is: by its own words. */
async function sort(file: File): Promise<Name> {
  const bytes = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "report";
  const text = new TextDecoder().decode(bytes);
  if (/usage\.|"usage"|"tenants"/.test(text)) return "report";
  return /"customers"|"exclude_tenants"|tenant_id[,;\t]enterprise/.test(text) ? "customers" : "prices";
}

function listen(): void {
  for (const name of ["report", "prices", "customers"] as const) {
    by<HTMLInputElement>(name).addEventListener("change", (event) => {
      const { files } = event.target as HTMLInputElement;
      if (files?.[0]) give(name, files[0]);
      void bill();
    });
  }
  by("without-customers").addEventListener("click", () => {
    by<HTMLInputElement>("customers").value = "";
    give("customers", undefined);
    by("customers").focus();
    void bill();
  });
  for (const name of ["period", "root", "level", "measure"]) by(name).addEventListener("change", () => void bill());
  by("form").addEventListener("submit", (event) => event.preventDefault());
  by("example").addEventListener("click", () => {
    for (const [name, [file, text]] of Object.entries(EXAMPLE)) give(name as Name, new File([text], file));
    by<HTMLInputElement>("root").value = "t-root";
    by<HTMLSelectElement>("level").value = "direct_partners";
    void bill();
  });
  dropping();
}

/** Files may be dropped on their place, or anywhere. */
function dropping(): void {
  const over = (on: boolean) => document.body.classList.toggle("over", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && over(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const place = (event.target as Element | null)?.closest<HTMLElement>("[data-input]")?.dataset["input"] as Name | undefined;
    void dropped([...(event.dataTransfer?.files ?? [])], place);
  });
}

async function dropped(given: File[], place: Name | undefined): Promise<void> {
  for (const file of given) give(place && given.length === 1 ? place : await sort(file), file);
  await bill();
}

listen();
