import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, get, post, type Mistake } from "./api";
import { Difference } from "./diff";
import { idOf } from "./fields";
import { DocumentForm } from "./form";
import { changed, isMap, lineOf, locate, mergePatch, parts, pretty, type JsonMap, type Place } from "./json";
import { usePoll } from "./poll";
import { placeOf } from "./rules";
import { text } from "./texts";
import { Failure, Loading, Title } from "./ui";

/** What the user has to correct, with its place where that is known. */
interface Correction {
  what: string;
  where: string;
  path?: string[];
  place?: Place;
}

/** The pause after which a corrected document is checked again, in milliseconds. */
const PAUSE = 800;

type Starting = (json: string, document: JsonMap, headers: Record<string, string>) => Promise<{ name: string }>;

/** The document in a text, or what is wrong with the text. */
function read(json: string): { document?: JsonMap; wrong?: Correction } {
  if (json.trim() === "") {
    return { wrong: { what: text("submit.empty"), where: "" } };
  }
  try {
    const document: unknown = JSON.parse(json);
    return isMap(document) ? { document } : { wrong: { what: text("submit.notObject"), where: "" } };
  } catch (e) {
    const offset = Number(/position (\d+)/.exec(String(e))?.[1] ?? Number.NaN);
    return {
      wrong: {
        what: text("submit.notJson", { reason: e instanceof Error ? e.message : String(e) }),
        where: "",
        ...(Number.isNaN(offset) ? {} : { place: { start: offset, end: offset + 1, line: lineOf(json, offset), exact: true } }),
      },
    };
  }
}

/**
 * An execution document as a form and as a text, which are two views of one text. What is wrong stands beside the field, or with
 * its line.
 */
