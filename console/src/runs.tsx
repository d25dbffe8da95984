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

/** The list of runs, a page at a time. A link may name the beginning of their names. */
export function Runs(props: { user: Session; prefix: string }) {
  const [filter, setFilter] = useState<Filter>(props.prefix ? { prefix: props.prefix } : {});
  const [chosen, setChosen] = useState<string[]>([]);
  // The pages that lead to this one, so that there is a way back: the API only goes forward.
  const [pages, setPages] = useState<string[]>([]);
  const page = pages.at(-1) ?? "";
  const query = new URLSearchParams({ limit: String(PAGE), ...filter, ...(page ? { next: page } : {}) }).toString();
  const { data, error, refresh } = usePoll(() => get<RunPage>(`runs?${query}`), 3_000, [query]);

  function choose(name: string) {
    // The two that were chosen last.
    setChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name].slice(-2));
  }

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
      <Filters
        filter={filter}
        onChange={(next) => {
          setFilter(next);
          setPages([]);
        }}
      />
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && data.runs.length === 0 && <p class="note">{nothing(props.user, filter, page, data.next)}</p>}
      {data && data.runs.length > 0 && (
        <>
          <RunTable runs={data.runs} label={text("run.list")} chosen={chosen} choose={choose} />
          <CompareLink chosen={chosen} />
        </>
      )}
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

/** Parameters of the API. */
type Filter = Partial<Record<"status" | "prefix" | "since" | "until", string>>;

function Filters(props: { filter: Filter; onChange: (filter: Filter) => void }) {
  const { filter } = props;
  const [wrong, setWrong] = useState(false);

  function change(name: keyof Filter, value: string) {
    const { [name]: _, ...rest } = filter;
    props.onChange(value === "" ? rest : { ...rest, [name]: value });
  }

  function prefix(typed: string) {
    const bad = !/^[\w.-]{0,80}$/.test(typed);
    setWrong(bad);
    if (!bad) {
      change("prefix", typed);
    }
  }

  return (
    <div class="filters">
      <div class="field">
        <label for="filter-status">{text("run.status")}</label>
        <select id="filter-status" value={filter.status ?? ""} onChange={(event) => change("status", event.currentTarget.value)}>
          <option value="">{text("run.all")}</option>
          {STATUSES.map((each) => (
            <option value={each} key={each}>
              {textOf("run.status", each)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="filter-prefix">{text("run.prefix")}</label>
        <input
          id="filter-prefix"
          type="search"
          autocomplete="off"
          spellcheck={false}
          maxLength={80}
          defaultValue={filter.prefix ?? ""}
          aria-invalid={wrong}
          aria-describedby="filter-prefix-wrong"
          onChange={(event) => prefix(event.currentTarget.value.trim())}
        />
        <p class="wrong" id="filter-prefix-wrong" role="alert">
          {wrong ? text("run.prefixWrong") : ""}
        </p>
      </div>
      {(["since", "until"] as const).map((name) => (
        <div class="field" key={name}>
          <label for={`filter-${name}`}>{text(`run.${name}`)}</label>
          <input
            id={`filter-${name}`}
            type="datetime-local"
            onChange={(event) => {
              const time = event.currentTarget.value;
              change(name, time === "" ? "" : new Date(time).toISOString());
            }}
          />
        </div>
      ))}
    </div>
  );
}

/** Leads to the difference of the two chosen runs, the earlier one first. */
function CompareLink(props: { chosen: string[] }) {
  const [a, b] = props.chosen.map(encodeURIComponent);
  return (
    <p class="buttons" role="status">
      {a !== undefined && b !== undefined ? (
        <a class="button" href={`#/runs/${a}/diff/${b}`}>
          {text("run.compare")}
        </a>
      ) : (
        <span class="quiet">{text("run.compareHint")}</span>
      )}
    </p>
  );
}

function nothing(user: Session, filter: Filter, page: string, next: string | undefined): string {
  if (page || next) {
    return text("run.noneOnPage");
  }
  if (Object.keys(filter).length > 0) {
    return text("run.noneFiltered");
  }
  return mayWrite(user) ? text("run.none") : text("run.noneReader");
}

export function RunTable(props: { runs: RunSummary[]; label: string; chosen?: string[]; choose?: (name: string) => void }) {
  const now = useNow(props.runs.some((run) => !run.ended_at));
  const head = [text("run.name"), text("run.status"), text("run.started"), text("run.duration")];
  return (
    <Table label={props.label} head={props.choose ? [...head, text("run.chosen")] : head}>
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
          {props.choose && (
            <td>
              <input
                type="checkbox"
                aria-label={text("run.choose", { name: run.name })}
                checked={props.chosen?.includes(run.name) ?? false}
                onChange={() => props.choose!(run.name)}
              />
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}
