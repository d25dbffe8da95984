import { diffLines } from "diff";
import { useMemo } from "preact/hooks";
import { get } from "./api";
import { pretty, sorted, type JsonMap } from "./json";
import { usePoll } from "./poll";
import { text } from "./texts";
import { Failure, Loading, Title } from "./ui";

/** Equal lines that are shown around a difference. */
const AROUND = 3;
/** Texts with more differences are shown one after the other. */
const MOST_CHANGES = 5_000;

interface Part {
  kind: "same" | "added" | "removed";
  lines: string[];
}

function partsOf(before: string, after: string): Part[] {
  const found = diffLines(before, after, { maxEditLength: MOST_CHANGES }) ?? [
    { value: before, removed: true, added: false },
    { value: after, added: true, removed: false },
  ];
  return found
    .filter((part) => part.value !== "")
    .map((part) => ({
      kind: part.added ? "added" : part.removed ? "removed" : "same",
      lines: part.value.replace(/\n$/, "").split("\n"),
    }));
}

/** What differs between two texts, line by line, with a sign before each line. */
export function Difference(props: { before: string; after: string; label: string }) {
  const { before, after } = props;
  const parts = useMemo(() => partsOf(before, after), [before, after]);
  const count = (kind: Part["kind"]) => parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.lines.length, 0);
  const added = count("added");
  const removed = count("removed");
  if (added + removed === 0) {
    return <p class="quiet">{text("diff.none")}</p>;
  }
  return (
    <>
      <p class="quiet">{text("diff.count", { added, removed })}</p>
      <div class="scroll diff" role="group" aria-label={props.label} tabIndex={0}>
        <pre>
          {parts.map((part, index) =>
            part.kind === "same" ? (
              <Same key={index} lines={part.lines} first={index === 0} last={index === parts.length - 1} />
            ) : part.kind === "added" ? (
              <ins key={index}>
                <span class="hidden">{text("diff.added")} </span>
                {part.lines.map((line) => `+ ${line}\n`).join("")}
              </ins>
            ) : (
              <del key={index}>
                <span class="hidden">{text("diff.removed")} </span>
                {part.lines.map((line) => `− ${line}\n`).join("")}
              </del>
            ),
          )}
        </pre>
      </div>
    </>
  );
}

/** Equal lines, of which only those beside a difference are shown. */
function Same(props: { lines: string[]; first: boolean; last: boolean }) {
  const before = props.first ? 0 : AROUND;
  const after = props.last ? 0 : AROUND;
  const left = props.lines.length - before - after;
  const show = (lines: string[]) => lines.map((line) => `  ${line}\n`).join("");
  if (left <= 1) {
    return <span>{show(props.lines)}</span>;
  }
  return (
    <>
      <span>{show(props.lines.slice(0, before))}</span>
      <span class="quiet">{`  ${text("diff.equal", { count: left })}\n`}</span>
      <span>{show(props.lines.slice(props.lines.length - after))}</span>
    </>
  );
}

/** The documents of two runs, with what differs. */
export function Compare(props: { before: string; after: string }) {
  const document = (name: string) => get<JsonMap>(`runs/${encodeURIComponent(name)}/document`);
  const { data, error, refresh } = usePoll(
    async () => ({ before: await document(props.before), after: await document(props.after) }),
    5_000,
    [props.before, props.after],
    () => true,
  );
  const link = (name: string) => <a href={`#/runs/${encodeURIComponent(name)}`}>{name}</a>;
  return (
    <>
      <a href="#/runs">← {text("back")}</a>
      <Title>{text("diff.title")}</Title>
      <p>
        − {link(props.before)}
        <br />+ {link(props.after)}
      </p>
      {error?.problem.status === 404 ? (
        <p class="note bad" role="alert">
          {text("run.notFound")}
        </p>
      ) : (
        error && <Failure error={error} retry={refresh} />
      )}
      {!data && !error && <Loading />}
      {data && <Difference before={pretty(sorted(data.before))} after={pretty(sorted(data.after))} label={text("diff.title")} />}
    </>
  );
}