function DocumentEditor(props: { initial: string; start: Starting; before?: string }) {
  const [json, setJson] = useState(props.initial);
  const [view, setView] = useState<"form" | "text">("form");
  const [corrections, setCorrections] = useState<Correction[]>([]);
  const [failed, setFailed] = useState<ApiError>();
  const [busy, setBusy] = useState<"" | "checking" | "starting">("");
  const [valid, setValid] = useState(false);
  // The same document has the same key, so that a repeated click or a lost answer starts no second run.
  const key = useRef({ of: "", value: "" });
  const area = useRef<HTMLTextAreaElement>(null);
  const { document, wrong } = useMemo(() => read(json), [json]);

  function edited(next: string) {
    setJson(next);
    setValid(false);
  }

  function told(e: unknown) {
    if (!(e instanceof ApiError)) {
      throw e;
    }
    const mistakes = e.problem.errors;
    setCorrections(mistakes.map((mistake) => correction(mistake, json)));
    setFailed(mistakes.length > 0 ? undefined : e);
  }

  /** Whether the text is a document; otherwise it is told what is wrong with it. */
  function readable(): JsonMap | undefined {
    setFailed(undefined);
    setCorrections(wrong ? [wrong] : []);
    return document;
  }

  async function check() {
    if (busy || !readable()) {
      return;
    }
    setBusy("checking");
    try {
      await post("runs?check=true", json);
      setValid(true);
    } catch (e) {
      told(e);
    } finally {
      setBusy("");
    }
  }

  async function submit(event: Event) {
    event.preventDefault();
    const ready = busy ? undefined : readable();
    if (!ready) {
      return;
    }
    if (key.current.of !== json) {
      key.current = { of: json, value: newKey() };
    }
    setValid(false);
    setBusy("starting");
    try {
      const run = await props.start(json, ready, { "idempotency-key": key.current.value });
      location.hash = `#/runs/${encodeURIComponent(run.name)}`;
    } catch (e) {
      told(e);
    } finally {
      setBusy("");
    }
  }

  // What has been corrected is gone a moment later; what is new is told when the user asks.
  useEffect(() => {
    if (corrections.length === 0 || !document || busy) {
      return;
    }
    let stopped = false;
    const timer = setTimeout(() => {
      post("runs?check=true", json).then(
        () => !stopped && setCorrections([]),
        (e) => {
          if (!stopped && e instanceof ApiError && e.problem.errors.length > 0) {
            setCorrections(e.problem.errors.map((mistake) => correction(mistake, json)));
          }
        },
      );
    }, PAUSE);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [json]);

  function jump(place: Place) {
    area.current?.focus();
    area.current?.setSelectionRange(place.start, place.end);
  }

  async function open(file: File | undefined) {
    if (file) {
      edited(await file.text());
      setCorrections([]);
    }
  }

  const mistakes = corrections.flatMap(({ what, path }) => (path ? [{ what, path }] : []));
  return (
    <form onSubmit={(event) => void submit(event)} onKeyDown={notByEnter} class="submit" novalidate>
      <div class="bar">
        <span class="buttons" role="group" aria-label={text("submit.view")}>
          <button type="button" aria-pressed={view === "form"} onClick={() => (wrong ? setCorrections([wrong]) : setView("form"))}>
            {text("submit.form")}
          </button>
          <button type="button" aria-pressed={view === "text"} onClick={() => setView("text")}>
            {text("submit.text")}
          </button>
        </span>
        <label class="button file">
          {text("submit.file")}
          <input type="file" accept=".json,application/json" onChange={(event) => void open(event.currentTarget.files?.[0])} />
        </label>
      </div>
      {view === "form" && document ? (
        <DocumentForm
          editing={{
            document,
            mistakes,
            set: (path, value) => edited(pretty(changed(document, path, value))),
          }}
        />
      ) : (
        <div class="field">
          <label for="document">{text("submit.document")}</label>
          <p class="quiet" id="document-hint">
            {text("submit.hint")}
          </p>
          <textarea
            id="document"
            ref={area}
            rows={18}
            spellcheck={false}
            autocomplete="off"
            value={json}
            onInput={(event) => edited(event.currentTarget.value)}
            aria-describedby="document-hint mistakes"
            aria-invalid={corrections.length > 0}
          />
        </div>
      )}
      {props.before !== undefined && document && (
        <section aria-labelledby="changes-title">
          <h2 id="changes-title">{text("rerun.changes")}</h2>
          <Difference before={props.before} after={pretty(document)} label={text("rerun.changes")} />
        </section>
      )}
      {failed && <Failure error={failed} />}
      <div id="mistakes" role="alert">
        {corrections.length > 0 && (
          <div class="note bad">
            <p>{text("submit.mistakes")}</p>
            <ul>
              {corrections.map((each) => (
                <li key={each.where + each.what}>
                  <Where correction={each} inForm={view === "form" && document !== undefined} jump={jump} /> {each.what}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <div role="status">{valid && <p class="note good">{text("submit.valid")}</p>}</div>
      <div class="buttons">
        <button type="submit" class="primary" aria-disabled={busy !== ""}>
          {text(busy === "starting" ? "submit.starting" : "submit.start")}
        </button>
        <button type="button" aria-disabled={busy !== ""} onClick={() => void check()}>
          {text("submit.check")}
        </button>
      </div>
    </form>
  );
}

/** A run costs money: Enter in one of many fields doesn't start it. */
function notByEnter(event: KeyboardEvent) {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
    event.preventDefault();
  }
}

/** Leads to the field in the form, or to the place in the text. */
function Where(props: { correction: Correction; inForm: boolean; jump: (place: Place) => void }) {
  const { place, path, where } = props.correction;
  if (props.inForm) {
    const to = path && idOf(placeOf(path));
    return to && path.length > 0 ? (
      <button type="button" class="link" onClick={() => document.getElementById(to)?.focus()}>
        <code>{where}</code>
      </button>
    ) : (
      <code>{where}</code>
    );
  }
  return (
    <>
      {place && (
        <button type="button" class="link" onClick={() => props.jump(place)}>
          {text("submit.line", { line: place.line })}
        </button>
      )}{" "}
      {where && <code>{where}</code>}
    </>
  );
}

function correction(mistake: Mistake, json: string): Correction {
  const { pointer, parameter, detail } = mistake;
  return {
    what: detail,
    where: pointer ?? parameter ?? "",
    ...(pointer === undefined ? {} : { path: parts(pointer), place: locate(json, pointer) }),
  };
}

/** Becomes the end of the run's name. */
function newKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, "0");
  return `run-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}-${random}`;
}

const EXAMPLE = {
  commands: ["echo hello"],
  instance_parameters: { ImageId: "", InstanceType: "t4g.small", IamInstanceProfile: { Name: "" } },
  run_options: { timeout_s: 600, ii_terminate_instance: true },
};

export function NewRun() {
  return (
    <>
      <a href="#/runs">← {text("back")}</a>
      <Title>{text("submit.title")}</Title>
      <DocumentEditor initial={pretty(EXAMPLE)} start={(json, _, headers) => post("runs", json, headers)} />
    </>
  );
}

/** The document of an earlier run, to be changed and started again. */
export function Rerun(props: { name: string }) {
  const path = `runs/${encodeURIComponent(props.name)}`;
  const { data, error, refresh } = usePoll(() => get<JsonMap>(`${path}/document`), 5_000, [props.name], () => true);

  /** As what differs from the earlier document; as a whole where that can't be said with a merge patch. */
  const start: Starting = (json, document, headers) => {
    const overrides = mergePatch(data!, document);
    return overrides ? post(`${path}/rerun`, JSON.stringify({ overrides }), headers) : post("runs", json, headers);
  };

  return (
    <>
      <a href={`#/runs/${encodeURIComponent(props.name)}`}>← {props.name}</a>
      <Title>{text("rerun.title", { name: props.name })}</Title>
      <p class="quiet">{text("rerun.hint")}</p>
      {error?.problem.status === 404 ? (
        <p class="note bad" role="alert">
          {text("run.notFound")}
        </p>
      ) : (
        error && <Failure error={error} retry={refresh} />
      )}
      {!data && !error && <Loading />}
      {data && <DocumentEditor initial={pretty(data)} before={pretty(data)} start={start} />}
    </>
  );
}
