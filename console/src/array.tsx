import { useState } from "preact/hooks";
import { get } from "./api";
import { usePoll } from "./poll";
import { number, text } from "./texts";
import { Badge, Failure, Loading } from "./ui";

interface ArrayReport {
  name: string;
  status: string;
  outcome?: string;
  size: number;
  succeeded: number;
  failed: number;
  running: number;
  pending: number;
  failed_runs: string[];
  remaining: string;
}

/** More names help nobody; the list of runs has them all. */
const MOST_NAMES = 50;

/** The array of a run: how far it is, and which of its runs failed. It is asked for when the user opens it. */
export function OfArray(props: { name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{text("array.of", { name: props.name })}</summary>
      {open && <Counts name={props.name} />}
    </details>
  );
}

function Counts(props: { name: string }) {
  const name = encodeURIComponent(props.name);
  const { data, error, refresh } = usePoll(
    () => get<ArrayReport>(`runs/${name}/array`),
    5_000,
    [props.name],
    (array) => array.outcome !== undefined,
  );
  if (error?.problem.status === 404) {
    return <p class="note">{text("array.notYours")}</p>;
  }
  if (!data) {
    return error ? <Failure error={error} retry={refresh} /> : <Loading />;
  }
  const counts = [
    [text("array.size"), data.size],
    [text("array.succeeded"), data.succeeded],
    [text("array.failed"), data.failed],
    [text("array.running"), data.running],
    [text("array.pending"), data.pending],
  ] as const;
  return (
    <>
      {error && <Failure error={error} retry={refresh} />}
      <dl>
        <div>
          <dt>{text("run.status")}</dt>
          <dd>
            <Badge status={data.status} /> {data.outcome && <code>{data.outcome}</code>}
          </dd>
        </div>
        {counts.map(([title, count]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd class="number">{number(count)}</dd>
          </div>
        ))}
        {data.failed_runs.length > 0 && (
          <div>
            <dt>{text("array.failedRuns")}</dt>
            <dd>
              <span class="buttons">
                {data.failed_runs.slice(0, MOST_NAMES).map((run) => (
                  <a key={run} href={`#/runs/${encodeURIComponent(run)}`}>
                    {run}
                  </a>
                ))}
                {data.failed_runs.length > MOST_NAMES && "…"}
              </span>
            </dd>
          </div>
        )}
      </dl>
      <p>
        <a href={`#/runs?prefix=${name}-`}>{text("array.list")}</a>
      </p>
      {data.outcome !== undefined && data.remaining !== "" && (
        <p class="quiet">
          {text("array.again")} <code>{`./wakebox rerun ${data.name}`}</code>
        </p>
      )}
    </>
  );
}
