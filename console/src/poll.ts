import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api";

const LONGEST_PAUSE = 15_000;
const LONGEST_PAUSE_AFTER_ERROR = 60_000;

/** The pause before the next request: short after a change, then longer; after errors twice as long each time. */
export function nextPause(pause: number, shortest: number, result: "changed" | "same" | ApiError): number {
  if (result === "changed") {
    return shortest;
  }
  if (result === "same") {
    return Math.min(pause * 1.5, Math.max(shortest, LONGEST_PAUSE));
  }
  return Math.max(Math.min(pause * 2, LONGEST_PAUSE_AFTER_ERROR), (result.problem.retryAfter ?? 0) * 1000);
}

export interface Polled<T> {
  data: T | undefined;
  error: ApiError | undefined;
  /** Asks at once, for instance after the user has changed something. */
  refresh: () => void;
}

/**
 * Asks again and again while the tab is visible, one request at a time, until `done` says that nothing can change any more.
 * What `load` returns counts as a change when it is another object than before.
 */
export function usePoll<T>(
  load: () => Promise<T>,
  shortest: number,
  dependencies: unknown[],
  done: (data: T) => boolean = () => false,
): Polled<T> {
  const [state, setState] = useState<{ data: T | undefined; error: ApiError | undefined }>({
    data: undefined,
    error: undefined,
  });
  const refresh = useRef(() => {});

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let asking = false;
    let again = false;
    let finished = false;
    let pause = shortest;
    let data: T | undefined;
    setState({ data: undefined, error: undefined });

    async function ask() {
      clearTimeout(timer);
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const loaded = await load();
        pause = nextPause(pause, shortest, loaded === data ? "same" : "changed");
        data = loaded;
        finished = done(loaded);
        if (!stopped) {
          setState((before) => (before.data === loaded && !before.error ? before : { data: loaded, error: undefined }));
        }
      } catch (e) {
        if (!(e instanceof ApiError)) {
          throw e;
        }
        pause = nextPause(pause, shortest, e);
        // Only these can become a success by themselves.
        finished = ![0, 429].includes(e.problem.status) && e.problem.status < 500;
        if (!stopped) {
          setState((before) => ({ data: before.data, error: e }));
        }
      } finally {
        asking = false;
      }
      if (again) {
        again = false;
        void ask();
      } else if (!stopped && !finished && document.visibilityState === "visible") {
        timer = setTimeout(() => void ask(), pause);
      }
    }

    function visibilityChanged() {
      clearTimeout(timer);
      if (document.visibilityState === "visible" && !finished) {
        pause = shortest;
        void ask();
      }
    }

    refresh.current = () => {
      finished = false;
      pause = shortest;
      void ask();
    };
    document.addEventListener("visibilitychange", visibilityChanged);
    void ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", visibilityChanged);
    };
  }, dependencies);

  return { ...state, refresh: () => refresh.current() };
}

/** The time, which advances every second while `running`. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) {
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
