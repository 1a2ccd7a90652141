// A headless Chromium for tests, and a server on this machine for it to look at.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** It asks nobody for anything by itself. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Undefined where there is none. */
export async function launch() {
  const executablePath = PLACES.find((path) => path && existsSync(path));
  if (!executablePath) return undefined;
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json", ".csv": "text/csv" };

/** Serves a folder, and before that texts by their paths. `asked` lists what was asked for. */
export async function serve(folder, texts = {}) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    asked.push(`${request.method} ${request.url}`);
    try {
      const body = texts[path] ?? (await readFile(join(folder, path)));
      response.writeHead(200, { "content-type": texts[path] === undefined ? (TYPES[extname(path)] ?? "application/octet-stream") : TYPES[".html"] });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, asked, close: () => server.close() };
}
