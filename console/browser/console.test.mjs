// The page in a real browser against a running application: every view's main path, accessibility, and what a visitor without
// rights sees. tests/acceptance starts it (ConsoleTest) with
//   WAKEBOX_API       the address of the API
//   WAKEBOX_OPERATOR  a token with the role runs-operator
//   WAKEBOX_READER    a token with the role runs-reader
//   WAKEBOX_MANAGER   a token with the role ADMIN, which manages mentors
//   WAKEBOX_PICTURES  optional: a directory for screenshots
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect, launch, open, picture } from "./page.mjs";

const {
  WAKEBOX_API: api,
  WAKEBOX_OPERATOR: operator,
  WAKEBOX_READER: reader,
  WAKEBOX_MANAGER: manager,
} = process.env;
/** The mentor of the local application. */
const MARTA = "64f0c2a9d1e8b7350a4c19e2";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function signedIn(token = operator, options = {}) {
  const page = await open(browser, options);
  await page.goto(`${api}/console/#token=${token}`);
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  return page;
}

function execution(...commands) {
  return {
    commands,
    instance_parameters: {
      ImageId: "ami-linux",
      InstanceType: "t4g.small",
      IamInstanceProfile: { Name: "wakebox-run" },
    },
    run_options: { timeout_s: 600, ii_terminate_instance: true },
  };
}

/** Signs in again after a reload, which forgets the token. */
async function goTo(page, view) {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
}

function outputOf(page) {
  return page.getByRole("group", { name: "Output" });
}

test("signing in: a token that is typed in, refused, or taken from a link", async () => {
  const page = await open(browser);
  await page.goto(`${api}/console`);
  const field = page.getByLabel("Token");
  await field.fill("not-a-token");
  await field.press("Enter");
  await page.getByText("This is no JWT").waitFor();
  await inspect(page, "sign-in");

  const forged = `${operator.slice(0, operator.lastIndexOf("."))}.${"A".repeat(43)}`;
  await field.fill(forged);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The API refused the token").waitFor();

  await field.fill(operator);
  await field.press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  assert.equal(await page.getByLabel("Token").inputValue(), "");

  const other = await signedIn();
  assert.doesNotMatch(other.url(), /token/);
  const kept = await other.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state]));
  assert.ok(!kept.includes(operator.slice(0, 20)), kept);
  // Who signs out is not signed in again by the link.
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByLabel("Token").waitFor();
  const again = [];
  other.on("request", (request) => again.push(request.url()));
  await other.waitForTimeout(500);
  assert.deepEqual(again, []);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
  await other.context().close();
});

test("a run: its mistakes beside the text, its states, its output, and again with changes", async () => {
  const page = await signedIn();
  await goTo(page, "Runs");
  await page.getByRole("link", { name: "New run" }).click();
  await page.getByRole("button", { name: "Text", exact: true }).click();
  const area = page.getByLabel("Execution document");

  await area.fill("{\n  \"commands\": [\n}");
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.getByText("This is not valid JSON").waitFor();

  const wrong = execution("echo hello from the console", "echo to the other stream >&2");
  wrong.run_options.timeout_s = "abc";
  await area.fill(JSON.stringify(wrong, null, 2));
  await page.getByRole("button", { name: "Start the run" }).click();
  const mistakes = page.getByRole("listitem").filter({ hasText: "/run_options/timeout_s" });
  await mistakes.getByRole("button", { name: /^Line / }).click();
  assert.equal(await area.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd)), '"abc"');
  assert.equal(await area.getAttribute("aria-invalid"), "true");
  await inspect(page, "new run");
  await picture(page, "console-mistakes");

  wrong.run_options.timeout_s = 600;
  await area.fill(JSON.stringify(wrong, null, 2));
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.getByText("Succeeded", { exact: true }).waitFor();
  await outputOf(page).getByText("hello from the console").waitFor();
  await outputOf(page).getByText("to the other stream").waitFor();
  assert.equal(await page.getByRole("button", { name: "Cancel this run" }).count(), 0);
  const name = await page.getByRole("heading", { level: 1 }).innerText();
  await page.locator("summary").click();
  await page.getByRole("cell", { name: "EC2StarterFromAMI" }).first().waitFor();
  await inspect(page, "run");

  await page.getByRole("link", { name: "Run again with changes" }).click();
  await page.getByLabel("Commands, number 1").fill("echo something else");
  await inspect(page, "run again");
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.getByRole("heading", { level: 1 }).filter({ hasNotText: name }).filter({ hasNotText: "again" }).waitFor();
  await outputOf(page).getByText("something else").waitFor();
  await page.getByText("Succeeded", { exact: true }).waitFor();

  await page.getByRole("link", { name: "All runs" }).click();
  await page.getByLabel("Status").selectOption("SUCCEEDED");
  await page.getByRole("link", { name, exact: true }).waitFor();
  await inspect(page, "runs");
  await page.getByLabel("Status").selectOption("TIMED_OUT");
  await page.getByText("No run fits these filters").waitFor();
  await page.context().close();
});

