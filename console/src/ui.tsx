import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "./api";
import { signOut } from "./session";
import { text, textOf } from "./texts";

/** The title of a view. It gets the focus, so that a screen reader says where the user is after a click on a link. */
export function Title(props: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${heading.current?.textContent ?? ""} - Wakebox`;
    heading.current?.focus();
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {props.children}
    </h1>
  );
}

/** While it is there, style.css hides what is below it, so that nothing moves when it is replaced. */
export function Loading() {
  return (
    <p class="quiet loading" role="status">
      {text("loading")}
    </p>
  );
}

/** What went wrong, and what the user can do. */
export function Failure(props: { error: ApiError; retry?: () => void }) {
  const { problem } = props.error;
  return (
    <div class="note bad" role="alert">
      <p>{sentence(props.error)}</p>
      {problem.status === 401 ? (
        <button type="button" onClick={() => signOut("asked")}>
          {text("signIn")}
        </button>
      ) : (
        props.retry && (
          <button type="button" onClick={props.retry}>
            {text("tryAgain")}
          </button>
        )
      )}
    </div>
  );
}

export function sentence(error: ApiError): string {
  const { status, detail } = error.problem;
  if (status === 0) {
    return text("error.network");
  }
  if (status === 429) {
    return text("error.throttled");
  }
  return status === 401 ? text("signIn.refused", { reason: detail }) : text("error.status", { status, detail });
}

const KINDS: Record<string, string> = { SUCCEEDED: "good", QUEUED: "live", RUNNING: "live", ABORTED: "" };

/** What is wrong with a field. It is there without a mistake too, so that a screen reader notices the text. */
export function Wrong(props: { field: string; wrong: { field: string; what: string } | undefined }) {
  return (
    <p class="wrong" id={`${props.field}-wrong`} role="alert">
      {props.wrong?.field === props.field ? props.wrong.what : ""}
    </p>
  );
}

/** A status or an outcome. Its word says it; the colour only repeats it. */
export function Badge(props: { status: string }) {
  const kind = KINDS[props.status] ?? "bad";
  return <span class={`badge ${kind}`}>{textOf("run.status", props.status)}</span>;
}

/** A question before something that can't be undone. The dialog keeps the focus, and Escape says no. */
export function Confirm(props: {
  title: string;
  detail: string;
  yes: string;
  no: string;
  onYes: () => void;
  onNo: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={props.onNo}>
      <h2 id="confirm-title">{props.title}</h2>
      <p>{props.detail}</p>
      <div class="buttons">
        <button type="button" onClick={props.onNo}>
          {props.no}
        </button>
        <button type="button" class="danger" onClick={props.onYes}>
          {props.yes}
        </button>
      </div>
    </dialog>
  );
}

/** A table that scrolls sideways on a narrow screen, also with the keyboard. */
export function Table(props: { label: string; head: string[]; children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={props.label} tabIndex={0}>
      <table>
        <caption class="hidden">{props.label}</caption>
        <thead>
          <tr>
            {props.head.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
