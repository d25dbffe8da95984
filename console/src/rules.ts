import schema from "../../api/execution.schema.json";

/** How the form shows a field of the document. */
export type Kind = "text" | "number" | "flag" | "list" | "pairs" | "object" | "choice" | "json";

/** A field of the document, as api/execution.schema.json describes it. A test compares that file with the launch check. */
export interface Field {
  name: string;
  kind: Kind;
  /** What the schema says about it; empty for EC2's own fields. */
  help: string;
  /** Of an object, or of a choice between a flag and an object. */
  fields: Field[];
}

interface Rule {
  $ref?: string;
  type?: string | string[];
  anyOf?: Rule[];
  properties?: Record<string, Rule>;
  items?: Rule;
  additionalProperties?: boolean | Rule;
  description?: string;
  deprecated?: boolean;
}

const definitions = schema.$defs as unknown as Record<string, Rule>;

/** Other names of fields, and names in older documents: they are shown only where a document has them. */
const OLDER = ["check_s3", "ii_detach_volume", "bucket", "obj_key", "object_prefix"];

/** The fields of EC2's request that a run sets itself, or that have no meaning for it. */
const NOT_OF_A_RUN = ["ClientToken", "InstanceId", "MaxCount", "MinCount", "DryRun", "DisableApiStop", "DisableApiTermination"];

function resolved(rule: Rule): Rule {
  if (!rule.$ref) {
    return rule;
  }
  const base = resolved(definitions[rule.$ref.slice("#/$defs/".length)] ?? {});
  const properties = { ...base.properties };
  for (const [name, stricter] of Object.entries(rule.properties ?? {})) {
    const looser = properties[name] ?? {};
    properties[name] = { ...looser, ...stricter, ...(stricter.items ? { items: { ...looser.items, ...stricter.items } } : {}) };
  }
  return { ...base, ...rule, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}

/** The rules of which a value must follow one, without that for null: an absent field says the same. */
function alternatives(rule: Rule): Rule[] {
  const one = resolved(rule);
  const all = one.type === undefined && one.anyOf ? one.anyOf.flatMap(alternatives) : [one];
  return all.filter((each) => each.type !== "null");
}

function types(rule: Rule): string[] {
  return [rule.type ?? []].flat().filter((type) => type !== "null");
}

function kindOf(all: Rule[]): Kind {
  const found = new Set(all.flatMap(types));
  const objects = all.filter((each) => types(each).includes("object"));
  if (objects.length > 1) {
    return "json";
  }
  if (objects.length === 1) {
    if (objects[0]!.properties) {
      return found.size === 1 ? "object" : found.has("boolean") ? "choice" : "json";
    }
    return typeof objects[0]!.additionalProperties === "object" ? "pairs" : "json";
  }
  if (found.has("array")) {
    const items = all.find((each) => types(each).includes("array"))!.items ?? {};
    return types(resolved(items)).join() === "string" ? "list" : "json";
  }
  if (found.has("boolean")) {
    return "flag";
  }
  // Where a text is allowed too, such as 007, it must not become a number.
  return !found.has("string") && (found.has("integer") || found.has("number")) ? "number" : "text";
}

function field(name: string, rule: Rule): Field {
  const all = alternatives(rule);
  const kind = kindOf(all);
  const inside = kind === "object" || kind === "choice" ? all.find((each) => each.properties)?.properties : undefined;
  return {
    name,
    kind,
    help: rule.description ?? "",
    fields: inside ? fieldsOf(inside) : [],
  };
}

function fieldsOf(properties: Record<string, Rule>): Field[] {
  return Object.entries(properties).map(([name, rule]) => field(name, rule));
}

/** Whether a field is offered although the document doesn't have it. */
export function offered(one: Field): boolean {
  return !rare.has(one.name);
}

const rare = new Set([
  ...OLDER,
  ...NOT_OF_A_RUN,
  // The API starts single runs.
  "array",
  ...Object.entries(definitions["runOptions"]?.properties ?? {})
    .filter(([, rule]) => rule.deprecated)
    .map(([name]) => name),
]);

/** The whole document as an object. */
export const DOCUMENT: Field = {
  name: "",
  kind: "object",
  help: "",
  fields: Object.entries(schema.properties as unknown as Record<string, Rule>).map(([name, rule]) =>
    // The schema has the rule of commands only where nothing is used instead of them.
    name === "commands" ? { ...field(name, { ...definitions["commands"] }), help: rule.description ?? "" } : field(name, rule),
  ),
};

/** The field at a path, if the rules know it. */
export function fieldAt(path: string[]): Field | undefined {
  return path.reduce<Field | undefined>((at, name) => at?.fields.find((each) => each.name === name), DOCUMENT);
}

/**
 * The path of the field beside which a mistake stands: as deep as the form has fields. A missing profile of the instance is told
 * beside its name, since the form has no field of its own for it.
 */
export function placeOf(path: string[]): string[] {
  let at: Field = DOCUMENT;
  let depth = 0;
  for (; depth < path.length; depth++) {
    const next = at.fields.find((each) => each.name === path[depth]);
    if (!next) {
      break;
    }
    at = next;
  }
  if (path.slice(0, depth).join("/") === "instance_parameters/IamInstanceProfile") {
    return [...path.slice(0, depth), "Name"];
  }
  return path.slice(0, at.kind === "list" || at.kind === "pairs" ? depth + 1 : depth);
}
