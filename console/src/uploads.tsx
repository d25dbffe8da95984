import { useState } from "preact/hooks";
import { ApiError, get, post, putFile } from "./api";
import { usePoll } from "./poll";
import { signal, useSignal } from "./signal";
import { language, number, text, textOf } from "./texts";
import { Failure, Table, Title, Wrong } from "./ui";

interface Sent {
  id: string;
  filename: string;
}

interface State {
  state: "UPLOADING" | "UPLOADED" | "PROCESSING" | "DONE" | "FAILED";
  progress?: number;
  reason?: string;
  links?: Record<string, string>;
}

/** S3 takes so much in one PUT. */
const MOST_BYTES = 5 * 1024 ** 3;

/** The uploads of this tab, the newest first. The API lists none, and knows each only by its id. */
const sent = signal<Sent[]>([]);

const FIELDS = ["email", "name"] as const;

/** Sends a file to be processed, and shows how far it is and what became of it. */
export function Uploads() {
  const uploads = useSignal(sent);
  const [file, setFile] = useState<File>();
  const [owner, setOwner] = useState({ email: "", name: "" });
  const [wrong, setWrong] = useState<{ field: string; what: string }>();
  const [failed, setFailed] = useState<ApiError>();
  const [progress, setProgress] = useState<number>();

  async function submit(event: Event) {
    event.preventDefault();
    if (progress !== undefined) {
      return;
    }
    setFailed(undefined);
    setWrong(undefined);
    if (!file || file.size === 0 || file.size > MOST_BYTES) {
      setWrong({ field: "file", what: text(!file ? "upload.noFile" : file.size === 0 ? "train.empty" : "upload.tooLarge") });
      return;
    }
    setProgress(0);
    try {
      const announced = await post<{ id: string; url: string; headers: Record<string, string> }>(
        "uploads",
        JSON.stringify({ filename: file.name, contentLength: file.size, language: language.get(), ...owner }),
      );
      await putFile(announced.url, announced.headers, file, setProgress);
      sent.set([{ id: announced.id, filename: file.name }, ...sent.get()]);
      setFile(undefined);
    } catch (e) {
      if (e instanceof ApiError) {
        const mistake = e.problem.errors[0];
        const field = mistake?.parameter === "filename" || mistake?.parameter === "contentLength" ? "file" : mistake?.parameter;
        const known = field !== undefined && ["file", ...FIELDS].includes(field);
        setWrong(known && mistake ? { field, what: mistake.detail } : undefined);
        setFailed(known ? undefined : e);
      }
    } finally {
      setProgress(undefined);
    }
  }

  return (
    <>
      <Title>{text("uploads")}</Title>
      {failed && <Failure error={failed} />}
      <form onSubmit={(event) => void submit(event)}>
        <div
          class="field drop"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            setFile(event.dataTransfer?.files[0]);
          }}
        >
          <label for="file">{text("upload.file")}</label>
          <p class="quiet" id="file-hint">
            {file ? text("upload.chosen", { name: file.name, size: number(Math.ceil(file.size / 100_000) / 10) }) : text("upload.drop")}
          </p>
          <input
            id="file"
            type="file"
            accept=".mp4,.mov,.avi,.mkv,.webm"
            aria-describedby="file-hint file-wrong"
            onChange={(event) => setFile(event.currentTarget.files?.[0])}
          />
          <Wrong field="file" wrong={wrong} />
        </div>
        <div class="grid">
          {FIELDS.map((name) => (
            <div class="field" key={name}>
              <label for={name}>{textOf("upload", name)}</label>
              <input
                id={name}
                required
                autocomplete={name}
                value={owner[name]}
                aria-describedby={`${name}-wrong`}
                aria-invalid={wrong?.field === name}
                onInput={(event) => setOwner({ ...owner, [name]: event.currentTarget.value })}
              />
              <Wrong field={name} wrong={wrong} />
            </div>
          ))}
        </div>
        <div class="buttons">
          <button type="submit" class="primary" aria-disabled={progress !== undefined}>
            {text("upload.send")}
          </button>
        </div>
        {progress !== undefined && <progress max={1} value={progress} aria-label={text("upload.sending")} />}
      </form>
      {uploads.length > 0 && (
        <>
          <h2>{text("upload.mine")}</h2>
          <Table label={text("upload.mine")} head={[text("upload.file"), text("overview.state"), text("upload.results")]}>
            {uploads.map((each) => (
              <Row key={each.id} {...each} />
            ))}
          </Table>
        </>
      )}
    </>
  );
}

function Row(props: Sent) {
  const { data, error } = usePoll(
    () => get<State>(`uploads/${props.id}`),
    2_000,
    [props.id],
    // The workbook is made after the results.
    (upload) => upload.state === "FAILED" || (upload.state === "DONE" && (!upload.links || "workbook" in upload.links)),
  );
  return (
    <tr>
      <td>{props.filename}</td>
      <td>
        {error && <Failure error={error} />}
        {data && textOf("upload.state", data.state)}
        {data?.state === "PROCESSING" && data.progress !== undefined && ` ${number(data.progress)} %`}
        {data?.reason && `: ${data.reason}`}
      </td>
      <td>
        {Object.entries(data?.links ?? {}).map(([name, url]) => (
          <a class="button" href={url} key={name} rel="noreferrer" target="_blank">
            {textOf("upload.link", name)}
          </a>
        ))}
      </td>
    </tr>
  );
}
