// The bars of the page that hold on any computer, however busy: what the first view loads, that nothing moves, and how much is in the page
// with many runs and a long output. tests/acceptance starts it (ConsoleTest); see console.test.mjs for the environment.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, settled, signedIn, view, width } from "./page.mjs";

const { WAKEBOX_API: api, WAKEBOX_OPERATOR: operator } = process.env;
const STARTED = "2026-01-02T03:04:05Z";
/** As long as a name of a run can be. */
const LONG = `u24d4b96f58da6d4a-${"a-very-long-name-".repeat(4)}`.slice(0, 80);

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** The addresses of the views that the navigation has. */
async function views(page) {
  return page.locator("header nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
}

/** Answers as of a stack with much in it: 10,000 runs, and one with 100,000 lines of output. */
async function muchOf(page) {
  const run = (number) => ({ name: `${LONG.slice(0, 70)}${number}`, status: "RUNNING", started_at: STARTED });
  await page.route(/\/runs\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const first = Number(query.get("next") ?? 0);
    const limit = Number(query.get("limit") ?? 50);
    const runs = Array.from({ length: Math.min(limit, 10_000 - first) }, (_, i) => run(10_000 - first - i));
    return route.fulfill({ json: { runs, ...(first + limit < 10_000 ? { next: String(first + limit) } : {}) } });
  });
  await page.route(/\/runs\/long\/document/, (route) => route.fulfill({ json: { commands: ["echo one"] } }));
  await page.route(/\/runs\/long\?/, (route) => {
    // The output is in pages, as the API gives a long one.
    const first = Number(new URL(route.request().url()).searchParams.get("after") ?? 0);
    const lines = Array.from({ length: Math.min(10_000, 100_000 - first) }, (_, i) => ({
      time: STARTED,
      stream: "stdout",
      text: `line ${first + i + 1} ${"x".repeat(200)}`,
    }));
    return route.fulfill({
      json: {
        name: "long",
        status: "RUNNING",
        started_at: STARTED,
        attempt: 0,
        instance_id: "i-0123456789abcdef0",
        steps: [
          { attempt: 0, state: "EC2StarterFromAMI", entered: STARTED, left: "2026-01-02T03:05:05Z", times: 1 },
          { attempt: 0, state: "WaitForCommands", entered: "2026-01-02T03:05:05Z", times: 1 },
        ],
        earlier_attempts: [],
        execution: `arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:${LONG}`,
        logs: { lines, next: String(first + lines.length), ended: false },
      },
    });
  });
}

async function elements(page) {
  return page.evaluate(() => document.querySelectorAll("*").length);
}

