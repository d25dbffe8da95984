import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, post } from "./api";
import { OfArray } from "./array";
import { linksOf, type Link } from "./links";
import { Output, type OutputLine } from "./output";
import { PHASES, phaseOf, type Phase } from "./phases";
import { useNow, usePoll } from "./poll";
import { mayWrite, type Session } from "./session";
import { duration, text, textOf, time } from "./texts";
import { Badge, Confirm, Failure, Loading, Table, Title } from "./ui";

interface Step {
  attempt: number;
  state: string;
  entered: string;
  left?: string;
  times: number;
}

interface Report {
  name: string;
  status: string;
  owner?: string;
  outcome?: string;
  cause?: string;
  started_at: string;
  ended_at?: string;
  attempt: number;
  instance_id?: string;
  steps: Step[];
  earlier_attempts: { attempt: number; instance_id?: string; outcome: string; cause: string }[];
  cost?: { usd: number; complete: boolean };
  kept_until?: string;
  execution: string;
  waiting_for?: string;
  command_id?: string;
  array?: string;
  output?: { log_group: string; stdout_stream: string };
  usd_per_hour?: { instance?: number; volumes?: number };
  logs: LogPage;
}

interface LogPage {
  lines: OutputLine[];
  next: string;
  ended: boolean;
}

interface Followed {
  report: Report;
  lines: OutputLine[];
  ended: boolean;
}

/** A page of the output with so many lines is full: the next one is there at once. */
const FULL_PAGE = 1_000;

/** One run: its report with what its commands have written since, in one request. */
export function Run(props: { name: string; user: Session }) {
  const path = `runs/${encodeURIComponent(props.name)}`;
  const read = useRef<{ lines: OutputLine[]; next: string; attempt: number; last?: Followed }>(start());
  const [asks, setAsks] = useState(false);
  const [done, setDone] = useState<"" | "cancelled" | "late">("");
  const [failed, setFailed] = useState<ApiError>();
  useEffect(() => {
    read.current = start();
    setDone("");
    setFailed(undefined);
  }, [props.name]);

  const { data, error, refresh } = usePoll<Followed>(
    async () => {
      const so = read.current;
      const ask = () => get<Report>(`${path}?logs=true${so.next ? `&after=${encodeURIComponent(so.next)}` : ""}`);
      let report = await ask();
      // A long output comes in pages of about 1 MB.
      for (let more = 0; ; more++) {
        if (report.attempt !== so.attempt) {
          // The output is that of the last attempt, which the API begins by itself.
          so.attempt = report.attempt;
          so.lines = [];
        }
        if (report.logs.next !== so.next) {
          so.lines = so.lines.concat(report.logs.lines);
          so.next = report.logs.next;
        }
        if (report.logs.lines.length < FULL_PAGE || report.logs.ended || more === 20) {
          break;
        }
        report = await ask();
      }
      if (so.last?.report !== report || so.last.lines !== so.lines || so.last.ended !== report.logs.ended) {
        so.last = { report, lines: so.lines, ended: report.logs.ended };
      }
      return so.last;
    },
    2_000,
    [props.name],
    (run) => run.report.outcome !== undefined && run.ended,
  );
  const running = data !== undefined && data.report.outcome === undefined;
  const now = useNow(running);

  async function cancel() {
    setAsks(false);
    setFailed(undefined);
    try {
      const answer = await post<{ cancelled: boolean }>(`${path}/cancel`, undefined);
      setDone(answer.cancelled ? "cancelled" : "late");
    } catch (e) {
      if (e instanceof ApiError) {
        setFailed(e);
      }
    }
    refresh();
  }

  return (
    <>
      <a href="#/runs">← {text("back")}</a>
      <div class="bar">
        <Title>{props.name}</Title>
        {data && mayWrite(props.user) && (
          <span class="buttons">
            {running && (
              <button type="button" class="danger" onClick={() => setAsks(true)}>
                {text("run.cancel")}
              </button>
            )}
            <a class="button" href={`#/runs/${encodeURIComponent(props.name)}/again`}>
              {text("run.rerun")}
            </a>
          </span>
        )}
      </div>
      <div role="status">
        {done && <p class="note good">{text(done === "cancelled" ? "run.cancelled" : "run.cancelLate")}</p>}
      </div>
      {failed && <Failure error={failed} />}
      {error?.problem.status === 404 ? (
        <p class="note bad" role="alert">
          {text("run.notFound")}
        </p>
      ) : (
        error && <Failure error={error} retry={refresh} />
      )}
      {!data && !error && <Loading />}
      {data && (
        <>
          <Path report={data.report} now={now} />
          <Summary report={data.report} now={now} />
          {data.report.array && <OfArray name={data.report.array} />}
          <Output lines={data.lines} ended={data.ended} name={props.name} />
          <Attempts report={data.report} now={now} />
        </>
      )}
      {asks && (
        <Confirm
          title={text("run.cancelTitle", { name: props.name })}
          detail={text("run.cancelText")}
          yes={text("run.cancelYes")}
          no={text("run.cancelNo")}
          onYes={() => void cancel()}
          onNo={() => setAsks(false)}
        />
      )}
    </>
  );
}

