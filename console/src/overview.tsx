import type { ComponentChildren } from "preact";
import { get } from "./api";
import { useNow, usePoll } from "./poll";
import { mayRead, type Session, type Settings } from "./session";
import { duration, number, text, textOf, time } from "./texts";
import { Badge, Failure, Loading, Table, Title } from "./ui";

interface Machine {
  id: string;
  type: string;
  state: string;
  spot: boolean;
  launched_at: string;
  usd_per_hour?: number;
}

interface LastRun {
  name: string;
  status: string;
  started_at: string;
  ended_at?: string;
  outcome?: string;
}

interface Alarm {
  name: string;
  full_name: string;
  state: string;
  description: string;
  since?: string;
}

/** What the API says about the stack; what it doesn't have, or the user may not see, is absent. */
interface State {
  training?: { status: string; run?: string; since?: string; instance?: Machine };
  processing?: Machine;
  instances?: { instance: Machine; run: string; attempt: number; expires_at: string }[];
  runs?: LastRun[];
  alarms?: Alarm[];
  dead_letters?: { queue: string; messages: number; in_flight: number }[];
  aws_console?: string;
  unavailable: string[];
}

/** What runs at this moment, what it costs, how the last runs ended, and what needs an operator. */
export function Overview(props: { settings: Settings; user: Session }) {
  const { data, error, refresh } = usePoll(() => get<State>("overview"), 5_000, []);
  // A stack may have runs and no API of runs; then there is no view of one.
  const linked = props.settings.runs && mayRead(props.user);
  return (
    <>
      <Title>{text("overview")}</Title>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && data.unavailable.length > 0 && (
        <p class="note bad" role="alert">
          {text("overview.unavailable", {
            parts: data.unavailable.map((part) => textOf("overview.part", part)).join(", "),
          })}
        </p>
      )}
      {data && <Attention state={data} />}
      {data?.training && <Training training={data.training} />}
      {data && (data.instances || data.training?.instance || data.processing) && <Instances state={data} linked={linked} />}
      {data?.runs && <LastRuns runs={data.runs} linked={linked} />}
      {data?.alarms && <Alarms state={data} alarms={data.alarms} />}
    </>
  );
}

interface TrainingStatus {
  status: string;
  queue?: { waiting: number; places: number };
  run?: "queued" | "active" | "ended";
  place?: number;
}

/** The training server; with the token of a training also how far that is. */
export function useTrainingStatus(token = "") {
  const path = token ? `status?token=${encodeURIComponent(token)}` : "status";
  return usePoll(() => get<TrainingStatus>(path), 5_000, [token]);
}

/** A page of AWS's console, where there is one: the local application has none. */
function AwsLink(props: { console: string | undefined; path: string; children: ComponentChildren }) {
  const region = /^https:\/\/([^.]+)\./.exec(props.console ?? "")?.[1];
  return region ? (
    <a href={`${props.console}/${props.path.replace("REGION", region)}`} target="_blank" rel="noreferrer">
      {props.children}
      <span class="hidden"> ({text("overview.awsConsole")})</span>
    </a>
  ) : (
    <>{props.children}</>
  );
}

