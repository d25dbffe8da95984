import { useState } from "preact/hooks";
import { ApiError, get, post } from "./api";
import { Chart, percent as shareOf } from "./chart";
import { usePoll } from "./poll";
import { mayTrain, type Session } from "./session";
import { number, read, text, textOf, write } from "./texts";
import { Failure, Loading, Table, Title } from "./ui";

interface Alternative {
  question_id: string;
  answer_id: string;
  answer_text: string;
  confidence: number;
}

interface Answer {
  answer_text: string;
  answer_type: "EXACT" | "PARAPHRASE" | "CLASSIFIER" | "OFF_TOPIC";
  confidence: number;
  alternatives?: Alternative[];
}

interface Training {
  id: string;
  status: "QUEUED" | "IN_PROGRESS" | "SUCCESS" | "FAILURE";
  progress: number;
  message: string;
  report?: Record<string, string>;
}

const MENTOR = "wakebox.mentor";

/** Asks a mentor's classifier, and trains it for those who may. */
export function Questions(props: { user: Session }) {
  const [mentor, setMentor] = useState(() => read(MENTOR) ?? "");
  const [wrong, setWrong] = useState("");

  /** The mentor's id, or nothing when it can't be one. */
  function checked(): string {
    const id = mentor.trim();
    const good = /^[A-Za-z0-9_-]{1,64}$/.test(id);
    setWrong(good ? "" : text("ask.mentorWrong"));
    if (good) {
      write(MENTOR, id);
    }
    return good ? id : "";
  }

  return (
    <>
      <Title>{text("questions")}</Title>
      <div class="field">
        <label for="mentor">{text("ask.mentor")}</label>
        <input
          id="mentor"
          autocomplete="off"
          spellcheck={false}
          value={mentor}
          onInput={(event) => setMentor(event.currentTarget.value)}
          aria-describedby="mentor-wrong"
          aria-invalid={wrong !== ""}
        />
        <p id="mentor-wrong" class="wrong" role="alert">
          {wrong}
        </p>
      </div>
      <Ask mentor={checked} />
      {mayTrain(props.user, mentor.trim()) && <TrainMentor mentor={checked} key={mentor.trim()} />}
    </>
  );
}

