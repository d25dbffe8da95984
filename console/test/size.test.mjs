import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const MOST_BYTES = 150_000;
const dist = join(import.meta.dirname, "..", "dist");

test("the JavaScript of the page is small", () => {
  const { files } = JSON.parse(readFileSync(join(dist, "files.json"), "utf8"));
  const scripts = files.filter((file) => file.path.endsWith(".js"));
  const bytes = scripts.reduce((sum, file) => sum + statSync(join(dist, file.path + ".gz")).size, 0);
  assert.ok(scripts.length > 0, "there is no script in dist/");
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes gzipped, more than ${MOST_BYTES}`);
});
