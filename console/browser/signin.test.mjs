// Signing in at an identity provider, in a real browser at a real provider (provider.mjs). tests/acceptance starts it (ConsoleSignInTest) with
//   WAKEBOX_API     the address of the API
//   WAKEBOX_ISSUER  the address of the provider
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open } from "./page.mjs";

const { WAKEBOX_API: api, WAKEBOX_ISSUER: issuer } = process.env;
const only = { skip: issuer ? false : "there is no provider" };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
before(async () => {
  browser = issuer && (await launch());
});
after(() => browser?.close());

async function opened(hash = "") {
  const page = await open(browser);
  // The provider's pages have a font from elsewhere.
  await page.route(/googleapis/, (route) => route.abort());
  await page.goto(`${api}/console/${hash}`);
  return page;
}

function signIn(page) {
  return page.getByRole("button", { name: "Sign in", exact: true });
}

/** Signs in as a user of the provider. */
async function enter(page, name) {
  await signIn(page).click();
  await page.waitForURL(`${issuer}/**`);
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

async function kept(page) {
  return page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href]));
}

function execution(...commands) {
  return {
    commands,
    instance_parameters: { ImageId: "ami-linux", InstanceType: "t4g.small", IamInstanceProfile: { Name: "wakebox-run" } },
    run_options: { timeout_s: 600, ii_terminate_instance: true },
  };
}

test("a writer signs in at the provider, starts a run, and signs out there also", only, async () => {
  const page = await opened("#/runs");
  await signIn(page).waitFor();
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((each) => each.id), []);
  let asked;
  page.on("request", (request) => {
    const url = new URL(request.url());
    asked = url.origin === issuer && url.searchParams.has("code_challenge") ? url.searchParams : asked;
  });
  const sent = [];
  page.on("request", (request) => request.url().startsWith(`${api}/runs`) && sent.push(request.headers()["authorization"] ?? ""));
  await enter(page, "writer-ana");

  assert.equal(asked.get("response_type"), "code");
  assert.equal(asked.get("code_challenge_method"), "S256");
  assert.equal(asked.get("redirect_uri"), `${api}/console/`);
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.ok(asked.get(name).length >= 43, name);
  }
  // The user is in the view that was opened, and nothing of the trip is left.
  assert.equal(page.url(), `${api}/console/#/runs`);
  const token = sent.find((each) => each !== "").replace("Bearer ", "");
  const everything = await kept(page);
  assert.ok(!everything.includes(token.slice(0, 30)) && !everything.includes("verifier"), everything);

  await page.getByRole("link", { name: "New run" }).click();
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page.getByLabel("Execution document").fill(JSON.stringify(execution("echo hello from ana")));
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.getByRole("group", { name: "Output" }).getByText("hello from ana").waitFor();
  await page.getByText("Succeeded", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${issuer}/session/end**`);
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await signIn(page).waitFor();
  // The session there has ended: it asks who signs in.
  await signIn(page).click();
  await page.getByPlaceholder("Enter any login").waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a reader sees no button to start a run; a user without a role is told so", only, async () => {
  const reader = await opened("#/runs");
  await enter(reader, "reader-ben");
  await reader.getByText("read only").waitFor();
  await reader.getByText("There is no run that you may see").waitFor();
  assert.equal(await reader.getByRole("link", { name: "New run" }).count(), 0);
  await reader.context().close();

  const nobody = await opened();
  await enter(nobody, "eve");
  await nobody.getByText("no role for runs").waitFor();
  assert.equal(await nobody.getByRole("link", { name: "Runs", exact: true }).count(), 0);
  assert.deepEqual(nobody.troubles, []);
  await nobody.context().close();
});

test("an API with an audience of its own gets the access token", only, async () => {
  const page = await open(browser);
  await page.route(/googleapis/, (route) => route.abort());
  await page.route("**/console/config.json", async (route) => {
    const json = await (await route.fetch()).json();
    assert.equal(json.signIn.token, "id_token");
    return route.fulfill({ json: { ...json, signIn: { ...json.signIn, token: "access_token" } } });
  });
  await page.goto(`${api}/console/#/runs`);
  const asked = page.waitForRequest((request) => request.url().startsWith(`${api}/runs`));
  await enter(page, "writer-of-the-api");
  const token = (await asked).headers()["authorization"].replace("Bearer ", "");
  assert.equal(JSON.parse(Buffer.from(token.split(".")[0], "base64url")).typ, "at+jwt");
  await page.getByRole("link", { name: "New run" }).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a token is renewed before it expires, and the user notices nothing", only, async () => {
  const page = await opened("#/runs");
  const tokens = new Set();
  const refused = [];
  page.on("request", (request) => {
    const token = request.headers()["authorization"];
    if (token && request.url().startsWith(`${api}/runs`)) {
      tokens.add(token);
    }
  });
  page.on("response", (response) => response.status() === 401 && refused.push(response.url()));
  await enter(page, "writer-short");
  await page.getByRole("link", { name: "New run" }).waitFor();
  for (let number = 1; number <= 2; number++) {
    // The second time with the refresh token that came with the first renewal: the provider gives a new one each time.
    await page.waitForRequest((request) => request.postData()?.includes("grant_type=refresh_token") ?? false);
  }
  await page.waitForRequest((request) => request.url().startsWith(`${api}/runs`));
  assert.ok(tokens.size >= 2, `${tokens.size} tokens`);
  assert.deepEqual(refused, []);
  assert.equal(page.url(), `${api}/console/#/runs`);
  await page.getByRole("link", { name: "New run" }).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a token that can't be renewed ends the sign-in, and the next one leads back to the view", only, async () => {
  const page = await opened("#/runs");
  await enter(page, "writer-brief");
  await page.getByText("Your sign-in has ended").waitFor();
  // The provider still knows the user, and asks only for the consent.
  await signIn(page).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  assert.equal(page.url(), `${api}/console/#/runs`);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a sign-in that fails says why", only, async () => {
  const host = new URL(issuer).host;
  const page = await opened();
  await signIn(page).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByText(`${host} did not let you in`).waitFor();
  assert.equal(page.url(), `${api}/console/`);

  await page.goto(`${api}/console/?code=stolen&state=of-another-tab`);
  await page.getByText(`The answer of ${host} belongs to no sign-in of this tab`).waitFor();
  assert.equal(page.url(), `${api}/console/`);

  await page.route(`${issuer}/token`, (route) => route.abort());
  await signIn(page).click();
  await page.getByPlaceholder("Enter any login").fill("writer-cut-off");
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText(`${host} could not be reached`).waitFor();
  await page.unroute(`${issuer}/token`);

  // The function could not read the discovery document.
  await page.route("**/console/config.json", async (route) => {
    const json = await (await route.fetch()).json();
    delete json.signIn.server;
    return route.fulfill({ json });
  });
  await page.reload();
  await signIn(page).click();
  await page.getByText(`${host} could not be reached`).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a token that is typed in works beside the provider", only, async () => {
  const page = await opened();
  await page.getByText("Use a token instead").click();
  await page.getByLabel("Token").fill("not-a-token");
  await page.getByRole("button", { name: "Sign in with the token" }).click();
  await page.getByText("This is no JWT").waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
