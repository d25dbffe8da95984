import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "vite";

const root = join(import.meta.dirname, "..");

/** A module of the page without a browser. */
async function load(name) {
  const [{ output }] = await build({
    configFile: false,
    root,
    logLevel: "silent",
    build: { write: false, minify: false, lib: { entry: join(root, "src", name), formats: ["es"] } },
  });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}

/** RFC 7396, word by word. */
function applied(target, patch) {
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(patch)) {
    return patch;
  }
  const result = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[name];
    } else {
      result[name] = applied(result[name], value);
    }
  }
  return result;
}

/** Repeatable random numbers. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function value(random, depth) {
  const kind = random(depth > 2 ? 4 : 6);
  return kind === 0 ? null : kind === 1 ? random(3) : kind === 2 ? `t${random(3)}` : kind === 3 ? [random(2)] : object(random, depth + 1);
}

function object(random, depth = 0) {
  return Object.fromEntries(Array.from({ length: random(4) }, () => [`k${random(4)}`, value(random, depth)]));
}

test("a merge patch makes the edited document of the earlier one, or there is none because of a null", async () => {
  const { mergePatch } = await load("json.ts");
  const random = numbers(17);
  let patches = 0;
  for (let i = 0; i < 5_000; i++) {
    const before = object(random);
    const after = object(random);
    const patch = mergePatch(before, after);
    if (patch === undefined) {
      assert.match(JSON.stringify(after), /null/);
    } else {
      patches++;
      assert.deepEqual(applied(before, patch), after, JSON.stringify({ before, after, patch }));
    }
  }
  assert.ok(patches > 1_000, `only ${patches} patches`);
});

test("the form has every option of the schema, each with a control of its own", async () => {
  const { DOCUMENT, fieldAt, offered, placeOf } = await load("rules.ts");
  const schema = JSON.parse(readFileSync(join(root, "..", "api", "execution.schema.json"), "utf8"));
  assert.deepEqual(
    DOCUMENT.fields.map((field) => field.name),
    Object.keys(schema.properties),
  );
  const options = fieldAt(["run_options"]).fields;
  assert.deepEqual(
    options.map((field) => field.name),
    Object.keys(schema.$defs.runOptions.properties),
  );
  for (const field of options.filter(offered)) {
    assert.notEqual(field.kind, "json", field.name);
    assert.notEqual(field.help, "", field.name);
  }
  const kinds = { timeout_s: "number", ii_cheapo: "flag", env: "pairs", secrets: "pairs", tags: "pairs", instance_types: "list", ii_check_s3: "choice", notify_url: "text" };
  for (const [name, kind] of Object.entries(kinds)) {
    assert.equal(fieldAt(["run_options", name]).kind, kind, name);
  }
  assert.equal(fieldAt(["commands"]).kind, "list");
  assert.equal(fieldAt(["instance_parameters", "SecurityGroupIds"]).kind, "list");
  assert.deepEqual(placeOf(["instance_parameters", "IamInstanceProfile"]), ["instance_parameters", "IamInstanceProfile", "Name"]);
  assert.deepEqual(placeOf(["run_options", "env", "A"]), ["run_options", "env", "A"]);
  assert.deepEqual(placeOf(["commands", "2", "x"]), ["commands", "2"]);
});
