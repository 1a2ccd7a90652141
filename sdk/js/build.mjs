// Makes the package: the component becomes JavaScript (jco), the sources become JavaScript and types (tsc), and
// both together one page that needs nothing else.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { transpile } from "@bytecodealliance/jco";

import { page } from "./page/build.mjs";

const root = import.meta.dirname;
const COMPONENT = join(root, "../built/skubill.wasm");

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The component as JavaScript and one core module, instantiated anew for each run. */
async function bindings() {
  const component = readFileSync(COMPONENT);
  const options = { name: "skubill", instantiation: { tag: "async" }, minify: true, nodejsCompat: false, wasiShim: false };
  const { files } = await transpile(component, options);
  rmSync(join(root, "src/component"), { recursive: true, force: true });
  // For calls that may wait, which there are none of. Where an engine lacks it, each of these throws an error, for
  // whose message the engine reads the whole file again: forty milliseconds an instance.
  files["skubill.js"] = `const promising = (call) => call;${Buffer.from(files["skubill.js"]).toString().replaceAll("WebAssembly.promising(", "promising(")}`;
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(root, "src/component", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  const core = files["skubill.core.wasm"];
  if (WebAssembly.Module.imports(new WebAssembly.Module(core)).length > 0) throw new Error("the component imports something");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const facts = { VERSION: version, COMPONENT_SHA256: sha256(component), SHA256: sha256(core) };
  const lines = Object.entries(facts).map(([name, value]) => `export const ${name}: string = "${value}";\n`);
  writeFileSync(join(root, "src/built.ts"), lines.join(""));
}

function sources() {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", root], { stdio: "inherit" });
  cpSync(join(root, "src/component"), join(root, "dist/component"), { recursive: true });
}

if (!existsSync(COMPONENT)) {
  console.error(`${COMPONENT} is missing: run \`make sdk\` in the repository's root`);
  process.exit(1);
}
await bindings();
sources();
await page(root);
