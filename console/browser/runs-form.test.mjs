// Runs from the form: its mistakes beside the fields, form and text as two views of one document, the whole document of an earlier run
// started again with changes, and the difference of two runs. tests/acceptance starts it (ConsoleTest); see console.test.mjs for the
// environment.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect, launch, picture, signedIn, view, width } from "./page.mjs";

const { WAKEBOX_API: api, WAKEBOX_OPERATOR: operator } = process.env;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function call(path, init = {}) {
  const answer = await fetch(`${api}/${path}`, { ...init, headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" } });
  assert.ok(answer.ok, `${answer.status} of ${path}`);
  return answer.json();
}

function document(...commands) {
  return {
    commands,
    instance_parameters: { ImageId: "ami-linux", InstanceType: "t4g.small", IamInstanceProfile: { Name: "wakebox-run" } },
    run_options: { timeout_s: 600, ii_terminate_instance: true },
  };
}

function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}

function outputOf(page) {
  return page.getByRole("group", { name: "Output" });
}

/** The run that the page shows, without the part of its name that stands for its owner. */
async function shown(page, not) {
  const title = page.getByRole("heading", { level: 1 }).filter({ hasText: /^u[0-9a-f]{16}-/ });
  await (not ? title.filter({ hasNotText: not }) : title).waitFor();
  return title.innerText();
}

test("a run from the form: mistakes beside the fields, then from the click to its output", async () => {
  const page = await signedIn(browser, api, operator);
  await view(page, "#/runs");
  await page.getByRole("link", { name: "New run" }).click();

  // Commands in an order, with the keyboard's focus where the user goes on.
  await page.getByLabel("Commands, number 1", { exact: true }).fill("echo second");
  await button(page, "Add to Commands").click();
  await page.keyboard.type("echo from the form: $WHO");
  await button(page, "Add to Commands").click();
  await page.keyboard.type("exit 3");
  await button(page, "Remove number 3 of Commands").click();
  await button(page, "Move number 2 of Commands up").click();
  assert.equal(await page.getByLabel("Commands, number 1", { exact: true }).inputValue(), "echo from the form: $WHO");
  assert.equal(await page.getByLabel("Commands, number 2", { exact: true }).inputValue(), "echo second");
  await page.getByLabel("Commands, number 3", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await page.getByRole("listitem").filter({ has: page.locator("textarea") }).count(), 2);

  await page.getByLabel("Timeout in seconds").fill("soon");
  await button(page, "Add to Variables").click();
  await page.keyboard.type("PATH");
  await page.getByLabel("Value of number 1 of Variables").fill("Ana");
  await page.getByText("More options").click();
  await page.getByLabel("max_price").fill("0.01");
  await button(page, "Start the run").click();
  const wrong = (id) => page.locator(`[id="at-${id}-wrong"]`).filter({ hasText: /\w/ });
  await wrong("run_options-timeout_s").waitFor();
  await wrong("instance_parameters-ImageId").waitFor();
  await wrong("instance_parameters-IamInstanceProfile-Name").waitFor();
  await wrong("run_options-env-row-0").waitFor();
  assert.equal(await page.getByLabel("Timeout in seconds").getAttribute("aria-invalid"), "true");
  await page.getByRole("button", { name: "/run_options/timeout_s" }).click();
  assert.equal(await page.evaluate(() => globalThis.document.activeElement?.id), "at-run_options-timeout_s");
  await inspect(page, "form with mistakes");
  await page.evaluate(() => scrollTo(0, 0));
  await picture(page, "console-form");

  // What is corrected is gone a moment later.
  await page.getByLabel("Timeout in seconds").fill("600");
  await page.getByLabel("Image", { exact: false }).first().fill("ami-linux");
  await page.getByLabel("Instance profile").fill("wakebox-run");
  await page.getByLabel("Name of number 1 of Variables").fill("WHO");
  await page.getByText("Nothing was started. Correct these").waitFor({ state: "detached" });

  // Two views of one document.
  await button(page, "Text").click();
  const area = page.getByLabel("Execution document");
  const typed = JSON.parse(await area.inputValue());
  assert.deepEqual(typed, {
    ...document("echo from the form: $WHO", "echo second"),
    run_options: { timeout_s: 600, ii_terminate_instance: true, env: { WHO: "Ana" }, max_price: "0.01" },
  });
  await area.fill(JSON.stringify({ ...typed, note: "kept" }) + ",");
  await button(page, "Form").click();
  await page.getByText("This is not valid JSON").waitFor();
  await area.fill(JSON.stringify({ ...typed, note: "kept" }));
  await button(page, "Form").click();
  await page.getByText("keeps them: note").waitFor();
  await page.getByLabel("Timeout in seconds").fill("700");
  await button(page, "Text").click();
  assert.deepEqual(JSON.parse(await area.inputValue()), {
    ...typed,
    run_options: { ...typed.run_options, timeout_s: 700 },
    note: "kept",
  });

  await button(page, "Check only").click();
  await page.getByText("The document has no mistake").waitFor();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await button(page, "Start the run").click();
  const name = await shown(page);
  await page.getByText("Succeeded", { exact: true }).waitFor();
  await outputOf(page).getByText("from the form: Ana").waitFor();
  await outputOf(page).getByText("second", { exact: true }).waitFor();
  await page.getByText("The commands have written nothing yet").waitFor({ state: "detached" });
  const polls = asked.filter((url) => url.includes(`/runs/${name}`));
  assert.ok(polls.length > 0 && polls.every((url) => url.includes(`/runs/${name}?logs=true`)), polls.join("\n"));
  // A local instance is in no console of AWS.
  assert.equal(await page.getByText("In AWS's console").count(), 0);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("an earlier run again: its whole document, what was changed, and the difference of the two", async () => {
  const page = await signedIn(browser, api, operator);
  const first = await call("runs", { method: "POST", body: JSON.stringify(document("echo one", "echo same")) });
  await view(page, `#/runs/${first.name}/again`);
  await page.getByText("There is no difference.").waitFor();
  await page.getByLabel("Commands, number 1", { exact: true }).fill("echo two");
  await page.getByLabel("Spot instance").check();
  const changes = page.getByRole("group", { name: "Your changes" });
  await changes.getByText('+     "echo two",').waitFor();
  await changes.getByText('−     "echo one",').waitFor();
  await inspect(page, "rerun");

  const sent = page.waitForRequest(/\/rerun$/);
  await button(page, "Start the run").click();
  assert.deepEqual((await sent).postDataJSON(), { overrides: { commands: ["echo two", "echo same"], run_options: { ii_cheapo: true } } });
  const second = await shown(page, "again");
  await outputOf(page).getByText("two", { exact: true }).waitFor();
  const changed = document("echo two", "echo same");
  changed.run_options.ii_cheapo = true;
  assert.deepEqual(await call(`runs/${second}/document`), changed);

  // A null can't be said with a merge patch, so the whole document is sent.
  await view(page, `#/runs/${first.name}/again`);
  await button(page, "Text").click();
  await page.getByLabel("Execution document").fill(JSON.stringify({ ...document("echo three"), datastream_command_options: null }));
  const whole = page.waitForRequest((request) => request.method() === "POST" && new URL(request.url()).pathname.endsWith("/runs"));
  await button(page, "Start the run").click();
  assert.equal((await whole).postDataJSON().datastream_command_options, null);
  await outputOf(page).getByText("three", { exact: true }).waitFor();

  await view(page, "#/runs");
  await page.getByLabel(`Compare ${first.name}`).check();
  await page.getByLabel(`Compare ${second}`).check();
  await inspect(page, "runs, two chosen");
  await page.getByRole("link", { name: "Show the difference of the two" }).click();
  const difference = page.getByRole("group", { name: "Difference of two runs" });
  await difference.getByText('−     "echo one",').waitFor();
  await difference.getByText('+     "echo two",').waitFor();
  await difference.getByText('+     "ii_cheapo": true,').waitFor();
  await inspect(page, "difference");
  await picture(page, "console-diff");

  await view(page, "#/runs");
  const prefix = page.getByLabel("Name begins with");
  await prefix.fill("no-run-has-this-name");
  await prefix.press("Enter");
  await page.getByText("No run fits these filters").waitFor();
  await prefix.fill(second.replace(/^u[0-9a-f]{16}-/, ""));
  await prefix.press("Enter");
  await page.getByRole("link", { name: second, exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: first.name, exact: true }).count(), 0);
  await page.getByLabel("Started until").fill("2020-01-01T00:00");
  await page.getByText("No run fits these filters").waitFor();
  await page.context().close();
});

test("a run on AWS: links into its consoles, the price of an hour, and the array that it belongs to", async () => {
  const page = await signedIn(browser, api, operator);
  const started_at = new Date().toISOString();
  await page.route(/\/runs\/night\?/, (route) =>
    route.fulfill({
      json: {
        name: "night",
        status: "RUNNING",
        started_at,
        attempt: 0,
        steps: [{ attempt: 0, state: "EC2Poller", entered: started_at, times: 1 }],
        earlier_attempts: [],
        instance_id: "i-0123456789abcdef0",
        command_id: "c-1",
        output: { log_group: "/wakebox/commands", stdout_stream: "c-1/i-1/out" },
        array: "nights",
        usd_per_hour: { instance: 0.0168, volumes: 0.0009 },
        execution: "arn:aws:states:eu-west-1:111122223333:execution:wakebox-ec2-run:night",
        logs: { lines: [], next: "", ended: false },
      },
    }),
  );
  const counts = { size: 1_200, succeeded: 1_100, failed: 2, running: 0, pending: 98, failed_runs: ["nights-3", "nights-17"], remaining: "3,17,1102-1199" };
  await page.route(/\/runs\/nights\/array$/, (route) =>
    route.fulfill({ json: { name: "nights", status: "FAILED", outcome: "RUNS_FAILED", started_at, execution: "arn:nights", ...counts } }),
  );
  await view(page, "#/runs/night");
  await page.getByText("$0.0177, with its volumes").waitFor();
  const address = (name) => page.getByRole("link", { name, exact: true }).getAttribute("href");
  assert.equal(
    await address("Step Functions"),
    "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/arn:aws:states:eu-west-1:111122223333:execution:wakebox-ec2-run:night",
  );
  assert.match(await address("EC2 instance"), /InstanceDetails:instanceId=i-0123456789abcdef0$/);
  assert.match(await address("CloudWatch Logs"), /log-group\/\$252Fwakebox\$252Fcommands\/log-events\/c-1\$252Fi-1\$252Fout$/);
  await page.getByText("belongs to the array nights").click();
  await page.getByText("1,100", { exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: "nights-17" }).getAttribute("href"), "#/runs/nights-17");
  await page.getByText("./wakebox rerun nights").waitFor();
  await inspect(page, "run on AWS");
  const listed = page.waitForRequest(/\/runs\?.*prefix=nights-/);
  await page.getByRole("link", { name: "List its runs" }).click();
  await listed;
  assert.equal(await page.getByLabel("Name begins with").inputValue(), "nights-");
  await page.context().close();
});
