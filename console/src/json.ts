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
  const wanted = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
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
