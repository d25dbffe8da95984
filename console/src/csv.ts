/** The beginning of a CSV, read as the training server reads it: commas, semicolons or tabs, found from the header. */
export interface Preview {
  columns: string[];
  rows: string[][];
  /** Lines after the header that are not blank; a value may have several lines. */
  lines: number;
}

const MOST_ROWS = 8;

export function preview(csv: string): Preview {
  let body = csv.replace(/^\uFEFF/, "");
  const declared = /^sep=(.)\r?\n/.exec(body);
  if (declared) {
    body = body.slice(declared[0].length);
  }
  const header = body.split(/\r?\n/, 1)[0] ?? "";
  const separator =
    declared?.[1] ??
    [",", ";", "\t"].map((each) => ({ each, count: header.split(each).length })).reduce((a, b) => (b.count > a.count ? b : a))
      .each;
  const rows = values(body, separator, MOST_ROWS + 1);
  return {
    columns: (rows[0] ?? []).map((column) => column.trim()),
    rows: rows.slice(1),
    lines: Math.max(0, body.split(/\r?\n/).filter((line) => line.trim() !== "").length - 1),
  };
}

/** The first rows; quotes are doubled within quotes (RFC 4180). */
function values(csv: string, separator: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = "";
  let quoted = false;
  for (let at = 0; at <= csv.length && rows.length < most; at++) {
    const char = csv[at];
    if (quoted && char !== undefined) {
      if (char !== '"') {
        value += char;
      } else if (csv[at + 1] === '"') {
        value += '"';
        at++;
      } else {
        quoted = false;
      }
    } else if (char === '"' && value === "") {
      quoted = true;
    } else if (char === separator) {
      row.push(value);
      value = "";
    } else if (char === "\n" || char === undefined) {
      row.push(value.replace(/\r$/, ""));
      if (row.some((each) => each.trim() !== "")) {
        rows.push(row);
      }
      row = [];
      value = "";
    } else {
      value += char;
    }
  }
  return rows;
}

/** Whether the header has the columns that a training needs; blanks and the case of letters do not count. */
export function hasColumns(columns: string[]): boolean {
  const names = columns.map((column) => column.trim().toLowerCase());
  return names.includes("input") && names.includes("label");
}
