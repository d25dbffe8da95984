import { useRef, useState } from "preact/hooks";
import { ApiError, post, type Mistake } from "./api";
import { lineOf, locate, type Place } from "./json";
import { text } from "./texts";
import { Failure, Title } from "./ui";

/** What the user has to correct, with its place in the text where that is known. */
interface Correction {
  what: string;
  where: string;
  place?: Place;
}

/** A JSON text that is sent to the API, with its mistakes beside it. */
function JsonForm(props: { label: string; hint: string; initial: string; path: string; wrap: (json: string) => string }) {
  const [json, setJson] = useState(props.initial);
  const [corrections, setCorrections] = useState<Correction[]>([]);
  const [failed, setFailed] = useState<ApiError>();
  const [sending, setSending] = useState(false);
  // The same document has the same key, so that a repeated click or a lost answer starts no second run.
  const key = useRef({ of: "", value: "" });
  const area = useRef<HTMLTextAreaElement>(null);
  const overrides = props.path !== "runs";

  function check(): Correction[] {
    if (json.trim() === "") {
      return [{ what: text("submit.empty"), where: "" }];
    }
    try {
      const document: unknown = JSON.parse(json);
      return typeof document === "object" && document !== null && !Array.isArray(document)
        ? []
        : [{ what: text("submit.notObject"), where: "" }];
    } catch (e) {
      const offset = Number(/position (\d+)/.exec(String(e))?.[1] ?? Number.NaN);
      return [
        {
          what: text("submit.notJson", { reason: e instanceof Error ? e.message : String(e) }),
          where: "",
          ...(Number.isNaN(offset) ? {} : { place: { start: offset, end: offset + 1, line: lineOf(json, offset), exact: true } }),
        },
      ];
    }
  }

  async function submit(event: Event) {
    event.preventDefault();
    setFailed(undefined);
    const wrong = check();
    setCorrections(wrong);
    if (wrong.length > 0 || sending) {
      return;
    }
    if (key.current.of !== json) {
      key.current = { of: json, value: newKey() };
    }
    setSending(true);
    try {
      const run = await post<{ name: string }>(props.path, props.wrap(json), { "idempotency-key": key.current.value });
      location.hash = `#/runs/${encodeURIComponent(run.name)}`;
    } catch (e) {
      if (e instanceof ApiError) {
        const mistakes = e.problem.errors;
        setCorrections(mistakes.map((mistake) => correction(mistake, json, overrides)));
        setFailed(mistakes.length > 0 ? undefined : e);
      }
    } finally {
      setSending(false);
    }
  }

  function jump(place: Place) {
    area.current?.focus();
    area.current?.setSelectionRange(place.start, place.end);
  }

  async function open(file: File | undefined) {
    if (file) {
      setJson(await file.text());
      setCorrections([]);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} class="submit">
      {failed && <Failure error={failed} />}
      <div class="field">
        <label for="document">{props.label}</label>
        <p class="quiet" id="document-hint">
          {props.hint}
        </p>
        <textarea
          id="document"
          ref={area}
          rows={18}
          spellcheck={false}
          autocomplete="off"
          value={json}
          onInput={(event) => setJson(event.currentTarget.value)}
          aria-describedby="document-hint mistakes"
          aria-invalid={corrections.length > 0}
        />
      </div>
      <div id="mistakes" role="alert">
        {corrections.length > 0 && (
          <div class="note bad">
            <p>{text("submit.mistakes")}</p>
            <ul>
              {corrections.map((each) => (
                <li key={each.where + each.what}>
                  {each.place && (
                    <button type="button" class="link" onClick={() => jump(each.place!)}>
                      {text("submit.line", { line: each.place.line })}
                    </button>
                  )}{" "}
                  {each.where && <code>{each.where}</code>} {each.what}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" aria-disabled={sending}>
          {text(sending ? "submit.starting" : "submit.start")}
        </button>
        {!overrides && (
          <label class="button file">
            {text("submit.file")}
            <input
              type="file"
              accept=".json,application/json"
              onChange={(event) => void open(event.currentTarget.files?.[0])}
            />
          </label>
        )}
      </div>
    </form>
  );
}

/** Of overrides, the pointer leads into the whole document, of which only a part is in the text. */
function correction(mistake: Mistake, json: string, overrides: boolean): Correction {
  const where = mistake.pointer ?? mistake.parameter ?? "";
  const place = mistake.pointer === undefined ? undefined : locate(json, mistake.pointer);
  return { what: mistake.detail, where, ...(place && (place.exact || !overrides) ? { place } : {}) };
}

/** Becomes the end of the run's name. */
function newKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, "0");
  return `run-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}-${random}`;
}

const EXAMPLE = `{
  "commands": ["echo hello"],
  "instance_parameters": {
    "ImageId": "",
    "InstanceType": "t4g.small",
    "IamInstanceProfile": { "Name": "" }
  },
  "run_options": { "timeout_s": 600, "ii_terminate_instance": true }
}
`;

export function NewRun() {
  return (
    <>
      <a href="#/runs">← {text("back")}</a>
      <Title>{text("submit.title")}</Title>
      <JsonForm
        label={text("submit.document")}
        hint={text("submit.hint")}
        initial={EXAMPLE}
        path="runs"
        wrap={(json) => json}
      />
    </>
  );
}

export function Rerun(props: { name: string }) {
  return (
    <>
      <a href={`#/runs/${encodeURIComponent(props.name)}`}>← {props.name}</a>
      <Title>{text("rerun.title", { name: props.name })}</Title>
      <JsonForm
        label={text("rerun.overrides")}
        hint={text("rerun.hint")}
        initial={"{}\n"}
        path={`runs/${encodeURIComponent(props.name)}/rerun`}
        wrap={(json) => `{"overrides":${json}}`}
      />
    </>
  );
}
