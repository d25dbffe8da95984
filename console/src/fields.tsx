import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isMap, at, same, type JsonMap } from "./json";
import { offered, placeOf, type Field } from "./rules";
import { text, textOf } from "./texts";

/** What is wrong with a part of the document. */
export interface PlacedMistake {
  path: string[];
  what: string;
}

/** The document that a form shows, and how it is changed. */
export interface Editing {
  document: JsonMap;
  set: (path: string[], value: unknown) => void;
  mistakes: PlacedMistake[];
}

/** More items than a form is made for. */
const MOST_ITEMS = 200;

export function idOf(path: string[]): string {
  return `at-${path.map(encodeURIComponent).join("-")}`;
}

function isAt(path: string[], other: string[]): boolean {
  return path.length === other.length && isIn(path, other);
}

function isIn(path: string[], outer: string[]): boolean {
  return outer.every((name, index) => path[index] === name);
}

function wrongAt(editing: Editing, path: string[]): string[] {
  return editing.mistakes.filter((mistake) => isAt(placeOf(mistake.path), path)).map((mistake) => mistake.what);
}

function wrongIn(editing: Editing, path: string[]): boolean {
  return editing.mistakes.some((mistake) => isIn(placeOf(mistake.path), path));
}

/** The name of a field for people, if it has one, and its name in the document. */
function Name(props: { name: string }) {
  const named = textOf("field", props.name);
  return named === props.name ? (
    <code>{props.name}</code>
  ) : (
    <>
      {named} <code>{props.name}</code>
    </>
  );
}

/** The schema is in English, as the answers of the API are. */
function Help(props: { id: string; help: string }) {
  return props.help ? (
    <p class="quiet" id={`${props.id}-help`} lang="en">
      {props.help}
    </p>
  ) : null;
}

function Wrongs(props: { id: string; wrong: string[] }) {
  return (
    <p class="wrong" id={`${props.id}-wrong`} lang="en">
      {props.wrong.join(" ")}
    </p>
  );
}

/** Ties a control to its help and its mistakes. */
function described(id: string, wrong: string[], help = "") {
  return { "aria-describedby": help ? `${id}-help ${id}-wrong` : `${id}-wrong`, "aria-invalid": wrong.length > 0 };
}

/** A control for a field of the document, with its help and its mistakes. */
export function FieldControl(props: { editing: Editing; path: string[]; field: Field }) {
  const { editing, path, field } = props;
  const value = at(editing.document, path);
  const kind = fits(field, value) ? field.kind : "json";
  switch (kind) {
    case "flag":
      return <Flag {...props} />;
    case "list":
      return <List {...props} />;
    case "pairs":
      return <Pairs {...props} />;
    case "object":
      return (
        <Fold editing={editing} path={path} title={<Name name={field.name} />}>
          <Help id={idOf(path)} help={field.help} />
          <Wrongs id={idOf(path)} wrong={wrongAt(editing, path)} />
          <FieldControls editing={editing} path={path} fields={field.fields} />
        </Fold>
      );
    case "choice":
      return <Choice {...props} />;
    default:
      return <Entry {...props} kind={kind} />;
  }
}

/** The controls of the fields of an object; fields that only old documents have are there if this one has them. */
export function FieldControls(props: { editing: Editing; path: string[]; fields: Field[] }) {
  const inside = at(props.editing.document, props.path);
  return (
    <div class="grid">
      {props.fields
        .filter((field) => offered(field) || (isMap(inside) && field.name in inside))
        .map((field) => (
          <FieldControl key={field.name} editing={props.editing} path={[...props.path, field.name]} field={field} />
        ))}
    </div>
  );
}

/** Whether the control for the field can show the value. Otherwise it is shown as JSON. */
function fits(field: Field, value: unknown): boolean {
  if (value === undefined || value === null) {
    return true;
  }
  switch (field.kind) {
    case "flag":
      return typeof value === "boolean";
    case "number":
    case "text":
      return typeof value === "string" || typeof value === "number";
    case "list":
      return Array.isArray(value) && value.length <= MOST_ITEMS && value.every((each) => typeof each === "string");
    case "pairs":
      return isMap(value) && Object.values(value).every((each) => typeof each === "string");
    case "object":
      return isMap(value);
    case "choice":
      return typeof value === "boolean" || isMap(value);
    case "json":
      return true;
  }
}

/** What is typed stays as it is typed, as long as it means the value in the document. */
function useTyped(value: unknown, read: (typed: string) => unknown, write: (value: unknown) => string) {
  const [typed, setTyped] = useState(() => write(value));
  return [same(read(typed), value) ? typed : write(value), setTyped] as const;
}

