/** Where something is in a JSON text: from `start` to before `end`, in the line `line` (from 1). */
export interface Place {
  start: number;
  end: number;
  line: number;
  /** Whether the value itself is there, and not only one around it. */
  exact: boolean;
}

/**
 * Where the value of a JSON pointer (RFC 6901) is in a valid JSON text. If the value is missing, the place of the nearest
 * value around it. JSON.parse does not tell positions, so this walks through the text.
 */
export function locate(json: string, pointer: string): Place {
  const wanted = parts(pointer);
  let at = 0;
  let found = { start: 0, end: json.length };

  function blanks() {
    while (/\s/.test(json[at] ?? "")) {
      at++;
    }
  }

  function string(): string {
    const start = at++;
    while (json[at] !== '"') {
      at += json[at] === "\\" ? 2 : 1;
    }
    at++;
    return JSON.parse(json.slice(start, at));
  }

  /** Passes over a value; `depth` is how many parts of the pointer lead to it, or -1 off its way. */
  function value(depth: number) {
    blanks();
    const start = at;
    if (json[at] === "{" || json[at] === "[") {
      const close = json[at] === "{" ? "}" : "]";
      at++;
      blanks();
      for (let index = 0; json[at] !== close; index++) {
        let name = String(index);
        if (close === "}") {
          name = string();
          blanks();
          at++; // the colon
        }
        value(depth >= 0 && wanted[depth] === name ? depth + 1 : -1);
        blanks();
        if (json[at] === ",") {
          at++;
          blanks();
        }
      }
      at++;
    } else if (json[at] === '"') {
      string();
    } else {
      while (at < json.length && !/[\s,\]}]/.test(json[at]!)) {
        at++;
      }
    }
    // The innermost value ends first, so only a longer way replaces what was found.
    if (depth > best) {
      best = depth;
      found = { start, end: at };
    }
  }

  let best = -1;
  value(0);
  return { ...found, line: lineOf(json, found.start), exact: best === wanted.length };
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

export type JsonMap = Record<string, unknown>;

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The parts of a JSON pointer. */
export function parts(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at a path; undefined if there is none. */
export function at(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>((inside, name) => (isMap(inside) ? inside[name] : undefined), value);
}

/**
 * A copy with another value at a path; undefined removes it. Objects on the way are made where they are missing, and those that
 * are empty after a removal go, except the first: a document may have empty run_options.
 */
export function changed(map: JsonMap, path: string[], value: unknown, depth = 0): JsonMap {
  const [name, ...rest] = path as [string, ...string[]];
  const inside = map[name];
  const next = rest.length === 0 ? value : changed(isMap(inside) ? inside : {}, rest, value, depth + 1);
  const gone = next === undefined || (value === undefined && depth > 0 && isMap(next) && Object.keys(next).length === 0);
  if (gone) {
    return Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));
  }
  return { ...map, [name]: next };
}

/** Whether two JSON values are the same; the order of keys has no meaning. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => same(each, b[index]));
  }
  if (isMap(a) && isMap(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
  }
  return a === b;
}

/** The JSON merge patch (RFC 7396) that makes `after` of `before`; undefined if none can, because null in it would remove. */
export function mergePatch(before: JsonMap, after: JsonMap): JsonMap | undefined {
  const patch = difference(before, after);
  return same(patched(before, patch), after) ? patch : undefined;
}

function difference(before: JsonMap, after: JsonMap): JsonMap {
  const patch: JsonMap = {};
  for (const name of Object.keys(before)) {
    if (!(name in after)) {
      patch[name] = null;
    }
  }
  for (const [name, value] of Object.entries(after)) {
    const earlier = before[name];
    if (!(name in before) || !same(earlier, value)) {
      patch[name] = isMap(earlier) && isMap(value) ? difference(earlier, value) : value;
    }
  }
  return patch;
}

function patched(map: JsonMap, patch: JsonMap): JsonMap {
  const result: JsonMap = { ...map };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[name];
    } else {
      const earlier = result[name];
      result[name] = isMap(value) ? patched(isMap(earlier) ? earlier : {}, value) : value;
    }
  }
  return result;
}

/** As it is shown: two blanks a level, and an end of the line at the end. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

/** With the keys of all objects in order, so that only what differs is a difference. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return isMap(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inside]) => [name, sorted(inside)]),
      )
    : value;
}
