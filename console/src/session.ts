import { signal } from "./signal";

/** What config.json says about the stack. */
export interface Settings {
  stack: string;
  runs: boolean;
  training: boolean;
  uploads: boolean;
  classifier: boolean;
  requireAuth: boolean;
  roleClaim: string;
  /** Where users sign in, if the stack has an identity provider for that. */
  signIn?: {
    issuer: string;
    clientId: string;
    scope: string;
    token: "id_token" | "access_token";
    /** A part of the issuer's discovery document; missing while the issuer can't be reached. */
    server?: Record<string, unknown>;
  };
}

/** A signed-in user. The token is only here: in no storage, no cookie and no address. */
export interface Session {
  token: string;
  name: string;
  roles: string[];
  mentors: string[];
  expires: number | undefined;
  /** Gets a new token of the identity provider; its answer is undefined if the provider gives none. */
  renew?: () => Promise<Session | undefined>;
  /** Leads to the identity provider to sign out there also. */
  end?: () => void;
}

export type SignOutReason = "asked" | "expired" | "none";

export const session = signal<Session | undefined>(undefined);
export const signOutReason = signal<SignOutReason>("none");

/** The claims of a token. The API verifies it; here they only decide what to show. Undefined if it is no JWT. */
export function parse(token: string, settings: Settings): Session | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) {
    return undefined;
  }
  try {
    const bytes = Uint8Array.from(atob(parts[1]!.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
    const claims: Record<string, unknown> = JSON.parse(new TextDecoder().decode(bytes));
    const name = claims["id"] ?? claims["email"] ?? claims["preferred_username"] ?? claims["cognito:username"] ?? claims["sub"];
    return {
      token,
      name: typeof name === "string" ? name : "",
      roles: [...roles(claims["role"]), ...roles(claims[settings.roleClaim])],
      mentors: Array.isArray(claims["mentorIds"]) ? claims["mentorIds"].filter((id) => typeof id === "string") : [],
      expires: typeof claims["exp"] === "number" ? claims["exp"] * 1000 : undefined,
    };
  } catch {
    return undefined;
  }
}

function roles(claim: unknown): string[] {
  if (Array.isArray(claim)) {
    return claim.filter((role) => typeof role === "string");
  }
  return typeof claim === "string" ? claim.split(",").map((role) => role.trim()) : [];
}

/** A visitor without a token, for what is open to everybody. */
export const VISITOR: Session = { token: "", name: "", roles: [], mentors: [], expires: undefined };

export function mayRead(user: Session): boolean {
  return ["runs-reader", "runs-writer", "runs-operator"].some((role) => user.roles.includes(role));
}

export function mayWrite(user: Session): boolean {
  return ["runs-writer", "runs-operator"].some((role) => user.roles.includes(role));
}

/** Whether the user may train the classifier of this mentor. */
export function mayTrain(user: Session, mentor: string): boolean {
  return (
    user.mentors.includes(mentor) ||
    ["CONTENT_MANAGER", "ADMIN", "SUPER_CONTENT_MANAGER", "SUPER_ADMIN"].some((role) => user.roles.includes(role))
  );
}

export function signOut(reason: SignOutReason) {
  signOutReason.set(reason);
  session.set(undefined);
}

/** A token is renewed when it is valid for less than this, because the request with it may take a while. */
const RENEW_BEFORE = 60_000;

let renewing: { user: Session; done: Promise<Session | undefined> } | undefined;

/**
 * The user with a token that is valid, renewed if it can be. Several requests at once renew it once. Undefined if the user has to
 * sign in again.
 */
export async function valid(user: Session): Promise<Session | undefined> {
  const left = (user.expires ?? Infinity) - Date.now();
  if (left > RENEW_BEFORE || !user.renew || user !== session.get()) {
    return left > 0 ? user : undefined;
  }
  if (renewing?.user !== user) {
    renewing = { user, done: user.renew() };
  }
  try {
    const next = await renewing.done;
    if (session.get() === user && next) {
      session.set(next);
    }
    return next ?? (left > 0 ? user : undefined);
  } catch (e) {
    // The provider could not be reached. The next request tries again.
    renewing = undefined;
    if (left > 0) {
      return user;
    }
    throw e;
  }
}

/** What the address has brought: a token in a link, or the answer of the identity provider. */
interface Arrival {
  token?: string;
  answer?: URLSearchParams;
}

let arrival: Arrival = {};

/** Gives it once: a user who signs out is not signed in again by it. */
export function takeArrival(): Arrival {
  const taken = arrival;
  arrival = {};
  return taken;
}

/**
 * Reads the token in the fragment of a link, as `./wakebox console` prints it, and the answer of the identity provider in the query. Both
 * leave the address and the history at once.
 */
export function readAddress() {
  const token = /^#token=([\w.-]+)$/.exec(location.hash)?.[1];
  const query = new URLSearchParams(location.search);
  const answered = query.has("state") && (query.has("code") || query.has("error"));
  arrival = { ...(token ? { token } : {}), ...(answered ? { answer: query } : {}) };
  // Links in the page are relative to <base>; below another path they would load the page again, which forgets the token.
  const base = new URL(document.baseURI).pathname;
  if (token || answered || location.pathname !== base) {
    history.replaceState(null, "", base + (token ? "" : location.hash));
  }
}
