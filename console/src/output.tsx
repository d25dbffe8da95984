import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { number, text } from "./texts";

export interface OutputLine {
  time: string;
  stream: "stdout" | "stderr";
  text: string;
}

/** The height of a line in style.css, in pixels. */
const LINE = 20;
/** Lines above and below the visible ones, so that fast scrolling shows no gaps. */
const MARGIN = 40;
/** A browser draws no element that is much higher. */
const MOST_LINES_HIGH = 500_000;

/**
 * What the commands wrote. Only the visible lines are in the page, so that 100,000 lines stay usable. It follows the end
 * until the user scrolls up.
 */
export function Output(props: { lines: OutputLine[]; ended: boolean; name: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [following, setFollowing] = useState(true);
  const shown = props.lines.slice(-MOST_LINES_HIGH);
  const height = box.current?.clientHeight ?? 400;
  const first = Math.max(0, Math.floor(top / LINE) - MARGIN);
  const visible = shown.slice(first, Math.ceil((top + height) / LINE) + MARGIN);

  useLayoutEffect(() => {
    if (following && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [shown.length, following]);

  function scrolled(element: HTMLDivElement) {
    setTop(element.scrollTop);
    setFollowing(element.scrollTop + element.clientHeight >= element.scrollHeight - LINE);
  }

  return (
    <section aria-labelledby="output-title">
      <div class="bar">
        <h2 id="output-title">{text("run.output")}</h2>
        {props.lines.length > 0 && (
          <span class="buttons">
            <span class="quiet">{text("run.outputOf", { count: number(props.lines.length) })}</span>
            {!following && (
              <button type="button" onClick={() => setFollowing(true)}>
                {text("run.outputEnd")}
              </button>
            )}
            <SaveButton {...props} />
          </span>
        )}
      </div>
      {props.lines.length === 0 ? (
        <p class="quiet">{text(props.ended ? "run.outputEmpty" : "run.outputNone")}</p>
      ) : (
        <div
          class="output"
          ref={box}
          role="group"
          aria-labelledby="output-title"
          tabIndex={0}
          onScroll={(event) => scrolled(event.currentTarget)}
        >
          <div class="lines" style={{ height: `${shown.length * LINE}px` }}>
            <pre style={{ transform: `translateY(${first * LINE}px)` }}>
              {visible.map((line, index) => (
                <span class={`line ${line.stream}`} key={first + index} title={line.time}>
                  {line.text + "\n"}
                </span>
              ))}
            </pre>
          </div>
        </div>
      )}
    </section>
  );
}

function SaveButton(props: { lines: OutputLine[]; name: string }) {
  const [url, setUrl] = useState("");
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (url) {
      link.current?.click();
      return () => URL.revokeObjectURL(url);
    }
    return undefined;
  }, [url]);
  return (
    <>
      <button
        type="button"
        onClick={() => setUrl(URL.createObjectURL(new Blob(props.lines.map((line) => line.text + "\n"))))}
      >
        {text("run.outputSave")}
      </button>
      {url && <a ref={link} href={url} download={`${props.name}.log`} hidden />}
    </>
  );
}