/** What an operator should look at first; nothing for others. */
function Attention(props: { state: State }) {
  const { alarms, dead_letters: queues = [], aws_console: console } = props.state;
  const ringing = (alarms ?? []).filter((alarm) => alarm.state === "ALARM");
  if (ringing.length === 0 && queues.length === 0) {
    return alarms && props.state.dead_letters ? <p class="note good">{text("overview.calm")}</p> : <></>;
  }
  return (
    <section class="note bad" aria-labelledby="attention-title">
      <h2 id="attention-title">{text("overview.attention")}</h2>
      <ul>
        {ringing.map((alarm) => (
          <li key={alarm.full_name}>
            <AwsLink console={console} path={`cloudwatch/home?region=REGION#alarmsV2:alarm/${encodeURIComponent(alarm.full_name)}`}>
              {alarm.name}
            </AwsLink>
            {": "}
            {alarm.description}
          </li>
        ))}
        {queues.map((queue) => (
          <li key={queue.queue}>
            <a href={`#/operations/${encodeURIComponent(queue.queue)}`}>
              {text("overview.deadLetters", { queue: queue.queue, count: number(queue.messages + queue.in_flight) })}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Training(props: { training: NonNullable<State["training"]> }) {
  const { status, run, since } = props.training;
  return (
    <section aria-labelledby="training-title">
      <h2 id="training-title">{text("overview.training")}</h2>
      <p class={`note ${status === "active" ? "live" : ""}`}>
        {text(status === "active" ? "overview.active" : "overview.sleeping")}
        {since && ` ${text("overview.since", { time: time(since) })}`}
        {run && ` ${text("overview.run", { run })}`}
      </p>
    </section>
  );
}

const BILLED = ["pending", "running", "stopping"];

function Instances(props: { state: State; linked: boolean }) {
  const { training, processing, instances = [], aws_console: console } = props.state;
  const fixed: { machine: Machine; reason: string }[] = [
    ...(training?.instance
      ? [
          {
            machine: training.instance,
            reason: training.run ? text("overview.trains", { run: training.run }) : text("overview.training"),
          },
        ]
      : []),
    ...(processing ? [{ machine: processing, reason: text("overview.processing") }] : []),
  ];
  const none = instances.length === 0 && !fixed.some(({ machine }) => BILLED.includes(machine.state));
  const now = useNow(!none);
  const cost = [...fixed.map(({ machine }) => machine), ...instances.map(({ instance }) => instance)]
    .map((machine) => machine.usd_per_hour ?? 0)
    .reduce((sum, price) => sum + price, 0);
  return (
    <section aria-labelledby="instances-title">
      <h2 id="instances-title">{text("overview.instances")}</h2>
      {none && <p class="quiet">{text("overview.noInstances")}</p>}
      {(instances.length > 0 || fixed.length > 0) && (
        <Table
          label={text("overview.instances")}
          head={[
            text("overview.instance"),
            text("overview.state"),
            text("overview.age"),
            text("overview.price"),
            text("overview.reason"),
            text("overview.expires"),
          ]}
        >
          {fixed.map(({ machine, reason }) => (
            <Row key={machine.id} machine={machine} now={now} console={console} expires="">
              {reason}
            </Row>
          ))}
          {instances.map(({ instance, run, attempt, expires_at }) => (
            <Row key={instance.id} machine={instance} now={now} console={console} expires={expires_at}>
              {text("overview.because", { attempt: attempt + 1 })}{" "}
              {props.linked ? <a href={`#/runs/${encodeURIComponent(run)}`}>{run}</a> : run}
            </Row>
          ))}
        </Table>
      )}
      {cost > 0 && <p class="quiet">{text("overview.cost", { usd: usd(cost) })}</p>}
    </section>
  );
}

function Row(props: { machine: Machine; now: number; console: string | undefined; expires: string; children: ComponentChildren }) {
  const { machine } = props;
  const billed = BILLED.includes(machine.state);
  return (
    <tr>
      <td>
        <AwsLink console={props.console} path={`ec2/home?region=REGION#InstanceDetails:instanceId=${machine.id}`}>
          <code>{machine.id}</code>
        </AwsLink>{" "}
        {machine.type}
        {machine.spot && ` (${text("overview.spot")})`}
      </td>
      <td>{textOf("overview.machine", machine.state)}</td>
      <td class="number">{billed ? duration(machine.launched_at, undefined, props.now) : "-"}</td>
      <td class="number">{machine.usd_per_hour === undefined ? "-" : usd(machine.usd_per_hour)}</td>
      <td>{props.children}</td>
      <td>{props.expires ? time(props.expires) : "-"}</td>
    </tr>
  );
}

function usd(amount: number): string {
  return `$${amount.toFixed(4)}`;
}

function LastRuns(props: { runs: LastRun[]; linked: boolean }) {
  const now = useNow(props.runs.some((run) => !run.ended_at));
  return (
    <section aria-labelledby="last-title">
      <h2 id="last-title">{text("overview.last")}</h2>
      {props.runs.length === 0 && <p class="quiet">{text("run.noneOnPage")}</p>}
      {props.runs.length > 0 && (
        <Table label={text("overview.last")} head={[text("run.name"), text("overview.outcome"), text("run.started"), text("run.duration")]}>
          {props.runs.map((run) => (
            <tr key={run.name}>
              <td>
                {props.linked ? <a href={`#/runs/${encodeURIComponent(run.name)}`}>{run.name}</a> : run.name}
              </td>
              <td>
                <Badge status={run.outcome ?? run.status} />
              </td>
              <td>{time(run.started_at)}</td>
              <td class="number">{duration(run.started_at, run.ended_at, now)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function Alarms(props: { state: State; alarms: Alarm[] }) {
  const { alarms, state } = props;
  return (
    <section aria-labelledby="alarms-title">
      <h2 id="alarms-title">{text("overview.alarms")}</h2>
      {!state.aws_console && <p class="quiet">{text("overview.alarmsLocal")}</p>}
      <details>
        <summary>
          {text("overview.alarmCount", {
            count: number(alarms.length),
            ringing: number(alarms.filter((alarm) => alarm.state === "ALARM").length),
          })}
        </summary>
        <Table label={text("overview.alarms")} head={[text("overview.alarm"), text("overview.state"), text("overview.means")]}>
          {alarms.map((alarm) => (
            <tr key={alarm.full_name}>
              <td>
                <AwsLink
                  console={state.aws_console}
                  path={`cloudwatch/home?region=REGION#alarmsV2:alarm/${encodeURIComponent(alarm.full_name)}`}
                >
                  {alarm.name}
                </AwsLink>
              </td>
              <td>
                {textOf("overview.alarmState", alarm.state)}
                {alarm.since && alarm.state === "ALARM" && ` ${text("overview.since", { time: time(alarm.since) })}`}
              </td>
              <td>{alarm.description}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}
