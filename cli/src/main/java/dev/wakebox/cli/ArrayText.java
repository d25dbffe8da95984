package dev.wakebox.cli;

import dev.wakebox.runs.ArrayReport;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;

/** Prints an array for people. Not thread-safe. */
record ArrayText(PrintStream out, Terminal terminal) {
    private static final int MOST_SHOWN = 20;

    void print(ArrayReport array, Instant now) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("Array", array.name());
        facts.put(
                "Outcome",
                array.outcome()
                        .map(outcome -> terminal.outcome(outcome, array.hasSucceeded()))
                        .orElse("none yet (" + terminal.state(array.status()) + ")"));
        array.cause().ifPresent(cause -> facts.put("Cause", cause));
        Instant end = array.endedAt().orElse(now);
        facts.put(
                "Started",
                array.startedAt() + array.endedAt().map(at -> ", ended " + at).orElse(", running") + ", "
                        + Durations.text(Duration.between(array.startedAt(), end)));
        facts.put("Runs", counts(array));
        facts.put("Execution", array.execution());
        facts.forEach((name, value) -> out.printf("%-10s  %s%n", name, value));
        if (!array.failedRuns().isEmpty()) {
            out.println();
            array.failedRuns().stream().limit(MOST_SHOWN).forEach(run -> out.println("  failed  " + run));
            int more = array.failedRuns().size() - MOST_SHOWN;
            if (more > 0) {
                out.println("  and " + more + " more; --json has all of them");
            }
        }
        if (array.ended() && !array.remaining().isEmpty()) {
            out.println();
            out.println("./wakebox rerun " + array.name() + " runs only what has not succeeded.");
        }
    }

    /** As in {@code 1000: 967 succeeded, 30 failed, 3 running, 0 not started}. */
    static String counts(ArrayReport array) {
        return array.size() + ": " + array.succeeded() + " succeeded, " + array.failed() + " failed, " + array.running()
                + " running, " + array.pending() + " not started";
    }
}
