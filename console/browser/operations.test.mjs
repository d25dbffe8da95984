// What operators see in a real browser: the overview's facts, a redrive from the click to the queue, histories of jobs, the reaper, and
// the chart of past models. tests/acceptance starts it (ConsoleTest) with the variables of console.test.mjs, and with a message in
// StopDeadLetterQueue.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect, launch, open, picture } from "./page.mjs";

const {
  WAKEBOX_API: api,
  WAKEBOX_OPERATOR: operator,
  WAKEBOX_READER: reader,
  WAKEBOX_MANAGER: manager,
} = process.env;
const MARTA = "64f0c2a9d1e8b7350a4c19e2";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function signedIn(token, onRequest = () => {}) {
  const page = await open(browser);
  page.on("request", onRequest);
  await page.goto(`${api}/console/#token=${token}`);
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  return page;
}

function ask(path, token = operator) {
  return fetch(`${api}/${path}`, { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.json());
}

test("operations: the overview, and a redrive from the click to the queue", async () => {
  const asked = [];
  const page = await signedIn(operator, (request) => asked.push(new URL(request.url()).pathname));
  await page.getByRole("link", { name: /^StopDeadLetterQueue: 1/ }).waitFor();
  await page.getByRole("heading", { name: "Training server" }).waitFor();
  await page.getByRole("group", { name: "Instances" }).getByText("processes uploads").waitFor();
  await page.getByText(/^\d+ alarms, \d+ ringing$/).click();
  await page.getByText("ReaperDeadLetterAlarm", { exact: true }).waitFor();
  await inspect(page, "overview");
  // The first is the check of the token.
  assert.deepEqual([...new Set(asked)].filter((path) => !path.startsWith("/console")), ["/runs", "/overview"]);

  await page.getByRole("link", { name: /^StopDeadLetterQueue: 1/ }).click();
  await page.getByRole("heading", { name: "StopDeadLetterQueue" }).waitFor();
  await page.getByRole("button", { name: "Show messages" }).click();
  await page.getByText("ObjectRemoved:Delete").waitFor();
  await inspect(page, "operations");
  await picture(page, "console-operations");
  // A message that was shown can be moved five seconds later.
  while ((await ask("operations/dead-letters/Stop")).messages === 0) {
    await page.waitForTimeout(500);
  }

  const redrive = page.getByRole("button", { name: "Move the messages", exact: true });
  await redrive.click();
  await page.getByRole("button", { name: "Leave them" }).click();
  assert.equal((await ask("operations/dead-letters/Stop")).move, undefined);
  // SQS knows no source of a message that was sent straight to the queue; the page says so, and offers the others.
  await redrive.click();
  await page.getByRole("dialog").getByRole("button", { name: "Move the messages" }).click();
  await page.getByText("choose the queue to move them to").waitFor();
  await page.getByLabel("Move to").selectOption("StopQueue");
  await redrive.click();
  await page.getByRole("dialog").getByRole("button", { name: "Move the messages" }).click();
  await page.getByText("Moved.").waitFor();
  const queue = await ask("operations/dead-letters/Stop");
  assert.equal(queue.messages + queue.in_flight, 0);
  assert.equal(queue.move.status, "COMPLETED");

  await page.getByLabel("Id of the job").fill("no-such-job");
  await page.getByLabel("Id of the job").press("Enter");
  await page.getByText("There is no job no-such-job.").waitFor();
  await page.getByRole("heading", { name: "What the reaper did" }).waitFor();
  await page.getByText(/^Since .*(newest first|nothing to end)/).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("operations: who has no right to them sees neither the view nor its facts", async () => {
  for (const token of [reader, manager]) {
    const page = await signedIn(token);
    await page.getByRole("heading", { name: "Training server" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Operations" }).count(), 0);
    assert.equal(await page.getByRole("heading", { name: "Alarms" }).count(), 0);
    await page.goto(`${api}/console/#/operations`);
    assert.equal(await page.getByRole("heading", { name: "Dead letters" }).count(), 0);
    await page.context().close();
  }
});

test("past models: the chart and its table", async () => {
  const page = await signedIn(operator);
  const rows = ["input,label"];
  for (let i = 0; i < 24; i++) {
    rows.push(`${i % 2 ? "I lost my card" : "What is my balance"} number ${i},${i % 2 ? "lost" : "balance"}`);
  }
  const started = await fetch(`${api}/train`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      taskType: "textClassification",
      taskName: "cards of the chart",
      modelType: "default",
      optimizer: "adam",
      dataSplit: "80 : 20",
      epochs: "2",
      learningRate: "0.01",
      batchSize: "8",
      dataset: Buffer.from(rows.join("\n")).toString("base64"),
    }),
  });
  // Another test may be training; then its model is in the chart.
  assert.ok([200, 409].includes(started.status), await started.text());
  while ((await ask("models")).models.length === 0) {
    await page.waitForTimeout(1000);
  }
  const { models } = await ask("models");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Train" }).click();
  await page.getByText(/Start the training|is busy with a run/).waitFor();
  await page.getByRole("img", { name: "Accuracy of past models, the oldest first" }).waitFor();
  await page.getByText("The figures as a table").click();
  await page.getByRole("cell", { name: new RegExp(models[0].token) }).waitFor();
  await inspect(page, "train, past models");
  await picture(page, "console-models");
  await page.context().close();
});

test("the report of a mentor's classifier: confusions and calibration", async () => {
  let job = "";
  const page = await signedIn(manager, (request) => (job = /train\/status\/([\w-]+)/.exec(request.url())?.[1] ?? job));
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Questions" }).click();
  await page.getByLabel("Id of the mentor").fill(MARTA);
  await page.getByRole("button", { name: "Train this mentor" }).click();
  await page.getByText("Trained.").waitFor();
  await page.getByRole("img", { name: "Confidence and accuracy of held-out questions" }).waitFor();
  await page.getByRole("heading", { name: "Answers that it confuses" }).waitFor();
  await page.getByText("The figures as a table").click();
  await page.getByRole("columnheader", { name: "Confidence" }).waitFor();
  await inspect(page, "report of a classifier");
  await page.getByText("The figures as a table").click();
  await page.getByRole("heading", { name: "Train the classifier" }).scrollIntoViewIfNeeded();
  await picture(page, "console-report");
  await page.context().close();

  // The record of the training has its states.
  const other = await signedIn(operator);
  await other.getByRole("link", { name: "Operations" }).click();
  await other.getByLabel("Id of the job").fill(job);
  await other.getByRole("button", { name: "Search" }).click();
  await other.getByRole("heading", { name: `Training of a classifier ${job}` }).waitFor();
  await other.getByRole("cell", { name: "SUCCESS" }).waitFor();
  assert.deepEqual(page.troubles, []);
  await other.context().close();
});
