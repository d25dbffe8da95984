import { get } from "./api";
import { usePoll } from "./poll";
import { RunTable, type RunSummary } from "./runs";
import { mayRead, type Session, type Settings } from "./session";
import { text, time } from "./texts";
import { Failure, Loading, Table, Title } from "./ui";

interface Instance {
  instanceId: string;
  state: string;
  run: string;
  attempt: number;
  expiresAt: string;
}

/** What runs at this moment, and how the last runs ended. */
export function Overview(props: { settings: Settings; user: Session }) {
  const runs = props.settings.runs && mayRead(props.user);
  return (
    <>
      <Title>{text("overview")}</Title>
      {props.settings.training && (props.user.token !== "" || !props.settings.requireAuth) && <TrainingServer />}
      {runs && <Instances />}
      {runs && <LastRuns />}
    </>
  );
}

export function useTrainingStatus() {
  return usePoll(() => get<{ status: string }>("status"), 5_000, []);
}

function TrainingServer() {
  const { data, error, refresh } = useTrainingStatus();
  return (
    <section aria-labelledby="training-title">
      <h2 id="training-title">{text("overview.training")}</h2>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && (
        <p class={`note ${data.status === "active" ? "live" : ""}`}>
          {text(data.status === "active" ? "overview.active" : "overview.sleeping")}
        </p>
      )}
    </section>
  );
}

function Instances() {
  const { data, error, refresh } = usePoll(() => get<{ instances: Instance[] }>("instances"), 5_000, []);
  return (
    <section aria-labelledby="instances-title">
      <h2 id="instances-title">{text("overview.instances")}</h2>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && data.instances.length === 0 && <p class="quiet">{text("overview.noInstances")}</p>}
      {data && data.instances.length > 0 && (
        <Table
          label={text("overview.instances")}
          head={[
            text("overview.instance"),
            text("overview.state"),
            text("overview.reason"),
            text("overview.expires"),
          ]}
        >
          {data.instances.map((instance) => (
            <tr key={instance.instanceId}>
              <td>
                <code>{instance.instanceId}</code>
              </td>
              <td>{instance.state}</td>
              <td>
                {text("overview.because", { attempt: instance.attempt + 1 })}{" "}
                <a href={`#/runs/${encodeURIComponent(instance.run)}`}>{instance.run}</a>
              </td>
              <td>{time(instance.expiresAt)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function LastRuns() {
  const { data, error, refresh } = usePoll(() => get<{ runs: RunSummary[] }>("runs?limit=10"), 5_000, []);
  return (
    <section aria-labelledby="last-title">
      <h2 id="last-title">{text("overview.last")}</h2>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && data.runs.length === 0 && <p class="quiet">{text("run.noneOnPage")}</p>}
      {data && data.runs.length > 0 && <RunTable runs={data.runs} label={text("overview.last")} />}
    </section>
  );
}
