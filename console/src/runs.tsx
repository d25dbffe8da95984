import { useState } from "preact/hooks";
import { get } from "./api";
import { useNow, usePoll } from "./poll";
import { mayWrite, type Session } from "./session";
import { duration, text, textOf, time } from "./texts";
import { Badge, Failure, Loading, Table, Title } from "./ui";

export interface RunSummary {
  name: string;
  status: string;
  started_at: string;
  ended_at?: string;
}

interface RunPage {
  runs: RunSummary[];
  next?: string;
}

const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];
const PAGE = 50;

/** The list of runs, a page at a time. */
export function Runs(props: { user: Session }) {
  const [status, setStatus] = useState("");
  // The pages that lead to this one, so that there is a way back: the API only goes forward.
  const [pages, setPages] = useState<string[]>([]);
  const page = pages.at(-1) ?? "";
  const query = new URLSearchParams({ limit: String(PAGE), ...(status ? { status } : {}), ...(page ? { next: page } : {}) });
  const { data, error, refresh } = usePoll(() => get<RunPage>(`runs?${query}`), 3_000, [status, page]);

  return (
    <>
      <div class="bar">
        <Title>{text("runs")}</Title>
        {mayWrite(props.user) && (
          <a class="button primary" href="#/new">
            {text("run.new")}
          </a>
        )}
      </div>
      <label class="field inline">
        {text("run.status")}
        <select
          value={status}
          onChange={(event) => {
            setStatus(event.currentTarget.value);
            setPages([]);
          }}
        >
          <option value="">{text("run.all")}</option>
          {STATUSES.map((each) => (
            <option value={each} key={each}>
              {textOf("run.status", each)}
            </option>
          ))}
        </select>
      </label>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && data.runs.length === 0 && <p class="note">{nothing(props.user, status, page, data.next)}</p>}
      {data && data.runs.length > 0 && <RunTable runs={data.runs} label={text("run.list")} />}
      {data && (pages.length > 0 || data.next) && (
        <nav class="buttons" aria-label={text("run.list")}>
          {pages.length > 1 && (
            <button type="button" onClick={() => setPages([])}>
              {text("run.newest")}
            </button>
          )}
          {pages.length > 0 && (
            <button type="button" onClick={() => setPages(pages.slice(0, -1))}>
              {text("run.newer")}
            </button>
          )}
          {data.next && (
            <button type="button" onClick={() => setPages([...pages, data.next!])}>
              {text("run.older")}
            </button>
          )}
        </nav>
      )}
    </>
  );
}

function nothing(user: Session, status: string, page: string, next: string | undefined): string {
  if (page || next) {
    return text("run.noneOnPage");
  }
  if (status) {
    return text("run.noneFiltered");
  }
  return mayWrite(user) ? text("run.none") : text("run.noneReader");
}

export function RunTable(props: { runs: RunSummary[]; label: string }) {
  const now = useNow(props.runs.some((run) => !run.ended_at));
  return (
    <Table label={props.label} head={[text("run.name"), text("run.status"), text("run.started"), text("run.duration")]}>
      {props.runs.map((run) => (
        <tr key={run.name}>
          <td>
            <a href={`#/runs/${encodeURIComponent(run.name)}`}>{run.name}</a>
          </td>
          <td>
            <Badge status={run.status} />
          </td>
          <td>{time(run.started_at)}</td>
          <td class="number">{duration(run.started_at, run.ended_at, now)}</td>
        </tr>
      ))}
    </Table>
  );
}
