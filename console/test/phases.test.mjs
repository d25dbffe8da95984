import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const console = join(import.meta.dirname, "..");

test("every state of the state machine has its place in the page", () => {
  const workflow = readFileSync(join(console, "..", "workflows", "ec2-run.asl.yaml"), "utf8");
  const states = [...workflow.slice(workflow.indexOf("\nStates:")).matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]);
  const phases = JSON.parse(readFileSync(join(console, "src", "phases.json"), "utf8"));
  assert.ok(states.length > 20, `only ${states.length} states found`);
  assert.deepEqual(Object.values(phases).flat().sort(), states.sort());
});
