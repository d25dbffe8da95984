// A certified OpenID Connect provider (panva's oidc-provider) on this computer, for the sign-in of the console. It prints its address and
// serves until it is killed. Its users need no password; their name says what they are:
//   writer…, reader…  has the role runs-writer or runs-reader; others have none
//   …-short           gets ID tokens that the console renews after a few seconds, and a refresh token
//   …-brief           gets ID tokens of half a minute, and no refresh token
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const CLIENT = "wakebox-console";

function lifetime(ctx) {
  const account = ctx?.oidc?.account?.accountId ?? ctx?.oidc?.entities?.Account?.accountId ?? "";
  return account.endsWith("-short") ? 70 : account.endsWith("-brief") ? 30 : 3600;
}

function claims(id) {
  return id.startsWith("writer") ? { role: ["runs-writer"] } : id.startsWith("reader") ? { role: ["runs-reader"] } : {};
}

let handle;
const server = createServer((request, answer) => handle(request, answer));
server.listen(0, "127.0.0.1", () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(address, {
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: "none",
        // Of a native application any port of the loopback address may be the callback.
        application_type: "native",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: ["http://127.0.0.1/console/"],
        post_logout_redirect_uris: ["http://127.0.0.1/console/"],
      },
    ],
    clientBasedCORS: () => true,
    pkce: { required: () => true },
    claims: { openid: ["sub", "role"] },
    conformIdTokenClaims: false,
    issueRefreshToken: (ctx, client, code) => !code.accountId.endsWith("-brief"),
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...claims(id) }),
    }),
    // The access tokens are JWTs for the same audience, as of a provider that knows the API.
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "urn:wakebox",
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "", audience: CLIENT, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } }),
      },
    },
    extraTokenClaims: (ctx, token) => claims(token.accountId),
    ttl: { IdToken: lifetime, AccessToken: 3600, Session: 3600, Interaction: 3600, Grant: 3600, RefreshToken: 3600 },
    cookies: { keys: ["only for tests"] },
  });
  handle = provider.callback();
  console.log(address);
});
