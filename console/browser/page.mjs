// What the tests in a browser share: the browser, a page that reports its errors, and what every view must keep to.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { WAKEBOX_PICTURES: pictures } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The timeout of a wait on a busy computer; a test that passes rarely needs it. */
export const A_WHILE = 240_000;

export async function launch() {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => existsSync(file));
  assert.ok(executablePath, "there is no Chromium in /usr/bin");
  // With scroll bars, as people have them, because they take room.
  return chromium.launch({ executablePath, ignoreDefaultArgs: ["--hide-scrollbars"], args: ["--no-sandbox", "--disable-dev-shm-usage"], timeout: A_WHILE });
}

/** A page of its own context. Its `troubles` are what went wrong in it. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, locale: "en-GB", timezoneId: "UTC", ...options });
  context.setDefaultTimeout(A_WHILE);
  const page = await context.newPage();
  page.troubles = [];
  page.pending = new Set();
  page.on("request", (request) => page.pending.add(request));
  page.on("requestfinished", (request) => page.pending.delete(request));
  page.on("requestfailed", (request) => page.pending.delete(request));
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      page.troubles.push(message.text());
    }
  });
  return page;
}

export async function signedIn(browser, api, token, options = {}) {
  const page = await open(browser, options);
  await page.goto(`${api}/console/#token=${token}`);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return page;
}

/** Goes to a view by its address, as a link does; without a click, so that no shift counts as one that the user has caused. */
export async function view(page, hash) {
  await page.evaluate(async (to) => {
    location.hash = to;
    for (let frame = 0; frame < 3; frame++) {
      await new Promise(requestAnimationFrame);
    }
  }, hash);
  await settled(page);
}

/** Waits until the view has its title and nothing loads. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).or(page.locator(".note.bad")).first().waitFor();
  await page.waitForFunction(() => ![...document.querySelectorAll("main [role=status]")].some((it) => /^Loading/.test(it.textContent ?? "")));
}

/** Waits until the page has had an answer to all that it has asked. Its views ask again after seconds only. */
export async function answered(page) {
  for (let quiet = 0; quiet < 4; quiet = page.pending.size === 0 ? quiet + 1 : 0) {
    await page.waitForTimeout(100);
  }
}

export async function width(page) {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

/** No finding of axe in either theme, nothing wider than a small phone, and no error of the page. */
export async function inspect(page, name) {
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`),
      [],
      `${name}, ${colorScheme}`,
    );
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok((await width(page)) <= 360, `${name} is wider than a screen of 360 pixels`);
  await page.setViewportSize(before);
  assert.deepEqual(page.troubles, [], name);
}

/** A picture for docs/images/, if WAKEBOX_PICTURES names a directory. */
export async function picture(page, name) {
  if (pictures) {
    await page.evaluate(() => scrollTo(0, 0));
    const height = Math.min(1300, await page.evaluate(() => document.documentElement.scrollHeight));
    const clip = { x: 0, y: 0, width: page.viewportSize().width, height };
    await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled", fullPage: true, clip });
  }
}
