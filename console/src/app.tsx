import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type ApiError, forgetAnswers, get } from "./api";
import { Compare } from "./diff";
import { mayOperate, Operations } from "./operations";
import { Overview } from "./overview";
import { Questions } from "./questions";
import { Run } from "./run";
import { Runs } from "./runs";
import { mayRead, mayWrite, session, type Session, type Settings, signOut } from "./session";
import { SignIn } from "./signin";
import { useSignal } from "./signal";
import { NewRun, Rerun } from "./submit";
import { language, type Language, read, setLanguage, text, type Key, write } from "./texts";
import { Train } from "./train";
import { Uploads } from "./uploads";
import { Failure, Loading } from "./ui";

export function App() {
  useSignal(language);
  const user = useSignal(session);
  const [settings, setSettings] = useState<Settings>();
  const [failed, setFailed] = useState<ApiError>();

  function load() {
    setFailed(undefined);
    get<Settings>("console/config.json").then(setSettings, setFailed);
  }
  useEffect(load, []);

  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {text("skip")}
      </a>
      <header>
        <span class="product">
          {text("product")} {settings && <span class="quiet">{settings.stack}</span>}
        </span>
        <div class="who">{user && <User user={user} settings={settings} />}</div>
        <Preferences />
        <div class="views">{settings && user && <Navigation settings={settings} user={user} />}</div>
      </header>
      <main id="main" tabIndex={-1}>
        {failed && <Failure error={failed} retry={load} />}
        {!settings && !failed && <Loading />}
        {settings && !user && <SignIn settings={settings} />}
        {settings && user && <View settings={settings} user={user} />}
      </main>
    </>
  );
}

/** The fragment of the address is the view, so the link must not change it. */
function skip(event: Event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** The views that this user can use on this stack. */
function views(settings: Settings, user: Session): { path: string; name: Key }[] {
  const runs = settings.runs && mayRead(user);
  const open = user.token !== "" || !settings.requireAuth;
  const training = settings.training && open;
  const uploads = settings.uploads && open;
  return [
    ...(runs || training || mayOperate(user) ? [{ path: "#/overview", name: "overview" as const }] : []),
    ...(runs ? [{ path: "#/runs", name: "runs" as const }] : []),
    ...(training ? [{ path: "#/train", name: "train" as const }] : []),
    ...(uploads ? [{ path: "#/uploads", name: "uploads" as const }] : []),
    ...(settings.classifier ? [{ path: "#/questions", name: "questions" as const }] : []),
    ...(mayOperate(user) ? [{ path: "#/operations", name: "operations" as const }] : []),
  ];
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return hash;
}

function Navigation(props: { settings: Settings; user: Session }) {
  const hash = useHash() || views(props.settings, props.user)[0]?.path || "";
  const here = hash === "#/new" ? "#/runs" : hash.split("?")[0];
  return (
    <nav aria-label={text("views")}>
      {views(props.settings, props.user).map((view) => (
        <a
          key={view.path}
          href={view.path}
          {...(`${here}/`.startsWith(`${view.path}/`) ? { "aria-current": "page" as const } : {})}
        >
          {text(view.name)}
        </a>
      ))}
    </nav>
  );
}

function View(props: { settings: Settings; user: Session }): JSX.Element {
  const { settings, user } = props;
  const hash = useHash();
  const paths = views(settings, user).map((view) => view.path.slice(2));
  const [address = "", query = ""] = hash.slice(2).split("?");
  const path = (address || (paths[0] ?? "")).split("/").map(decoded);
  if (paths.length === 0) {
    return <p class="note bad">{text("signIn.noRole")}</p>;
  }
  const writes = settings.runs && mayWrite(user);
  if (path[0] === "overview" && path.length === 1 && paths.includes("overview")) {
    return <Overview settings={settings} user={user} />;
  }
  if (path[0] === "train" && path.length === 1 && paths.includes("train")) {
    return <Train />;
  }
  if (path[0] === "uploads" && path.length === 1 && paths.includes("uploads")) {
    return <Uploads />;
  }
  if (path[0] === "questions" && path.length === 1 && settings.classifier) {
    return <Questions user={user} />;
  }
  if (path[0] === "operations" && path.length <= 2 && paths.includes("operations")) {
    return <Operations settings={settings} queue={path[1] ?? ""} />;
  }
  if (path[0] === "new" && path.length === 1 && writes) {
    return <NewRun />;
  }
  if (path[0] === "runs" && paths.includes("runs")) {
    if (path.length === 1) {
      return <Runs user={user} prefix={new URLSearchParams(query).get("prefix") ?? ""} key={query} />;
    }
    if (path.length === 2) {
      return <Run name={path[1]!} user={user} key={path[1]} />;
    }
    if (path.length === 3 && path[2] === "again" && writes) {
      return <Rerun name={path[1]!} key={path[1]} />;
    }
    if (path.length === 4 && path[2] === "diff") {
      return <Compare before={path[1]!} after={path[3]!} />;
    }
  }
  return <p class="note bad">{text("noSuchView")}</p>;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Whose session it is, and the way out of it. */
function User(props: { user: Session; settings: Settings | undefined }) {
  const { user, settings } = props;
  const restricted = mayRead(user) ? !mayWrite(user) && "signIn.asReader" : settings?.runs && user.token !== "" && "signIn.asNobody";
  return (
    <>
      {user.name && (
        <span class="quiet user" title={user.name}>
          {user.name}
        </span>
      )}
      {restricted && <span class="quiet">({text(restricted)})</span>}
      <button
        type="button"
        onClick={() => {
          forgetAnswers();
          signOut("asked");
          user.end?.();
        }}
      >
        {text("signOut")}
      </button>
    </>
  );
}

type Theme = "auto" | "light" | "dark";
const THEMES: Theme[] = ["auto", "light", "dark"];

function Preferences() {
  const [theme, setTheme] = useState<Theme>(() => THEMES.find((each) => each === read("wakebox.theme")) ?? "auto");
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    write("wakebox.theme", theme);
  }, [theme]);
  return (
    <div class="preferences">
      <label>
        <span class="hidden">{text("language")}</span>
        <select value={language.get()} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
          <option value="en" lang="en">
            English
          </option>
          <option value="es" lang="es">
            Español
          </option>
        </select>
      </label>
      <label>
        <span class="hidden">{text("theme")}</span>
        <select value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
          {THEMES.map((each) => (
            <option value={each} key={each}>
              {text(`theme.${each}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
