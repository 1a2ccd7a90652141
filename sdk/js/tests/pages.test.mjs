// The pages of docs/hosts: their commands are run in an empty folder, their programs as they stand there, and what
// comes out is what they show.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { launch, serve } from "./browser.mjs";
import { MONTH, ROOT } from "./cases.mjs";

const PAGES = join(ROOT, "docs/hosts");
const RELEASE = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release");

/** The blocks of a page: a file by its name, which stands before it, commands, and programs with what they print. */
function blocks(page) {
  const text = readFileSync(join(PAGES, page), "utf8");
  const found = text.matchAll(/(?:`([\w./-]+)`:\n\n)?^```(\w+)\n(.*?)^```$/gms);
  return [...found].map(([, name, kind, body]) => ({ name, kind, body }));
}

/** Runs `run` on each block of a page, in a folder of its own. */
async function inFolder(page, run) {
  const folder = mkdtempSync(join(tmpdir(), "skubill-host-"));
  const sh = (command) => execFileSync("sh", ["-ec", command], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  let ran = 0;
  try {
    for (const { name, kind, body } of blocks(page)) {
      if (name) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), body);
      } else if (kind === "sh") {
        sh(body.replace("path/to/skubill", ROOT));
      } else if (kind === "console") {
        const [, command, shown] = body.match(/^\$ (.*)\n([^]*)$/);
        assert.equal(await run({ folder, command, sh }), shown, `${page}: ${command}`);
        ran += 1;
      } else if (kind === "text") {
        assert.equal(await run({ folder, sh }), body, page);
        ran += 1;
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert(ran > 0, `${page} shows what comes out`);
}

const runs = (needed) => ({ needed, run: ({ command, sh }) => sh(command) });

/** How the program of each page is run, and what it needs. */
const HOSTS = {
  "python.md": runs([python, "Python 3.10 or later, with venv"]),
  "core-module.md": runs([python, "Python 3.10 or later, with venv"]),
  "node.md": runs([() => true]),
  "rust.md": { needed: [crate, "the crate is not built"], run: rust },
  "browser.md": { needed: [async () => (await launch())?.close().then(() => true), "Chromium is not on this machine"], run: browser },
};

function python() {
  try {
    execFileSync("python3", ["-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The crate as it was built last: for tests alone, cargo puts it nowhere else. */
function crate() {
  const deps = join(RELEASE, "deps");
  const built = existsSync(deps) ? readdirSync(deps).filter((name) => /^libskubill-[0-9a-f]+\.rlib$/.test(name)) : [];
  const made = (name) => statSync(join(deps, name)).mtimeMs;
  const [last] = built.sort((one, other) => made(other) - made(one));
  return last && join(deps, last);
}

/** Compiled with the crate as it is built already: cargo would build wasmtime again. */
function rust({ folder, command, sh }) {
  assert.equal(command, "cargo run --release --quiet");
  for (const name of readdirSync(MONTH)) writeFileSync(join(folder, name), readFileSync(join(MONTH, name)));
  const options = ["--edition", "2024", "--extern", `skubill=${crate()}`, "-L", `dependency=${RELEASE}/deps`];
  execFileSync("rustc", [...options, "-o", join(folder, "bill"), join(folder, "src/main.rs")], { cwd: ROOT, stdio: "inherit" });
  return sh("./bill");
}

async function browser({ folder }) {
  const [server, chromium] = [await serve(folder), await launch()];
  try {
    const page = await chromium.newPage();
    await page.goto(`${server.url}index.html`);
    await page.waitForFunction(() => document.title === "Billed");
    return await page.textContent("pre");
  } finally {
    await chromium.close();
    server.close();
  }
}

test("every page has its program run", () => {
  const pages = readdirSync(PAGES).filter((name) => name.endsWith(".md") && name !== "README.md");
  assert.deepEqual(pages.sort(), Object.keys(HOSTS).sort());
});

for (const [page, { needed, run }] of Object.entries(HOSTS)) {
  const [has, what] = needed;
  const skip = (await has()) ? false : what;
  if (skip) {
    console.error(`SKIPPED: docs/hosts/${page}: ${skip}`);
    if (process.env.CI) throw new Error("in CI nothing is skipped");
  }
  test(`docs/hosts/${page}`, { skip }, () => inFolder(page, run));
}
