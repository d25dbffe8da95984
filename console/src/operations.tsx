import { useEffect, useState } from "preact/hooks";
import { ApiError, get, post } from "./api";
import { usePoll } from "./poll";
import type { Session, Settings } from "./session";
import { number, text, textOf, time } from "./texts";
import { Confirm, Failure, Loading, Table, Title } from "./ui";

interface Count {
  queue: string;
  messages: number;
  in_flight: number;
}

interface Queue extends Count {
  move?: { status: string; moved: number; to_move?: number; reason: string; started_at?: string };
  destinations: string[];
}

interface Letter {
  id: string;
  sent: string;
  received: number;
  attributes: Record<string, string>;
  body: string;
}

interface Job {
  kind: string;
  id: string;
  state: string;
  changes: { state: string; at: string; reason: string }[];
  expires_at?: string;
}

interface ReaperReport {
  since: string;
  complete: boolean;
  actions: { at: string; action: string; resource?: string; reason: string }[];
}

/** Whether the user sees what is everybody's. The API decides; here it only decides what to show. */
export function mayOperate(user: Session): boolean {
  return user.roles.includes("runs-operator");
}

/** Dead letters, histories of jobs, and what the reaper did, for operators. */
export function Operations(props: { settings: Settings; queue: string }) {
  const { settings } = props;
  return (
    <>
      <Title>{text("operations")}</Title>
      <DeadLetters chosen={props.queue} />
      {(settings.uploads || settings.classifier) && <Jobs />}
      {(settings.runs || settings.training) && <Reaper />}
    </>
  );
}

function DeadLetters(props: { chosen: string }) {
  const { data, error, refresh } = usePoll(() => get<{ queues: Count[] }>("operations/dead-letters"), 5_000, []);
  const queues = data?.queues ?? [];
  return (
    <section aria-labelledby="dead-title">
      <h2 id="dead-title">{text("operations.deadLetters")}</h2>
      <p class="quiet">{text("operations.deadLettersHint")}</p>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && (
        <Table
          label={text("operations.deadLetters")}
          head={[text("operations.queue"), text("operations.messages"), text("operations.inFlight")]}
        >
          {[...queues]
            .sort((a, b) => b.messages + b.in_flight - (a.messages + a.in_flight))
            .map((queue) => (
              <tr key={queue.queue}>
                <td>
                  <a href={`#/operations/${encodeURIComponent(queue.queue)}`}>{queue.queue}</a>
                </td>
                <td class="number">{number(queue.messages)}</td>
                <td class="number">{number(queue.in_flight)}</td>
              </tr>
            ))}
        </Table>
      )}
      {props.chosen && <OneQueue name={props.chosen} key={props.chosen} moved={refresh} />}
    </section>
  );
}

const HERE = "";

