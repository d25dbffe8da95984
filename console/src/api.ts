import { session, type Session, signOut, valid } from "./session";

/** A mistake in a request, as RFC 9457 problems of the API list them. */
export interface Mistake {
  pointer?: string;
  parameter?: string;
  detail: string;
}

export interface Problem {
  status: number;
  detail: string;
  errors: Mistake[];
  /** Seconds after which the same request can succeed. */
  retryAfter?: number;
}

/** An answer that is no success; status 0 when there was none at all. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The API is one level above the page, whatever the stage. */
const root = new URL("..", document.baseURI);

/** The last answer of each address, by whose ETag the API says that nothing has changed. */
const known = new Map<string, { etag: string; body: unknown }>();
const MOST_KNOWN = 50;

/** Forgets the answers of a user who signs out. */
export function forgetAnswers() {
  known.clear();
}

/** The answer to a GET; the same object as before when nothing has changed. */
export async function get<T>(path: string): Promise<T> {
  const before = known.get(path);
  const answer = await send(path, { headers: before ? { "if-none-match": before.etag } : {} });
  if (answer.status === 304 && before) {
    return before.body as T;
  }
  const body = await read(answer);
  const etag = answer.headers.get("etag");
  known.delete(path);
  if (etag) {
    known.set(path, { etag, body });
    if (known.size > MOST_KNOWN) {
      known.delete(known.keys().next().value!);
    }
  }
  return body as T;
}

export async function post<T>(path: string, body: string | undefined, headers: Record<string, string> = {}): Promise<T> {
  const answer = await send(path, {
    method: "POST",
    ...(body === undefined ? {} : { body }),
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
  });
  return (await read(answer)) as T;
}

/** Asks with a token that is not signed in yet, to learn whether the API accepts it. */
export async function tryToken(user: Session, path: string): Promise<void> {
  await send(path, { headers: {} }, user);
}

/** Sends a file to a presigned URL. fetch can't tell how much has been sent. */
export function putFile(
  url: string,
  headers: Record<string, string>,
  file: File,
  onProgress: (share: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0);
    const refused = () => reject(new ApiError({ status: request.status, detail: "S3", errors: [] }));
    request.onload = () => (request.status < 300 ? resolve() : refused());
    request.onerror = refused;
    request.send(file);
  });
}

async function send(
  path: string,
  init: RequestInit & { headers: Record<string, string> },
  asker: Session | undefined = session.get(),
): Promise<Response> {
  const user = asker && (await current(asker));
  const headers = { ...init.headers, ...(user?.token ? { authorization: `Bearer ${user.token}` } : {}) };
  let answer: Response;
  try {
    answer = await fetch(new URL(path, root), { ...init, headers, cache: "no-store", credentials: "omit" });
  } catch {
    throw new ApiError({ status: 0, detail: "", errors: [] });
  }
  if (!answer.ok && answer.status !== 304) {
    throw new ApiError(await problem(answer));
  }
  return answer;
}

/** The user with a valid token. Without one, the user is signed out. */
async function current(asker: Session): Promise<Session> {
  let user: Session | undefined;
  try {
    user = await valid(asker);
  } catch {
    throw new ApiError({ status: 0, detail: "", errors: [] });
  }
  if (!user) {
    signOut("expired");
    throw new ApiError({ status: 401, detail: "", errors: [] });
  }
  return user;
}

async function read(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw new ApiError({ status: answer.status, detail: "The answer is not JSON.", errors: [] });
  }
}

/**
 * Runs answer with RFC 9457, the training server with {message, field}, the classifier with the same in data, and API Gateway itself
 * with {message}.
 */
async function problem(answer: Response): Promise<Problem> {
  let body: { detail?: string; message?: string; field?: string; errors?: Mistake[] } = {};
  try {
    const json = await answer.json();
    body = json.data ?? json;
  } catch {
    // the status alone says what is wrong
  }
  const retryAfter = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return {
    status: answer.status,
    detail: body.detail ?? body.message ?? answer.statusText,
    errors: body.errors ?? (body.field ? [{ parameter: body.field, detail: body.message ?? "" }] : []),
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
  };
}