function Ask(props: { mentor: () => string }) {
  const [query, setQuery] = useState("");
  const [answer, setAnswer] = useState<Answer>();
  const [failed, setFailed] = useState<ApiError>();
  const [asking, setAsking] = useState(false);

  async function ask(event: Event) {
    event.preventDefault();
    const mentor = props.mentor();
    if (!mentor || asking) {
      return;
    }
    setAsking(true);
    setFailed(undefined);
    setAnswer(undefined);
    try {
      setAnswer(await get<Answer>(`classifier/questions?${new URLSearchParams({ mentor, query, alternatives: "3" })}`));
    } catch (e) {
      if (e instanceof ApiError) {
        setFailed(e);
      }
    } finally {
      setAsking(false);
    }
  }

  return (
    <section aria-labelledby="ask-title">
      <h2 id="ask-title">{text("ask.title")}</h2>
      <form onSubmit={(event) => void ask(event)}>
        <div class="field">
          <label for="query">{text("ask.question")}</label>
          <input id="query" required maxLength={2000} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </div>
        <div class="buttons">
          <button type="submit" class="primary" aria-disabled={asking}>
            {text("ask.ask")}
          </button>
        </div>
      </form>
      {failed && <Failure error={failed} />}
      <div role="status">
        {asking && <Loading />}
        {answer && (
          <div class={`note ${answer.answer_type === "OFF_TOPIC" ? "bad" : "good"}`}>
            <p>
              <strong>{textOf("ask.type", answer.answer_type)}</strong>, {text("ask.confidence", { percent: percent(answer.confidence) })}
            </p>
            <p>{answer.answer_text}</p>
          </div>
        )}
      </div>
      {answer?.alternatives && answer.alternatives.length > 0 && (
        <>
          <h3>{text("ask.alternatives")}</h3>
          <ol>
            {answer.alternatives.map((each) => (
              <li key={each.answer_id}>
                {percent(each.confidence)} % - {each.answer_text}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function percent(share: number): string {
  return number(Math.round(share * 1000) / 10);
}

function TrainMentor(props: { mentor: () => string }) {
  const [training, setTraining] = useState("");
  const [failed, setFailed] = useState<ApiError>();

  async function train() {
    const mentor = props.mentor();
    if (!mentor) {
      return;
    }
    setFailed(undefined);
    try {
      setTraining((await post<{ data: { id: string } }>("classifier/train", JSON.stringify({ mentor }))).data.id);
    } catch (e) {
      if (e instanceof ApiError) {
        setFailed(e);
      }
    }
  }

  return (
    <section aria-labelledby="teach-title">
      <h2 id="teach-title">{text("teach.title")}</h2>
      <p class="quiet">{text("teach.hint")}</p>
      <div class="buttons">
        <button type="button" onClick={() => void train()}>
          {text("teach.start")}
        </button>
      </div>
      {failed && <Failure error={failed} />}
      {training && <Progress id={training} key={training} />}
    </section>
  );
}

const MEASURES = [
  "answers",
  "examples",
  "heldOut",
  "accuracy",
  "calibrationError",
  "temperature",
  "offTopicThreshold",
  "ambiguousQuestions",
  "warnings",
];

/** The held-out questions whose confidence is in the same range. */
interface Bin {
  confidence: number;
  accuracy: number;
  questions: number;
}

interface Confusion {
  answer: string;
  text: string;
  given: string;
  givenText: string;
  times: number;
}

/** A list in the report, which has texts only. */
function list<T>(json: string | undefined): T[] {
  try {
    const parsed: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function Calibration(props: { bins: Bin[] }) {
  const most = Math.max(...props.bins.map((bin) => bin.questions));
  return (
    <>
      <h3>{text("teach.calibration")}</h3>
      <Chart
        label={text("teach.calibration")}
        diagonal
        points={props.bins.map((bin) => ({
          x: bin.confidence,
          y: bin.accuracy,
          name: `${shareOf(bin.confidence)}, ${shareOf(bin.accuracy)}, ${number(bin.questions)}`,
          size: 3 + 6 * Math.sqrt(bin.questions / most),
        }))}
        xAxis={text("teach.confidence")}
        head={[text("teach.confidence"), text("models.accuracy"), text("teach.questions")]}
        rows={props.bins.map((bin) => [shareOf(bin.confidence), shareOf(bin.accuracy), number(bin.questions)])}
      />
    </>
  );
}

function Confusions(props: { pairs: Confusion[] }) {
  return (
    <>
      <h3>{text("teach.confusions")}</h3>
      <p class="quiet">{text("teach.confusionsHint")}</p>
      <Table label={text("teach.confusions")} head={[text("teach.right"), text("teach.given"), text("teach.times")]}>
        {props.pairs.map((pair) => (
          <tr key={`${pair.answer} ${pair.given}`}>
            <td>{pair.text || pair.answer}</td>
            <td>{pair.givenText || pair.given}</td>
            <td class="number">{number(pair.times)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function Progress(props: { id: string }) {
  const { data, error, refresh } = usePoll(
    () => get<{ data: Training }>(`classifier/train/status/${encodeURIComponent(props.id)}`),
    2_000,
    [props.id],
    (answer) => answer.data.status === "SUCCESS" || answer.data.status === "FAILURE",
  );
  const job = data?.data;
  const confusions = list<Confusion>(job?.report?.["confusions"]);
  const bins = list<Bin>(job?.report?.["calibration"]);
  return (
    <>
      {error && <Failure error={error} retry={refresh} />}
      {!job && !error && <Loading />}
      {job && (
        <>
          <progress max={100} value={job.status === "SUCCESS" ? 100 : job.progress} aria-labelledby="teach-title" />
          <p class={`note ${job.status === "SUCCESS" ? "good" : job.status === "FAILURE" ? "bad" : "live"}`} role="status">
            <strong>{textOf("teach.status", job.status)}</strong> {job.message}
          </p>
          {job.report && (
            <dl>
              {MEASURES.filter((name) => job.report?.[name]).map((name) => (
                <div key={name}>
                  <dt>{textOf("teach.report", name)}</dt>
                  <dd class="lines">{job.report?.[name]}</dd>
                </div>
              ))}
            </dl>
          )}
          {bins.length > 0 && <Calibration bins={bins} />}
          {confusions.length > 0 && <Confusions pairs={confusions} />}
        </>
      )}
    </>
  );
}
