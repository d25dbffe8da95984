import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, post } from "./api";
import { hasColumns, preview, type Preview } from "./csv";
import { PastModels } from "./models";
import { useTrainingStatus } from "./overview";
import { number, text, type Key } from "./texts";
import { Failure, Loading, Table, Title, Wrong } from "./ui";

/** Lambda takes 6 MB; a file grows by a third in base64, and again by the quotes of the event around it. */
const MOST_BYTES = 3_000_000;

interface Chosen {
  name: string;
  bytes: Uint8Array;
  preview: Preview;
}

const FIELDS: { name: string; label: Key; type: "text" | "number"; initial: string; step?: string; pattern?: string }[] = [
  { name: "taskName", label: "train.taskName", type: "text", initial: "", pattern: "[A-Za-z0-9 \\-]+" },
  { name: "modelType", label: "train.modelType", type: "text", initial: "default" },
  { name: "optimizer", label: "train.optimizer", type: "text", initial: "adam" },
  { name: "epochs", label: "train.epochs", type: "number", initial: "5", step: "1" },
  { name: "learningRate", label: "train.learningRate", type: "number", initial: "0.01", step: "any" },
  { name: "batchSize", label: "train.batchSize", type: "number", initial: "32", step: "1" },
];

/** Sends a CSV to the training server, and says when it sleeps again. */
export function Train() {
  const [token, setToken] = useState("");
  const [queued, setQueued] = useState(false);
  const { data, error, refresh } = useTrainingStatus(token);
  const [chosen, setChosen] = useState<Chosen>();
  const [settings, setSettings] = useState<Record<string, string>>(() =>
    Object.fromEntries(FIELDS.map((field) => [field.name, field.initial])),
  );
  const [wrong, setWrong] = useState<{ field: string; what: string }>();
  const [failed, setFailed] = useState<ApiError>();
  const [sending, setSending] = useState(false);
  const wasActive = useRef(false);
  const [ended, setEnded] = useState(false);

  useEffect(() => {
    if (data?.run === "ended" && data.status === "active") {
      setEnded(true); // and the next one of the queue has begun
    } else if (data?.status === "active") {
      wasActive.current = true;
    } else if (data && wasActive.current) {
      wasActive.current = false;
      setEnded(true);
    }
  }, [data]);

  async function choose(file: File | undefined) {
    setChosen(undefined);
    setWrong(undefined);
    if (!file) {
      return;
    }
    const refused = (what: string) => setWrong({ field: "dataset", what });
    if (file.size === 0) {
      refused(text("train.empty"));
    } else if (file.size > MOST_BYTES) {
      refused(text("train.tooLarge", { size: number(Math.ceil(file.size / 100_000) / 10) }));
    } else {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const rows = preview(new TextDecoder().decode(bytes));
      setChosen({ name: file.name, bytes, preview: rows });
      if (!hasColumns(rows.columns)) {
        refused(text("train.noColumns", { columns: rows.columns.join(", ").slice(0, 200) }));
      } else if (settings["taskName"] === "") {
        const name = file.name.replace(/\.\w+$/, "").replace(/[^A-Za-z0-9 -]+/g, " ").trim();
        setSettings({ ...settings, taskName: name });
      }
    }
  }

  async function submit(event: Event) {
    event.preventDefault();
    if (sending) {
      return;
    }
    setFailed(undefined);
    if (!chosen) {
      setWrong((before) => before ?? { field: "dataset", what: text("train.noFile") });
      return;
    }
    if (!hasColumns(chosen.preview.columns)) {
      return;
    }
    setWrong(undefined);
    setSending(true);
    try {
      const request = { taskType: "textClassification", dataSplit: "80 : 20", ...settings, dataset: base64(chosen.bytes) };
      const answer = await post<{ token: string; queued?: boolean }>("train", JSON.stringify(request));
      setToken(answer.token);
      setQueued(answer.queued === true);
      setEnded(false);
    } catch (e) {
      if (e instanceof ApiError) {
        const mistake = e.problem.errors[0];
        const known = FIELDS.some((field) => field.name === mistake?.parameter) || mistake?.parameter === "dataset";
        setWrong(known && mistake ? { field: mistake.parameter!, what: mistake.detail } : undefined);
        setFailed(known ? undefined : e);
      }
    } finally {
      setSending(false);
      refresh();
    }
  }

  const hasPlace = data?.queue !== undefined && data.queue.waiting < data.queue.places;

  return (
    <>
      <Title>{text("train.title")}</Title>
      {error && <Failure error={error} retry={refresh} />}
      {!data && !error && <Loading />}
      <div role="status">
        {token && <p class="note good">{text((data ? data.place : queued) ? "train.accepted" : "train.started", { token })}</p>}
        {data?.place && <p class="note">{text("train.place", { place: number(data.place) })}</p>}
        {data?.status === "active" && (
          <p class="note live">
            {text(hasPlace ? "train.busyWithPlace" : "train.busy")}
            {data.queue && data.queue.waiting > 0 && ` ${text("train.queue", { waiting: number(data.queue.waiting) })}`}
          </p>
        )}
        {ended && <p class="note good">{text(data?.status === "active" ? "train.endedNext" : "train.ended")}</p>}
      </div>
      {failed && <Failure error={failed} />}
      {(data?.status === "sleeping" || hasPlace) && (
        <form onSubmit={(event) => void submit(event)}>
          <div
            class="field drop"
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              void choose(event.dataTransfer?.files[0]);
            }}
          >
            <label for="dataset">{text("train.file")}</label>
            <p class="quiet" id="dataset-hint">
              {text("train.drop")}
            </p>
            <input
              id="dataset"
              type="file"
              accept=".csv,.tsv,text/csv"
              aria-describedby="dataset-hint dataset-wrong"
              onChange={(event) => void choose(event.currentTarget.files?.[0])}
            />
            <Wrong field="dataset" wrong={wrong} />
          </div>
          {chosen && <FirstRows chosen={chosen} />}
          <div class="grid">
            {FIELDS.map((field) => (
              <div class="field" key={field.name}>
                <label for={field.name}>{text(field.label)}</label>
                <input
                  id={field.name}
                  type={field.type as "number"}
                  required
                  {...(field.step ? { step: field.step } : {})}
                  {...(field.pattern ? { pattern: field.pattern, title: text("train.taskNameHint") } : {})}
                  value={settings[field.name] ?? ""}
                  aria-describedby={`${field.name}-wrong`}
                  aria-invalid={wrong?.field === field.name}
                  onInput={(event) => setSettings({ ...settings, [field.name]: event.currentTarget.value })}
                />
                <Wrong field={field.name} wrong={wrong} />
              </div>
            ))}
          </div>
          <div class="buttons">
            <button type="submit" class="primary" aria-disabled={sending}>
              {text("train.start")}
            </button>
          </div>
        </form>
      )}
      <PastModels ended={ended} />
    </>
  );
}

function FirstRows(props: { chosen: Chosen }) {
  const { name, preview: rows } = props.chosen;
  return (
    <>
      <Table label={text("train.preview", { name })} head={rows.columns.map((column) => column || "-")}>
        {rows.rows.map((row, index) => (
          <tr key={index}>
            {row.map((value, column) => (
              <td key={column}>{value.slice(0, 120)}</td>
            ))}
          </tr>
        ))}
      </Table>
      <p class="quiet">
        {text("train.preview", { name })}: {text("train.rows", { rows: number(rows.lines) })}
      </p>
    </>
  );
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
