package dev.wakebox.cli;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Follows a job until it has ended: prints a line for each change of its state, and on a terminal shows its progress. Not
 * thread-safe.
 *
 * @param <T> what a poll returns
 */
final class JobFollower<T> {
    /** A poll, which may call the API. */
    @FunctionalInterface
    interface Poll<T> {
        T poll() throws InterruptedException;
    }

    private final Terminal terminal;
    private final Timeline timeline;
    private final boolean quiet;

    /** @param quiet whether nothing is printed, because the command prints JSON */
    JobFollower(Terminal terminal, Timeline timeline, boolean quiet) {
        this.terminal = terminal;
        this.timeline = timeline;
        this.quiet = quiet;
    }

    /**
     * Polls until the job has ended, and returns the last answer.
     *
     * @param state the text of the line that is printed when it changes
     * @param progress the text of the line on a terminal, which may change with each poll
     */
    T follow(Poll<T> job, Function<T, String> state, Function<T, String> progress, Predicate<T> ended)
            throws InterruptedException {
        var polling = new Polling();
        String shown = "";
        while (true) {
            T now = job.poll();
            String line = state.apply(now);
            terminal.clear();
            if (!line.equals(shown)) {
                print(line);
                polling.restart();
                shown = line;
            }
            if (ended.test(now)) {
                return now;
            }
            terminal.progress(progress.apply(now));
            polling.pause();
        }
    }

    private void print(String line) {
        if (!quiet) {
            timeline.add(terminal.state(line));
        }
    }
}
