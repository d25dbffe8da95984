import { FieldControl, FieldControls, Fold, type Editing } from "./fields";
import { at, isMap } from "./json";
import { DOCUMENT, fieldAt, placeOf, type Field } from "./rules";
import { text, type Key } from "./texts";

/** A part of the form: the fields that most documents have, then those of an object that only some have. */
interface Section {
  title: Key;
  common: string[][];
  more: { title: Key; path: string[] };
}

const SECTIONS: Section[] = [
  {
    title: "form.instance",
    common: [
      ["instance_parameters", "ImageId"],
      ["instance_parameters", "InstanceType"],
      ["instance_parameters", "IamInstanceProfile", "Name"],
    ],
    more: { title: "form.moreInstance", path: ["instance_parameters"] },
  },
  {
    title: "form.options",
    common: ["timeout_s", "n_retries_allowed", "ii_terminate_instance", "ii_cheapo", "ii_check_s3", "env", "secrets", "tags"].map(
      (name) => ["run_options", name],
    ),
    more: { title: "form.moreOptions", path: ["run_options"] },
  },
];

/**
 * The execution document as a form, made from api/execution.schema.json. Fields that the rules don't know are kept, and named
 * below.
 */
export function DocumentForm(props: { editing: Editing }) {
  const { editing } = props;
  const rest = DOCUMENT.fields.filter((field) => !["commands", "instance_parameters", "run_options"].includes(field.name));
  const unknown = unknownIn(editing);
  return (
    <>
      <FieldControl editing={editing} path={["commands"]} field={fieldAt(["commands"])!} />
      {SECTIONS.map((section) => (
        <section key={section.title} aria-labelledby={section.title}>
          <h2 id={section.title}>{text(section.title)}</h2>
          <div class="grid">
            {section.common.map((path) => (
              <FieldControl key={path.join("/")} editing={editing} path={path} field={fieldAt(path)!} />
            ))}
          </div>
          <More editing={editing} section={section} />
        </section>
      ))}
      <FieldControls editing={editing} path={[]} fields={rest} />
      {unknown.length > 0 && (
        <p class="note">
          {text("form.unknown")} {unknown.map((path) => path.join(".")).join(", ")}
        </p>
      )}
    </>
  );
}

/** The other fields of the object. They are open when one of them has a mistake. */
function More(props: { editing: Editing; section: Section }) {
  const { editing, section } = props;
  const { path, title } = section.more;
  const isCommon = (other: string[]) => section.common.some((each) => each.every((name, index) => other[index] === name));
  const fields = fieldAt(path)!
    .fields.filter((field) => !isCommon([...path, field.name]))
    .map((field) => ({ ...field, fields: field.fields.filter(({ name }) => !isCommon([...path, field.name, name])) }));
  const wrong = editing.mistakes.some((mistake) => {
    const place = placeOf(mistake.path);
    return place.length > path.length && place[0] === path[0] && !isCommon(place);
  });
  return (
    <Fold editing={editing} path={path} title={text(title, { count: fields.length })} wrong={wrong}>
      <FieldControls editing={editing} path={path} fields={fields} />
    </Fold>
  );
}

/** The fields of the document and of its two objects that the rules don't know. */
function unknownIn(editing: Editing): string[][] {
  return [[], ["instance_parameters"], ["run_options"]].flatMap((path: string[]) => {
    const inside = at(editing.document, path);
    const known: Field[] = fieldAt(path)!.fields;
    return isMap(inside)
      ? Object.keys(inside)
          .filter((name) => !known.some((field) => field.name === name))
          .map((name) => [...path, name])
      : [];
  });
}
