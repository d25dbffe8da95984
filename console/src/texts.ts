import { signal } from "./signal";
import catalogue from "./texts.json";

export type Key = keyof typeof catalogue;
export type Language = "en" | "es";

/** The language and the theme are no secrets: they stay in the browser's storage. */
export const language = signal<Language>(initial());

function initial(): Language {
  const stored = read("wakebox.language");
  return stored === "en" || stored === "es" ? stored : navigator.language.startsWith("es") ? "es" : "en";
}

export function setLanguage(value: Language) {
  write("wakebox.language", value);
  document.documentElement.lang = value;
  language.set(value);
}

/** A text of the catalogue, with its {placeholders} replaced. */
export function text(key: Key, values: Record<string, string | number> = {}): string {
  return catalogue[key][language.get()].replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** A text whose key is made of data, such as a status; the data itself if the catalogue has none. */
export function textOf(prefix: string, name: string): string {
  const key = `${prefix}.${name}`;
  return key in catalogue ? text(key as Key) : name;
}

export function time(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime())
    ? instant
    : new Intl.DateTimeFormat(region(), { dateStyle: "medium", timeStyle: "medium" }).format(date);
}

/** Such as en-GB for a user of English in a British browser, so that dates look as usual. */
function region(): string {
  return navigator.languages.find((each) => each.split("-")[0] === language.get()) ?? language.get();
}

export function number(value: number): string {
  return new Intl.NumberFormat(region()).format(value);
}

/** Such as 1 h 02 min, 3 min 07 s or 12 s; the units are the same in both languages. */
export function duration(from: string, to: string | undefined, now: number): string {
  const seconds = Math.max(0, Math.round(((to ? Date.parse(to) : now) - Date.parse(from)) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Storage may be forbidden by the browser's settings; then the choice lasts as long as the page. */
export function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function write(name: string, value: string) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // see read
  }
}
