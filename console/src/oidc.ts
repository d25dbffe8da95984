import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  type AuthorizationServer,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  type TokenEndpointResponse,
  validateAuthResponse,
} from "oauth4webapi";
import { parse, type Session, type Settings } from "./session";

/** Why a sign-in has failed. */
export class SignInError extends Error {
  constructor(
    readonly kind: "denied" | "state" | "unreachable" | "failed",
    readonly reason: string = "",
  ) {
    super(reason || kind);
  }
}

/** What must outlast the way to the issuer and back. None of it is of use to others without the code, which works once. */
interface Trip {
  state: string;
  nonce: string;
  verifier: string;
  view: string;
}

const TRIP = "wakebox.signIn";

/** The page without a fragment. The issuer knows it as the client's callback URL. */
const page = new URL(".", document.baseURI).href;

function parts(settings: Settings) {
  const signIn = settings.signIn!;
  if (!signIn.server) {
    throw new SignInError("unreachable");
  }
  return {
    server: signIn.server as unknown as AuthorizationServer,
    client: { client_id: signIn.clientId },
    // Only an issuer on this computer may be without TLS; see the parameter OidcIssuer.
    options: { [allowInsecureRequests]: signIn.issuer.startsWith("http:") },
  };
}

/** Leads the browser to the issuer, which leads it back to the page. */
export async function leave(settings: Settings): Promise<void> {
  const { server, client } = parts(settings);
  const trip: Trip = {
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    verifier: generateRandomCodeVerifier(),
    view: location.hash,
  };
  const url = new URL(server.authorization_endpoint!);
  const parameters = {
    ...client,
    response_type: "code",
    redirect_uri: page,
    scope: settings.signIn!.scope,
    state: trip.state,
    nonce: trip.nonce,
    code_challenge: await calculatePKCECodeChallenge(trip.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }
  sessionStorage.setItem(TRIP, JSON.stringify(trip));
  location.assign(url);
}

/** Exchanges the code with which the issuer has led back to the page. */
export async function arrive(settings: Settings, answer: URLSearchParams): Promise<Session> {
  const stored = sessionStorage.getItem(TRIP);
  sessionStorage.removeItem(TRIP);
  const trip: Trip | undefined = stored ? JSON.parse(stored) : undefined;
  if (!trip || trip.state !== answer.get("state")) {
    throw new SignInError("state");
  }
  return failing(async () => {
    const { server, client, options } = parts(settings);
    const code = validateAuthResponse(server, client, answer, trip.state);
    const response = await authorizationCodeGrantRequest(server, client, None(), code, page, trip.verifier, options);
    const tokens = await processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: trip.nonce,
      requireIdToken: true,
    });
    history.replaceState(null, "", location.pathname + trip.view);
    return user(settings, tokens, tokens);
  });
}

/** A user with a new token, or undefined if the issuer gives none, because its session has ended. */
async function renewed(settings: Settings, before: TokenEndpointResponse): Promise<Session | undefined> {
  try {
    return await failing(async () => {
      const { server, client, options } = parts(settings);
      const response = await refreshTokenGrantRequest(server, client, None(), before.refresh_token!, options);
      return user(settings, await processRefreshTokenResponse(server, client, response), before);
    });
  } catch (e) {
    if (e instanceof SignInError && e.kind === "unreachable") {
      throw e;
    }
    return undefined;
  }
}

/** The tokens stay in the closures of the session, and are gone with it. */
function user(settings: Settings, tokens: TokenEndpointResponse, before: TokenEndpointResponse): Session {
  const kept = { ...before, ...tokens };
  const token = tokens[settings.signIn!.token];
  const session = typeof token === "string" ? parse(token, settings) : undefined;
  if (!session) {
    throw new SignInError("failed", settings.signIn!.token);
  }
  return {
    ...session,
    ...(kept.refresh_token ? { renew: () => renewed(settings, kept) } : {}),
    end: () => end(settings, kept.id_token),
  };
}

/** Signs out at the issuer also, if it has an address for that. It leads back to the page. */
function end(settings: Settings, idToken: string | undefined) {
  const address = settings.signIn!.server?.["end_session_endpoint"];
  if (typeof address !== "string") {
    return;
  }
  const url = new URL(address);
  url.searchParams.set("client_id", settings.signIn!.clientId);
  url.searchParams.set("post_logout_redirect_uri", page);
  // Cognito's name for the same.
  url.searchParams.set("logout_uri", page);
  if (idToken) {
    url.searchParams.set("id_token_hint", idToken);
  }
  location.assign(url);
}

async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (e instanceof SignInError) {
      throw e;
    }
    if (e instanceof AuthorizationResponseError || e instanceof ResponseBodyError) {
      const denied = e.error === "access_denied";
      throw new SignInError(denied ? "denied" : "failed", e.error_description ?? e.error);
    }
    // fetch throws a TypeError when there is no answer.
    throw e instanceof TypeError ? new SignInError("unreachable") : new SignInError("failed", String(e));
  }
}