const READ: Record<"text" | "number" | "json", (typed: string) => unknown> = {
  text: (typed) => (typed === "" ? undefined : typed),
  number: (typed) => (typed.trim() === "" ? undefined : Number.isFinite(Number(typed)) ? Number(typed) : typed),
  json(typed) {
    try {
      return typed.trim() === "" ? undefined : JSON.parse(typed);
    } catch {
      // The document keeps what was typed, and the API says what it must be.
      return typed;
    }
  },
};

function write(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function Entry(props: { editing: Editing; path: string[]; field: Field; kind: "text" | "number" | "json" }) {
  const { editing, path, field, kind } = props;
  const id = idOf(path);
  const wrong = wrongAt(editing, path);
  const [typed, setTyped] = useTyped(at(editing.document, path), READ[kind], write);
  const common = {
    id,
    value: typed,
    spellcheck: false,
    autocomplete: "off",
    ...described(id, wrong, field.help),
    onInput: (event: { currentTarget: { value: string } }) => {
      setTyped(event.currentTarget.value);
      editing.set(path, READ[kind](event.currentTarget.value));
    },
  };
  return (
    <div class={kind === "json" ? "field wide" : "field"}>
      <label for={id}>
        <Name name={field.name} /> {kind === "json" && <span class="quiet">{text("form.json")}</span>}
      </label>
      <Help id={id} help={field.help} />
      {kind === "json" ? (
        <textarea {...common} rows={Math.min(12, typed.split("\n").length + 1)} />
      ) : (
        <input {...common} type="text" inputMode={kind === "number" ? "decimal" : "text"} />
      )}
      <Wrongs id={id} wrong={wrong} />
    </div>
  );
}

function Flag(props: { editing: Editing; path: string[]; field: Field }) {
  const { editing, path, field } = props;
  const id = idOf(path);
  const wrong = wrongAt(editing, path);
  return (
    <div class="field">
      <label class="check">
        <input
          id={id}
          type="checkbox"
          checked={at(editing.document, path) === true}
          {...described(id, wrong, field.help)}
          onChange={(event) => editing.set(path, event.currentTarget.checked ? true : undefined)}
        />
        <Name name={field.name} />
      </label>
      <Help id={id} help={field.help} />
      <Wrongs id={id} wrong={wrong} />
    </div>
  );
}

/** Focuses an element after the page shows the change. */
function focusSoon(id: string) {
  setTimeout(() => document.getElementById(id)?.focus(), 0);
}

/** Texts in an order, each with buttons to move and remove it. */
function List(props: { editing: Editing; path: string[]; field: Field }) {
  const { editing, path, field } = props;
  const id = idOf(path);
  const wrong = wrongAt(editing, path);
  const items = (at(editing.document, path) ?? []) as string[];
  const change = (next: string[]) => editing.set(path, next.length === 0 ? undefined : next);
  const itemId = (index: number) => idOf([...path, String(index)]);

  function move(from: number, to: number) {
    const next = items.slice();
    next.splice(to, 0, ...next.splice(from, 1));
    change(next);
    focusSoon(itemId(to));
  }

  return (
    <fieldset class="field wide" aria-describedby={described(id, wrong, field.help)["aria-describedby"]}>
      <legend>
        <Name name={field.name} />
      </legend>
      <Help id={id} help={field.help} />
      <ol class="items">
        {items.map((item, index) => {
          const mine = wrongAt(editing, [...path, String(index)]);
          const which = { name: textOf("field", field.name), number: index + 1 };
          return (
            <li key={index}>
              <div class="item">
                <textarea
                  id={itemId(index)}
                  rows={Math.min(12, item.split("\n").length)}
                  spellcheck={false}
                  value={item}
                  aria-label={text("form.item", which)}
                  {...described(itemId(index), mine)}
                  onInput={(event) => change(items.with(index, event.currentTarget.value))}
                />
                <span class="buttons">
                  <button
                    type="button"
                    aria-label={text("form.up", which)}
                    disabled={index === 0}
                    onClick={() => move(index, index - 1)}
                  >
                    ↑
                  </button>
                  <button
                    type="button"
                    aria-label={text("form.down", which)}
                    disabled={index === items.length - 1}
                    onClick={() => move(index, index + 1)}
                  >
                    ↓
                  </button>
                  <button
                    type="button"
                    aria-label={text("form.remove", which)}
                    onClick={() => {
                      change(items.toSpliced(index, 1));
                      focusSoon(items.length > 1 ? itemId(Math.min(index, items.length - 2)) : `${id}-add`);
                    }}
                  >
                    ✕
                  </button>
                </span>
              </div>
              <Wrongs id={itemId(index)} wrong={mine} />
            </li>
          );
        })}
      </ol>
      <Wrongs id={id} wrong={wrong} />
      <button
        type="button"
        id={`${id}-add`}
        onClick={() => {
          change([...items, ""]);
          focusSoon(itemId(items.length));
        }}
      >
        {text("form.add", { name: textOf("field", field.name) })}
      </button>
    </fieldset>
  );
}

/** Names and values. Rows are kept here while two have the same name, which an object can't have. */
function Pairs(props: { editing: Editing; path: string[]; field: Field }) {
  const { editing, path, field } = props;
  const id = idOf(path);
  const wrong = wrongAt(editing, path);
  const value = at(editing.document, path) ?? {};
  const [typed, setTyped] = useState<[string, string][]>(() => Object.entries(value) as [string, string][]);
  const rows = same(map(typed), value) ? typed : (Object.entries(value) as [string, string][]);

  function change(next: [string, string][]) {
    setTyped(next);
    const object = map(next);
    editing.set(path, Object.keys(object).length === 0 ? undefined : object);
  }

  return (
    <fieldset class="field wide" aria-describedby={described(id, wrong, field.help)["aria-describedby"]}>
      <legend>
        <Name name={field.name} />
      </legend>
      <Help id={id} help={field.help} />
      {rows.map(([name, of], index) => {
        const rowId = `${id}-row-${index}`;
        const mine = wrongAt(editing, [...path, name]);
        const twice = name !== "" && rows.findIndex(([other]) => other === name) < index;
        const all = twice ? [text("form.twice", { name }), ...mine] : mine;
        const which = { name: textOf("field", field.name), number: index + 1 };
        return (
          <div key={index}>
            <div class="pair">
              <input
                id={twice ? rowId : idOf([...path, name])}
                value={name}
                spellcheck={false}
                autocomplete="off"
                aria-label={text("form.key", which)}
                {...described(rowId, all)}
                onInput={(event) => change(rows.with(index, [event.currentTarget.value, of]))}
              />
              <input
                value={of}
                spellcheck={false}
                autocomplete="off"
                aria-label={text("form.value", which)}
                {...described(rowId, all)}
                onInput={(event) => change(rows.with(index, [name, event.currentTarget.value]))}
              />
              <button
                type="button"
                aria-label={text("form.remove", which)}
                onClick={() => {
                  change(rows.toSpliced(index, 1));
                  focusSoon(`${id}-add`);
                }}
              >
                ✕
              </button>
            </div>
            <Wrongs id={rowId} wrong={all} />
          </div>
        );
      })}
      <Wrongs id={id} wrong={wrong} />
      <button
        type="button"
        id={`${id}-add`}
        onClick={() => {
          change([...rows, ["", ""]]);
          focusSoon(idOf([...path, ""]));
        }}
      >
        {text("form.add", { name: textOf("field", field.name) })}
      </button>
    </fieldset>
  );
}

/** Rows that nothing was typed into are no part of the document. */
function map(rows: [string, string][]): JsonMap {
  return Object.fromEntries(rows.filter(([name, value]) => name !== "" || value !== ""));
}

/** Off, on, or an object with the details. */
function Choice(props: { editing: Editing; path: string[]; field: Field }) {
  const { editing, path, field } = props;
  const id = idOf(path);
  const wrong = wrongAt(editing, path);
  const value = at(editing.document, path);
  const chosen = isMap(value) ? "details" : value === true ? "on" : "off";
  return (
    <div class="field">
      <label for={id}>
        <Name name={field.name} />
      </label>
      <Help id={id} help={field.help} />
      <select
        id={id}
        value={chosen}
        {...described(id, wrong, field.help)}
        onChange={(event) => {
          const to = event.currentTarget.value;
          editing.set(path, to === "on" ? true : to === "off" ? undefined : Object.fromEntries(field.fields.map(({ name }) => [name, ""])));
        }}
      >
        <option value="off">{text("form.off")}</option>
        <option value="on">{text("form.on")}</option>
        <option value="details">{text("form.details")}</option>
      </select>
      <Wrongs id={id} wrong={wrong} />
      {chosen === "details" && <FieldControls editing={editing} path={path} fields={field.fields} />}
    </div>
  );
}

/** Fields that are folded away until somebody asks for them, or one of them has a mistake. */
export function Fold(props: {
  editing: Editing;
  path: string[];
  title: ComponentChildren;
  children: ComponentChildren;
  wrong?: boolean;
}) {
  const [asked, setAsked] = useState(false);
  const open = asked || (props.wrong ?? wrongIn(props.editing, props.path));
  return (
    <details class="fold wide" open={open} onToggle={(event) => setAsked(event.currentTarget.open)}>
      <summary>{props.title}</summary>
      {open && props.children}
    </details>
  );
}