function OneQueue(props: { name: string; moved: () => void }) {
  const path = `operations/dead-letters/${encodeURIComponent(props.name)}`;
  const { data, error, refresh } = usePoll(() => get<Queue>(path), 3_000, [props.name]);
  const [letters, setLetters] = useState<Letter[]>();
  const [failed, setFailed] = useState<ApiError>();
  const [asking, setAsking] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [to, setTo] = useState(HERE);
  const move = data?.move;

  useEffect(() => {
    if (move?.status === "COMPLETED") {
      setLetters(undefined);
      props.moved();
    }
  }, [move?.status, move?.started_at]);

  async function show() {
    if (asking) {
      return;
    }
    setAsking(true);
    setFailed(undefined);
    try {
      setLetters((await get<{ messages: Letter[] }>(`${path}/messages`)).messages);
    } catch (e) {
      if (e instanceof ApiError) {
        setFailed(e);
      }
    } finally {
      setAsking(false);
    }
  }

  async function redrive() {
    setConfirming(false);
    setFailed(undefined);
    try {
      await post(`${path}/redrive`, JSON.stringify(to === HERE ? {} : { to }));
    } catch (e) {
      if (e instanceof ApiError) {
        setFailed(e);
      }
    }
    refresh();
  }

  return (
    <section aria-labelledby="queue-title">
      <h3 id="queue-title">{props.name}</h3>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          <label class="field">
            {text("operations.to")}
            <select value={to} onChange={(event) => setTo(event.currentTarget.value)}>
              <option value={HERE}>{text("operations.back")}</option>
              {data.destinations.map((each) => (
                <option value={each} key={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <div class="buttons">
            <button type="button" aria-disabled={asking} onClick={() => void show()}>
              {text("operations.show")}
            </button>
            <button
              type="button"
              class="primary"
              aria-disabled={move?.status === "RUNNING"}
              onClick={() => move?.status !== "RUNNING" && setConfirming(true)}
            >
              {text("operations.redrive")}
            </button>
          </div>
        </>
      )}
      {failed && <Failure error={failed} />}
      <div role="status">
        {move && (
          <p class={`note ${move.status === "COMPLETED" ? "good" : move.status === "RUNNING" ? "live" : "bad"}`}>
            <strong>{textOf("operations.move", move.status)}</strong> {text("operations.moved", { count: number(move.moved) })}
            {move.reason && `: ${textOf("operations.moveReason", move.reason)}`}
          </p>
        )}
        {letters?.length === 0 && <p class="quiet">{text("operations.noMessages")}</p>}
      </div>
      {letters && letters.length > 0 && <Letters letters={letters} />}
      {confirming && (
        <Confirm
          title={text("operations.confirm", { queue: props.name })}
          detail={text("operations.confirmDetail")}
          yes={text("operations.redrive")}
          no={text("operations.leave")}
          onYes={() => void redrive()}
          onNo={() => setConfirming(false)}
        />
      )}
    </section>
  );
}

function Letters(props: { letters: Letter[] }) {
  return (
    <ul class="attempts">
      {props.letters.map((letter) => (
        <li key={letter.id}>
          <p class="quiet">
            {text("operations.sent", { time: time(letter.sent), count: number(letter.received) })} <code>{letter.id}</code>
          </p>
          {Object.entries(letter.attributes).map(([name, value]) => (
            <p key={name}>
              {name}: {value}
            </p>
          ))}
          <pre class="message" role="group" aria-label={text("operations.body")} tabIndex={0}>
            {letter.body}
          </pre>
        </li>
      ))}
    </ul>
  );
}

function Jobs() {
  const [id, setId] = useState("");
  const [found, setFound] = useState<{ id: string; jobs: Job[] }>();
  const [failed, setFailed] = useState<ApiError>();
  const [asking, setAsking] = useState(false);

  async function search(event: Event) {
    event.preventDefault();
    const wanted = id.trim();
    if (wanted === "" || asking) {
      return;
    }
    setAsking(true);
    setFailed(undefined);
    setFound(undefined);
    try {
      const { jobs } = await get<{ jobs: Job[] }>(`operations/jobs?${new URLSearchParams({ id: wanted })}`);
      setFound({ id: wanted, jobs });
    } catch (e) {
      if (e instanceof ApiError) {
        setFailed(e);
      }
    } finally {
      setAsking(false);
    }
  }

  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title">{text("operations.jobs")}</h2>
      <form onSubmit={(event) => void search(event)}>
        <div class="field">
          <label for="job">{text("operations.jobId")}</label>
          <input
            id="job"
            required
            autocomplete="off"
            spellcheck={false}
            value={id}
            onInput={(event) => setId(event.currentTarget.value)}
            aria-describedby="job-hint"
          />
          <p id="job-hint" class="quiet">
            {text("operations.jobHint")}
          </p>
        </div>
        <div class="buttons">
          <button type="submit" aria-disabled={asking}>
            {text("operations.search")}
          </button>
        </div>
      </form>
      {failed && <Failure error={failed} />}
      <div role="status">
        {asking && <Loading />}
        {found?.jobs.length === 0 && <p class="note">{text("operations.noJob", { id: found.id })}</p>}
      </div>
      {found?.jobs.map((job) => (
        <section key={`${job.kind} ${job.id}`}>
          <h3>
            {textOf("operations.kind", job.kind)} <code>{job.id}</code>
          </h3>
          <Table label={`${job.kind} ${job.id}`} head={[text("operations.time"), text("overview.state"), text("overview.reason")]}>
            {job.changes.map((change, index) => (
              <tr key={index}>
                <td>{time(change.at)}</td>
                <td>{change.state}</td>
                <td>{change.reason || "-"}</td>
              </tr>
            ))}
          </Table>
          {job.expires_at && <p class="quiet">{text("operations.kept", { time: time(job.expires_at) })}</p>}
        </section>
      ))}
    </section>
  );
}

function Reaper() {
  // CloudWatch Logs searches the log for each answer, so it is asked once, and again on demand.
  const { data, error, refresh } = usePoll(() => get<ReaperReport>("operations/reaper"), 30_000, [], () => true);
  return (
    <section aria-labelledby="reaper-title">
      <div class="bar">
        <h2 id="reaper-title">{text("operations.reaper")}</h2>
        <button type="button" onClick={refresh}>
          {text("operations.refresh")}
        </button>
      </div>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && (
        <p class="quiet">
          {text(data.actions.length === 0 ? "operations.reaperNothing" : "operations.reaperSince", { time: time(data.since) })}
          {!data.complete && ` ${text("operations.reaperMore")}`}
        </p>
      )}
      {data && data.actions.length > 0 && (
        <Table
          label={text("operations.reaper")}
          head={[text("operations.time"), text("operations.did"), text("operations.resource"), text("overview.reason")]}
        >
          {data.actions.map((action, index) => (
            <tr key={index}>
              <td>{time(action.at)}</td>
              <td>{textOf("operations.action", action.action)}</td>
              <td>{action.resource ? <code>{action.resource}</code> : "-"}</td>
              <td>{action.reason}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