test("first view: a few small files that don't wait for each other", async (context) => {
  const page = await open(browser);
  await page.goto(`${api}/console/#token=${operator}`);
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  const loaded = await page.evaluate(() => {
    const resources = performance.getEntriesByType("resource").filter((each) => new URL(each.name).pathname.includes("/console/"));
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return {
      files: resources.map((each) => ({
        name: new URL(each.name).pathname.replace(/^.*\/console\//, ""),
        bytes: each.encodedBodySize,
        blocking: each.renderBlockingStatus === "blocking",
        by: each.initiatorType,
      })),
      paint: Math.round(paint?.startTime ?? -1),
      now: Math.round(performance.now()),
    };
  });
  context.diagnostic(`first contentful paint after ${loaded.paint} ms; the overview within ${loaded.now} ms`);
  const code = loaded.files.filter((each) => /\.(js|css)$/.test(each.name));
  // One script and one style sheet, both named by the page itself, so that no file waits for another one.
  assert.deepEqual(code.map((each) => /\.(\w+)$/.exec(each.name)[1]).sort(), ["css", "js"], JSON.stringify(code));
  assert.ok(code.every((each) => ["script", "link"].includes(each.by)), JSON.stringify(code));
  assert.deepEqual(code.filter((each) => each.blocking && !each.name.endsWith(".css")), []);
  const bytes = code.reduce((sum, each) => sum + each.bytes, 0);
  assert.ok(bytes <= 60_000, `${bytes} bytes of code before the first view`);
  const others = loaded.files.filter((each) => !code.includes(each)).map((each) => each.name);
  assert.ok(others.every((name) => ["config.json", "icon.svg"].includes(name)), others.join());

  // The second time, the code comes from the browser's cache.
  await page.goto("about:blank");
  await page.goto(`${api}/console/`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const again = await page.evaluate(() =>
    performance.getEntriesByType("resource").filter((each) => /\.(js|css)$/.test(each.name)).map((each) => each.transferSize),
  );
  assert.deepEqual(again, [0, 0]);
  await page.context().close();
});

test("no view moves what it has shown, and none is wider than a small phone", async () => {
  for (const viewport of [{ width: 1100, height: 800 }, { width: 360, height: 740 }]) {
    const page = await open(browser, { viewport });
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!entry.hadRecentInput) {
            globalThis.shifts.push({
              value: entry.value,
              of: entry.sources.map(({ node, previousRect: from, currentRect: to }) => `${node?.outerHTML?.slice(0, 120) ?? node?.textContent} ${from.y} -> ${to.y}`),
            });
          }
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await muchOf(page);
    await page.goto(`${api}/console/#token=${operator}`);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    for (const hash of [...(await views(page)), "#/new", "#/runs/long", "#/runs/long/again", "#/no-such-view"]) {
      await view(page, hash);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const { sum, shifts } = await page.evaluate(() => ({
        sum: globalThis.shifts.reduce((all, each) => all + each.value, 0),
        shifts: globalThis.shifts.splice(0),
      }));
      assert.ok(sum < 0.01, `${hash} at ${viewport.width} pixels: ${sum} ${JSON.stringify(shifts, null, 1)}`);
      const wide = await width(page);
      assert.ok(wide <= viewport.width, `${hash} is ${wide} pixels wide on a screen of ${viewport.width}`);
    }
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});

test("10,000 runs and 100,000 lines: the page has only what is near", async () => {
  const page = await signedIn(browser, api, operator);
  await muchOf(page);
  await view(page, "#/runs");
  for (let older = 0; older < 3; older++) {
    const before = await page.getByRole("row").nth(1).innerText();
    await page.getByRole("button", { name: "Older" }).click();
    await page.getByRole("row").nth(1).filter({ hasNotText: before.split(/\s/)[0] }).waitFor();
    assert.ok((await elements(page)) < 1_500);
  }
  assert.equal(await page.getByRole("row").count(), 51);

  await view(page, "#/runs/long");
  const output = page.getByRole("group", { name: "Output" });
  await page.getByText("100,000 lines").waitFor();
  await output.getByText(/^line 100000 /).waitFor();
  assert.ok((await elements(page)) < 1_500);
  // With the keyboard, from the end to the beginning and a page further.
  await output.focus();
  await page.keyboard.press("Home");
  await output.getByText(/^line 1 /).waitFor();
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => document.querySelector(".output").scrollTop > 100);
  await output.evaluate((box) => (box.scrollTop = box.scrollHeight / 2));
  await output.getByText(/^line 50000 /).waitFor();
  assert.ok((await elements(page)) < 1_500);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("with the setting for less motion, nothing moves", async () => {
  const page = await signedIn(browser, api, operator);
  await muchOf(page);
  await view(page, "#/runs/long");
  const moving = () => page.evaluate(() => document.getAnimations().length);
  await page.locator("[aria-current=step]").waitFor();
  assert.ok((await moving()) > 0, "the current state does not pulse");
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const hash of ["#/runs/long", ...(await views(page))]) {
    await view(page, hash);
    assert.equal(await moving(), 0, hash);
  }
  await settled(page);
  await page.context().close();
});
