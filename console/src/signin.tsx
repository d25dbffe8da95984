import { useEffect, useState } from "preact/hooks";
import { ApiError, forgetAnswers, tryToken } from "./api";
import { parse, session, type Session, type Settings, signOutReason, takeArrival, VISITOR } from "./session";
import { text, type Key } from "./texts";
import { sentence, Title } from "./ui";

/** Signs a user in: at the identity provider if the stack has one, otherwise with a token that is typed in. */
export function SignIn(props: { settings: Settings }) {
  const { settings } = props;
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState(signOutReason.get() === "expired" ? text(settings.signIn ? "signIn.ended" : "signIn.expired") : "");
  const [asking, setAsking] = useState(false);

  async function enter(user: Session) {
    try {
      // A token that the API refuses is told here, and not by every view.
      await tryToken(user, settings.runs ? "runs?limit=1" : settings.classifier ? "classifier/ping" : "status");
    } catch (e) {
      // Of runs, a 403 says that the token is valid and has no role for them; another view may still be there.
      if (e instanceof ApiError && !(settings.runs && e.problem.status === 403)) {
        setWrong(e.problem.status === 401 && e.problem.detail === "" ? text(user.end ? "signIn.ended" : "signIn.expired") : sentence(e));
        return;
      }
    }
    forgetAnswers();
    session.set(user);
  }

  /** One attempt at a time. */
  async function attempt(work: () => Promise<void>) {
    if (asking) {
      return;
    }
    setAsking(true);
    setWrong("");
    try {
      await work();
    } finally {
      setAsking(false);
    }
  }

  async function withToken(given: string) {
    const user = parse(given.trim(), settings);
    if (given.trim() === "" || !user) {
      setWrong(text(given.trim() === "" ? "signIn.missing" : "signIn.malformed"));
      return;
    }
    await attempt(() => enter(user));
  }

  /** What the provider needs is loaded only here, so that the page is not larger for a stack without one. */
  async function atProvider(answer?: URLSearchParams) {
    await attempt(async () => {
      const oidc = await import("./oidc");
      try {
        if (answer) {
          await enter(await oidc.arrive(settings, answer));
        } else {
          await oidc.leave(settings);
        }
      } catch (e) {
        if (!(e instanceof oidc.SignInError)) {
          throw e;
        }
        const provider = new URL(settings.signIn!.issuer).host;
        setWrong(text(`signIn.problem.${e.kind}` as Key, { provider, reason: e.reason }));
      }
    });
  }

  useEffect(() => {
    const arrival = takeArrival();
    if (arrival.answer && settings.signIn) {
      void atProvider(arrival.answer);
    } else if (arrival.token) {
      void withToken(arrival.token);
    }
  }, []);

  const visitors = settings.classifier || ((settings.training || settings.uploads) && !settings.requireAuth);
  const form = (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void withToken(token);
      }}
    >
      <div class="field">
        <label for="token">{text("signIn.token")}</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
          aria-describedby="token-hint wrong"
          aria-invalid={wrong !== ""}
        />
        <p id="token-hint" class="quiet">
          {text("signIn.hint")}
        </p>
      </div>
      <div class="buttons">
        <button type="submit" class={settings.signIn ? "" : "primary"} aria-disabled={asking}>
          {text(settings.signIn ? "signIn.withToken" : "signIn")}
        </button>
        {!settings.signIn && visitors && <Visit />}
      </div>
    </form>
  );

  return (
    <div class="signin">
      <Title>{text("signIn")}</Title>
      {settings.signIn ? (
        <>
          <p class="quiet">{text("signIn.at", { provider: new URL(settings.signIn.issuer).host })}</p>
          <div class="buttons">
            <button type="button" class="primary" aria-disabled={asking} onClick={() => void atProvider()}>
              {text("signIn")}
            </button>
            {visitors && <Visit />}
          </div>
          <details>
            <summary>{text("signIn.instead")}</summary>
            {form}
          </details>
        </>
      ) : (
        form
      )}
      {/* Nothing is below it that would move when it appears. */}
      <p id="wrong" class="wrong" role="alert">
        {wrong}
      </p>
    </div>
  );
}

function Visit() {
  return (
    <button type="button" onClick={() => session.set(VISITOR)}>
      {text("signIn.without")}
    </button>
  );
}
