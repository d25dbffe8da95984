import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const src = join(import.meta.dirname, "..", "src");
const texts = JSON.parse(readFileSync(join(src, "texts.json"), "utf8"));
const sources = readdirSync(src).filter((name) => /\.tsx?$/.test(name));
const code = sources.map((name) => readFileSync(join(src, name), "utf8")).join("\n");

test("every text is there in both languages, with the same placeholders", () => {
  const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  for (const [key, text] of Object.entries(texts)) {
    assert.deepEqual(Object.keys(text).sort(), ["en", "es"], key);
    for (const language of ["en", "es"]) {
      assert.notEqual(text[language].trim(), "", `${key} in ${language}`);
    }
    assert.deepEqual(placeholders(text.es), placeholders(text.en), key);
  }
});

test("every text that the code names is there, and every text is used", () => {
  const named = new Set([...code.matchAll(/"([a-zA-Z]+(?:\.[a-zA-Z]+)*)"/g)].map((match) => match[1]));
  // text(`theme.${each}`) and textOf("run.status", name) make keys of data.
  const prefixes = [...code.matchAll(/textOf\(\s*"([\w.]+)"|text\(`([\w.]+)\.\$/g)].map((match) => match[1] ?? match[2]);
  for (const [, key] of code.matchAll(/\btext\(\s*"([^"]+)"/g)) {
    assert.ok(key in texts, `the code names "${key}", which texts.json lacks`);
  }
  for (const key of Object.keys(texts)) {
    assert.ok(named.has(key) || prefixes.some((prefix) => key.startsWith(`${prefix}.`)), `nothing uses "${key}"`);
  }
});

test("no text of the page is outside of the catalogue", () => {
  // The names of the languages are the same in every language.
  const allowed = new Set(["English", "Español"]);
  for (const name of sources.filter((each) => each.endsWith(".tsx"))) {
    const lines = readFileSync(join(src, name), "utf8").split("\n");
    lines.forEach((line, index) => {
      const found = /^\s*([A-Z][a-zñ]+(?: [\wñ]+)*[.:]?)\s*$/.exec(line)?.[1] ?? />([A-Za-z][^<>{}=]*)</.exec(line)?.[1];
      assert.ok(!found || allowed.has(found), `${name}:${index + 1}: "${found}" belongs into texts.json`);
      assert.doesNotMatch(line, /(?:aria-label|title|placeholder|alt)="[A-Za-z]/, `${name}:${index + 1}`);
    });
  }
});
