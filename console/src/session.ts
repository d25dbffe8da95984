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
}

/** A signed-in user. The token is only here: in no storage, no cookie and no address. */
export interface Session {
  token: string;
  name: string;
  roles: string[];
  mentors: string[];
  expires: number | undefined;
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
    const name = claims["id"] ?? claims["sub"];
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

/** The token in the fragment of a link, as `./wakebox console` prints it. It leaves the address and the history at once. */
export function takeTokenFromAddress(): string {
  const token = /^#token=([\w.-]+)$/.exec(location.hash)?.[1] ?? "";
  // Links in the page are relative to <base>; below another path they would load the page again, which forgets the token.
  const base = new URL(document.baseURI).pathname;
  if (token !== "" || location.pathname !== base) {
    history.replaceState(null, "", base + (token === "" ? location.hash : ""));
  }
  return token;
}
