// The types of src/outcome.ts are those of schemas/.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { shapes, WRITTEN } from "../shapes.mjs";

test("the types are current", async () => {
  assert.equal(readFileSync(WRITTEN, "utf8"), await shapes(), "`make sdk` writes them");
});
