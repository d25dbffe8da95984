// A visitor without rights sees no button that fails: every button of every view is pressed, and the API refuses nothing for want of rights.
// And the main path with the keyboard alone. tests/acceptance starts it (ConsoleTest) with the environment of console.test.mjs, and with
//   WAKEBOX_READER_AS_WRITER  a token with the id of the reader and the role runs-writer
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answered, launch, open, settled, signedIn, view } from "./page.mjs";

const { WAKEBOX_API: api, WAKEBOX_READER: reader, WAKEBOX_READER_AS_WRITER: writer } = process.env;
/** The mentor of the local application. */
const MARTA = "64f0c2a9d1e8b7350a4c19e2";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const RUN = JSON.stringify({
  commands: ["echo hello from the keyboard"],
  instance_parameters: { ImageId: "ami-linux", InstanceType: "t4g.small", IamInstanceProfile: { Name: "wakebox-run" } },
  run_options: { timeout_s: 600, ii_terminate_instance: true },
});

/** Starts a run of the reader, as the same user with another role. */
async function runOfTheReader() {
  const answer = await fetch(`${api}/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${writer}`, "content-type": "application/json" },
    body: RUN,
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).name;
}

/** Presses every button in the page, and opens every part that is closed; returns what was pressed. */
async function pressAll(page, hash) {
  const pressed = [];
  for (const summary of await page.locator("main summary").all()) {
    await summary.click();
  }
  for (const [id, value] of [["mentor", MARTA], ["query", "Were you ever scared?"]]) {
    if (await page.locator(`main #${id}`).count()) {
      await page.locator(`main #${id}`).fill(value);
    }
  }
  const buttons = page.locator("main button:visible, main a.button:visible");
  for (let index = 0; index < (await buttons.count()); index++) {
    const button = buttons.nth(index);
    pressed.push((await button.innerText()).trim());
    await button.click();
    await answered(page);
    await page.keyboard.press("Escape");
    if (page.url() !== `${api}/console/${hash}`) {
      await view(page, hash);
    }
  }
  return pressed;
}

async function tour(page, more) {
  const refused = [];
  page.on("response", (response) => {
    if (response.url().startsWith(api) && [401, 403].includes(response.status())) {
      refused.push(`${response.status()} ${response.request().method()} ${response.url()}`);
    }
  });
  const hashes = await page.locator("header nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const pressed = [];
  for (const hash of [...hashes, ...more]) {
    await view(page, hash);
    await answered(page);
    pressed.push(...(await pressAll(page, hash)));
    assert.deepEqual(refused, [], hash);
  }
  assert.deepEqual(page.troubles, []);
  return { hashes, pressed };
}

test("rights: a visitor without a token, and a reader, see no button that fails", async () => {
  const visitor = await open(browser);
  await visitor.goto(`${api}/console/`);
  await visitor.getByRole("button", { name: "Continue without a token" }).click();
  await settled(visitor);
  const seen = await tour(visitor, ["#/runs", "#/new", "#/runs/some", "#/runs/some/again"]);
  assert.ok(!seen.hashes.includes("#/runs") && seen.hashes.includes("#/questions"), seen.hashes.join());
  assert.ok(!seen.pressed.some((name) => /run/i.test(name)), seen.pressed.join());
  assert.ok(seen.pressed.includes("Ask the mentor"), seen.pressed.join());
  await visitor.context().close();

  const name = await runOfTheReader();
  const page = await signedIn(browser, api, reader);
  const own = `#/runs/${encodeURIComponent(name)}`;
  await view(page, own);
  await page.getByText("Succeeded", { exact: true }).waitFor();
  const { hashes, pressed } = await tour(page, [own, "#/new", `${own}/again`]);
  assert.ok(hashes.includes("#/runs"), hashes.join());
  // The page does not offer what the API would refuse.
  assert.deepEqual(pressed.filter((each) => /^(New run|Start the run|Cancel this run|Run again)/.test(each)), []);
  await page.context().close();
});

test("rights: with RequireAuth, a visitor without a token sees the questions alone", async () => {
  const page = await open(browser);
  await page.route("**/console/config.json", async (route) => {
    const json = await (await route.fetch()).json();
    return route.fulfill({ json: { ...json, requireAuth: true } });
  });
  await page.goto(`${api}/console/`);
  await page.getByRole("button", { name: "Continue without a token" }).click();
  const { hashes } = await tour(page, []);
  assert.deepEqual(hashes, ["#/questions"]);
  await page.context().close();
});

/** Presses Tab, or Shift+Tab, until an element whose name begins so has the focus. */
async function tabTo(page, name, key = "Tab") {
  const passed = [];
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const it = document.activeElement;
      const label = it.labels?.[0]?.innerText ?? it.getAttribute("aria-label") ?? it.innerText ?? "";
      return { name: label.trim(), outline: getComputedStyle(it).outlineStyle, body: it === document.body };
    });
    passed.push(focused.name);
    if (focused.name.startsWith(name)) {
      assert.notEqual(focused.outline, "none", `the focus of "${name}" can't be seen`);
      return;
    }
  }
  assert.fail(`Tab does not reach "${name}", only ${passed.join(", ")}`);
}

test("keyboard: a run from the sign-in to its output, without a mouse", async () => {
  const page = await open(browser);
  await page.goto(`${api}/console/`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(page, "Token");
  await page.keyboard.insertText(writer);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  // The title of the view has the focus; the navigation is before it.
  await tabTo(page, "Runs", "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await tabTo(page, "New run");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "New run", level: 1 }).waitFor();
  await tabTo(page, "Text");
  await page.keyboard.press("Enter");
  await tabTo(page, "Execution document");
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(RUN);
  await tabTo(page, "Start the run");
  await page.keyboard.press("Enter");
  await page.getByRole("group", { name: "Output" }).getByText("hello from the keyboard").waitFor();
  await page.getByText("Succeeded", { exact: true }).waitFor();
  await tabTo(page, "Run again with changes");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1 }).filter({ hasText: "again" }).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
