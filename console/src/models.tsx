import { get } from "./api";
import { Chart, percent } from "./chart";
import { usePoll } from "./poll";
import { number, text, time } from "./texts";
import { Failure, Loading } from "./ui";

interface Model {
  token: string;
  task_name: string;
  accuracy?: number;
  labels: number;
  trained_at?: string;
  train_rows?: number;
  held_out_rows?: number;
}

/** The accuracy of the models that the training server has made, the oldest first. */
export function PastModels(props: { ended: boolean }) {
  // They change only when a training ends, so one answer is enough until then.
  const { data, error, refresh } = usePoll(() => get<{ models: Model[] }>("models"), 5_000, [props.ended], () => true);
  const models = data?.models ?? [];
  const measured = models.filter((model) => model.accuracy !== undefined);
  return (
    <section aria-labelledby="models-title">
      <h2 id="models-title">{text("models.title")}</h2>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      {data && models.length === 0 && <p class="quiet">{text("models.none")}</p>}
      {models.length > 0 && (
        <Chart
          label={text("models.chart")}
          line
          points={measured.map((model, index) => ({
            x: measured.length === 1 ? 0.5 : index / (measured.length - 1),
            y: model.accuracy!,
            name: `${model.task_name || model.token}: ${percent(model.accuracy!)}`,
          }))}
          xAxis={text("models.axis")}
          head={[text("models.model"), text("models.trained"), text("models.accuracy"), text("models.labels"), text("models.rows")]}
          rows={models
            .map((model) => [
              model.task_name ? `${model.task_name} (${model.token})` : model.token,
              model.trained_at ? time(model.trained_at) : "-",
              model.accuracy === undefined ? "-" : percent(model.accuracy),
              number(model.labels),
              `${count(model.train_rows)} / ${count(model.held_out_rows)}`,
            ])
            .reverse()}
        />
      )}
    </section>
  );
}

function count(rows: number | undefined): string {
  return rows === undefined ? "-" : number(rows);
}