test("a run that is cancelled, and what a reader sees of it", async () => {
  const page = await signedIn();
  await goTo(page, "Runs");
  await page.getByRole("link", { name: "New run" }).click();
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page
    .getByLabel("Execution document")
    .fill(JSON.stringify(execution("for i in $(seq 1 40); do echo step $i of 40; done", "sleep 900")));
  await page.getByRole("button", { name: "Start the run" }).click();
  await outputOf(page).getByText("step 40 of 40").waitFor();
  await page.locator("li[aria-current=step]").filter({ hasText: "Work" }).waitFor();
  await picture(page, "console-run");
  const address = page.url();

  await goTo(page, "Overview");
  await page.getByRole("group", { name: "Instances" }).getByText("Running", { exact: true }).first().waitFor();
  await inspect(page, "overview");
  await picture(page, "console-overview");

  const guest = await signedIn(reader);
  await goTo(guest, "Runs");
  await guest.getByText("read only").waitFor();
  // It is the run of somebody else.
  await guest.getByText("There is no run that you may see").waitFor();
  assert.equal(await guest.getByRole("link", { name: "New run" }).count(), 0);
  await guest.evaluate((to) => (location.href = to), address);
  await guest.getByText("it is not yours").waitFor();
  assert.equal(await guest.getByRole("button", { name: /Cancel|again/ }).count(), 0);
  await guest.evaluate(() => (location.hash = "#/new"));
  await guest.getByText("There is no such view").waitFor();
  await guest.context().close();

  await page.evaluate((to) => (location.href = to), address);
  await page.getByRole("button", { name: "Cancel this run" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Cancel this run" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByText("The run is cancelled.").waitFor();
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await inspect(page, "cancelled run");
  await page.context().close();
});

test("an output of 100,000 lines: only what is visible is in the page", async () => {
  const page = await signedIn();
  const started_at = new Date().toISOString();
  await page.route(/\/runs\/long\?/, (route) => {
    const first = !new URL(route.request().url()).searchParams.has("after");
    const lines = first ? Array.from({ length: 100_000 }, (_, i) => ({ time: started_at, stream: "stdout", text: `line ${i + 1}` })) : [];
    const logs = { lines, next: "end", ended: false };
    return route.fulfill({
      json: { name: "long", status: "RUNNING", started_at, attempt: 0, steps: [], earlier_attempts: [], execution: "arn:long", logs },
    });
  });
  await page.evaluate(() => (location.hash = "#/runs/long"));
  await outputOf(page).getByText("line 100000", { exact: true }).waitFor();
  await page.getByText("100,000 lines").waitFor();
  assert.ok((await page.locator(".line").count()) < 300);
  await outputOf(page).evaluate((box) => (box.scrollTop = 0));
  await outputOf(page).getByText("line 1", { exact: true }).waitFor();
  await page.getByRole("button", { name: "To the end" }).click();
  await outputOf(page).getByText("line 100000", { exact: true }).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a training: the file's mistakes and first rows before anything is sent, then until the server sleeps again", async () => {
  const page = await signedIn();
  await goTo(page, "Train");
  const file = page.getByLabel("CSV with the columns");
  await file.setInputFiles({ name: "wrong.csv", mimeType: "text/csv", buffer: Buffer.from("text;class\na;b\n") });
  await page.getByText("it has: text, class").waitFor();

  const rows = Array.from({ length: 40 }, (_, i) => (i % 2 ? `"a good, fine day ${i}",good` : `a bad night ${i},bad`));
  await file.setInputFiles({
    name: "days_and_nights.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`input,label\n${rows.join("\n")}\n`),
  });
  await page.getByRole("cell", { name: "a good, fine day 1", exact: true }).waitFor();
  assert.equal(await page.getByLabel("Name of the task").inputValue(), "days and nights");
  await page.getByLabel("Batch size").fill("1000");
  await page.getByRole("button", { name: "Start the training" }).click();
  await page.locator("#batchSize-wrong").filter({ hasText: /\w/ }).waitFor();
  await inspect(page, "train");
  await picture(page, "console-train");

  await page.getByLabel("Batch size").fill("8");
  await page.getByRole("button", { name: "Start the training" }).click();
  await page.getByText("The training has started").waitFor();
  await page.getByText("The training has ended").waitFor();
  await inspect(page, "train, ended");
  await page.context().close();
});

test("an upload: from the file to its results", async () => {
  const page = await signedIn();
  await goTo(page, "Uploads");
  await page.getByRole("button", { name: "Send the file" }).waitFor();
  await page.getByLabel("E-mail").fill("nobody");
  await page.getByLabel("Your name").fill("Ana");
  await page.getByRole("button", { name: "Send the file" }).click();
  await page.getByText("Choose a file first.").waitFor();
  await page
    .getByLabel("File", { exact: true })
    .setInputFiles({ name: "junction-4.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(200_000, 7) });
  await page.getByRole("button", { name: "Send the file" }).click();
  await page.locator("#email-wrong").filter({ hasText: /\w/ }).waitFor();
  await page.getByLabel("E-mail").fill("ana@example.org");
  await page.getByRole("button", { name: "Send the file" }).click();
  await page.getByRole("cell", { name: "junction-4.mp4" }).waitFor();
  await page.getByRole("cell", { name: "Done" }).waitFor();
  const workbook = await page.getByRole("link", { name: "Workbook" }).getAttribute("href");
  const answer = await fetch(workbook);
  assert.equal(answer.status, 200);
  assert.equal(Buffer.from(await answer.arrayBuffer()).subarray(0, 2).toString(), "PK");
  await inspect(page, "uploads");
  await picture(page, "console-uploads");
  await page.context().close();
});

test("questions: a mentor is trained, then asked", async () => {
  const page = await signedIn(manager);
  await goTo(page, "Questions");
  await page.getByLabel("Id of the mentor").fill("not an id");
  await page.getByRole("button", { name: "Train this mentor" }).click();
  await page.getByText("Give the id of a mentor").waitFor();
  await page.getByLabel("Id of the mentor").fill(MARTA);
  await page.getByRole("button", { name: "Train this mentor" }).click();
  await page.getByText("Trained.").waitFor();
  await page.getByText("Accuracy on them").waitFor();

  await page.getByLabel("Question", { exact: true }).fill("Were you ever scared out there?");
  await page.getByRole("button", { name: "Ask the mentor" }).click();
  await page.getByText(/^confidence|, confidence/).waitFor();
  await page.getByRole("heading", { name: "The closest answers" }).waitFor();
  await inspect(page, "questions");
  await picture(page, "console-questions");

  // Without a token, everybody may ask; training is not offered.
  const visitor = await open(browser);
  await visitor.goto(`${api}/console/#/questions`);
  await visitor.getByRole("button", { name: "Continue without a token" }).click();
  await visitor.getByLabel("Id of the mentor").fill(MARTA);
  assert.equal(await visitor.getByRole("button", { name: "Train this mentor" }).count(), 0);
  await visitor.getByLabel("Question", { exact: true }).fill("Were you ever scared out there?");
  await visitor.getByLabel("Question", { exact: true }).press("Enter");
  await visitor.getByRole("heading", { name: "The closest answers" }).waitFor();
  assert.equal(await visitor.getByRole("link", { name: "Runs" }).count(), 0);
  assert.deepEqual(page.troubles, []);
  await visitor.context().close();
  await page.context().close();
});

test("languages, themes, and a tab that nobody looks at", async () => {
  const page = await signedIn();
  await page.getByLabel("Language").selectOption("es");
  await page.getByRole("heading", { name: "Resumen", level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "es");
  await inspect(page, "overview in Spanish");

  await page.getByLabel("Colores").selectOption("dark");
  await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 28)");

  let requests = 0;
  page.on("request", () => requests++);
  const look = (state) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await look("hidden");
  await page.waitForLoadState("networkidle");
  requests = 0;
  await page.waitForTimeout(16_000); // longer than the longest pause
  assert.equal(requests, 0);
  const asked = page.waitForRequest(/\/overview/);
  await look("visible");
  await asked;
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