function start() {
  return { lines: [] as OutputLine[], next: "", attempt: 0 };
}

/** The state machine in seven steps; the current one is lit. */
function Path(props: { report: Report; now: number }) {
  const steps = props.report.steps.filter((step) => step.attempt === props.report.attempt);
  const reached = new Set(steps.map((step) => phaseOf(step.state)));
  if (steps.length > 0) {
    // Its states take no time and are in no report.
    reached.add("check");
  }
  const running = props.report.outcome === undefined;
  const last = steps.at(-1);
  const current = last && phaseOf(last.state);

  /** How long the run was or has been in a step. */
  function took(phase: Phase): string {
    const mine = steps.filter((step) => phaseOf(step.state) === phase);
    const first = mine[0];
    return first ? duration(first.entered, mine.at(-1)!.left ?? props.report.ended_at, props.now) : "";
  }

  return (
    <section aria-labelledby="path-title">
      <h2 id="path-title">{text("run.path")}</h2>
      <ol class="path">
        {PHASES.map((phase) => {
          const here = phase === current;
          const is =
            here && running
              ? "current"
              : here && props.report.outcome !== "SUCCEEDED"
                ? "stopped"
                : reached.has(phase)
                  ? "done"
                  : "todo";
          return (
            <li key={phase} class={is} {...(is === "current" ? { "aria-current": "step" as const } : {})}>
              {textOf("phase", phase)}
              <span class="state">
                {is === "current" ? last?.state : textOf("phase.is", is)}
                {took(phase) && ` · ${took(phase)}`}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Summary(props: { report: Report; now: number }) {
  const { report } = props;
  const links = linksOf(report);
  const rows: [string, preact.ComponentChildren][] = [
    [text("run.status"), <Badge status={report.status} />],
    [text("run.outcome"), report.outcome && <code>{report.outcome}</code>],
    [text("run.cause"), report.cause],
    [text("run.waits"), report.waiting_for],
    [text("run.started"), time(report.started_at)],
    [text("run.duration"), duration(report.started_at, report.ended_at, props.now)],
    [text("run.instance"), report.instance_id && <code>{report.instance_id}</code>],
    [
      text("run.cost"),
      report.cost && text(report.cost.complete ? "run.costValue" : "run.costAtLeast", { usd: report.cost.usd }),
    ],
    [text("run.price"), report.usd_per_hour && price(report.usd_per_hour)],
    [text("run.keptUntil"), report.kept_until && time(report.kept_until)],
    [text("run.owner"), report.owner],
    [text("run.execution"), <code>{report.execution}</code>],
    [text("run.links"), links.length > 0 && <Links links={links} />],
  ];
  return (
    <section aria-labelledby="summary-title">
      <h2 id="summary-title">{text("run.summary")}</h2>
      <dl>
        {rows
          .filter(([, value]) => value !== undefined && value !== "" && value !== false)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

/** Of the instance and its volumes, as far as it is known. */
function price(hour: { instance?: number; volumes?: number }): string {
  const usd = Number(((hour.instance ?? 0) + (hour.volumes ?? 0)).toFixed(4));
  const complete = hour.instance !== undefined && hour.volumes !== undefined;
  return text(complete ? "run.priceValue" : "run.priceAtLeast", { usd });
}

function Links(props: { links: Link[] }) {
  return (
    <span class="buttons">
      {props.links.map((link) => (
        <a key={link.href} href={link.href} target="_blank" rel="noreferrer">
          {text(link.name)}
        </a>
      ))}
    </span>
  );
}

/** Each attempt with a bar of its steps, as long as they took. */
function Attempts(props: { report: Report; now: number }) {
  const { report } = props;
  const numbers = [...new Set([...report.steps.map((step) => step.attempt), report.attempt])].sort((a, b) => a - b);
  return (
    <section aria-labelledby="attempts-title">
      <h2 id="attempts-title">{text("run.attempts")}</h2>
      <ol class="attempts">
        {numbers.map((attempt) => {
          const earlier = report.earlier_attempts.find((each) => each.attempt === attempt);
          const outcome = earlier?.outcome ?? (attempt === report.attempt ? report.outcome : undefined);
          const instance = earlier?.instance_id ?? (attempt === report.attempt ? report.instance_id : undefined);
          return (
            <li key={attempt}>
              <h3>
                {text("run.attempt", { number: attempt + 1 })}
                {outcome && <code>{outcome}</code>}
                {instance && <code>{instance}</code>}
              </h3>
              {earlier && <p>{earlier.cause}</p>}
              <Bars steps={report.steps.filter((step) => step.attempt === attempt)} end={end(report, props.now)} />
            </li>
          );
        })}
      </ol>
      <details>
        <summary>{text("run.details")}</summary>
        <Table
          label={text("run.details")}
          head={[text("run.step"), text("run.entered"), text("run.duration"), text("run.times")]}
        >
          {report.steps.map((step, index) => (
            <tr key={index}>
              <td>
                <code>{step.state}</code>
              </td>
              <td>{time(step.entered)}</td>
              <td class="number">{duration(step.entered, step.left ?? report.ended_at, props.now)}</td>
              <td class="number">{step.times}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

function end(report: Report, now: number): number {
  return report.ended_at ? Date.parse(report.ended_at) : now;
}

function Bars(props: { steps: Step[]; end: number }) {
  const first = Math.min(...props.steps.map((step) => Date.parse(step.entered)));
  const last = Math.max(...props.steps.map((step) => (step.left ? Date.parse(step.left) : props.end)));
  const whole = Math.max(1, last - first);
  const spans = PHASES.map((phase) => {
    const steps = props.steps.filter((step) => phaseOf(step.state) === phase);
    const from = Math.min(...steps.map((step) => Date.parse(step.entered)));
    const to = Math.max(...steps.map((step) => (step.left ? Date.parse(step.left) : props.end)));
    return { phase, there: steps.length > 0, from, to };
  }).filter((span) => span.there);
  return (
    <ul class="bars">
      {spans.map(({ phase, from, to }) => (
        <li key={phase}>
          <span>{textOf("phase", phase)}</span>
          <span class="track" aria-hidden="true">
            <span
              class="fill"
              style={{
                insetInlineStart: `${((from - first) / whole) * 100}%`,
                width: `${Math.max(0.5, ((to - from) / whole) * 100)}%`,
              }}
            />
          </span>
          <span class="number">{duration(new Date(from).toISOString(), new Date(to).toISOString(), props.end)}</span>
        </li>
      ))}
    </ul>
  );
}
