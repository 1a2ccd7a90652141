// Makes the page: one file that has all it needs in it, and may be opened from a disk.

import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { rolldown } from "rolldown";

const COLUMNS = ["effective", "absolute", "delta"].flatMap((kind) => ["production", "total", "trial"].map((part) => `usage.${kind}.${part}`));
const MEASURES = [...COLUMNS, "usage.billable"];

/** What is inlined in place of `inlined.js`. */
function inlined(root) {
  const core = readFileSync(join(root, "dist/component/skubill.core.wasm")).toString("base64");
  const month = join(root, "../../docs/hosts/month");
  const names = { report: "report.csv", prices: "prices.json", customers: "customers.json" };
  const example = Object.fromEntries(Object.entries(names).map(([name, file]) => [name, [file, readFileSync(join(month, file), "utf8")]]));
  return `export const WASM = ${JSON.stringify(core)};\nexport const EXAMPLE = ${JSON.stringify(example)};\n`;
}

async function bundle(root) {
  const made = await rolldown({
    input: join(root, "dist/page/main.js"),
    plugins: [{ name: "inlined", load: (id) => (id.endsWith("/page/inlined.js") ? inlined(root) : null) }],
  });
  const { output } = await made.generate({ format: "es", minify: true });
  if (output.length !== 1) throw new Error("the page is more than one file");
  // Nothing of it may end the element that it stands in.
  return output[0].code.trim().replaceAll("</script", "<\\/script");
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing is loaded and nothing is sent: scripts and styles are the two that stand here, and there is no other source of anything. */
function policy(script, style) {
  return [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

export async function page(root) {
  const { VERSION, COMPONENT_SHA256 } = await import(pathToFileURL(join(root, "dist/built.js")));
  const read = (name) => readFileSync(join(root, "page", name), "utf8");
  const [style, script] = [read("page.css"), await bundle(root)];
  const measures = MEASURES.map((name) => `<option>${name}</option>`).join("");
  const parts = { policy: policy(script, style), style, script, measures, version: VERSION, sha256: COMPONENT_SHA256 };
  const html = read("index.html").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
  rmSync(join(root, "dist/page"), { recursive: true });
  writeFileSync(join(root, "dist/skubill.html"), html);
}
