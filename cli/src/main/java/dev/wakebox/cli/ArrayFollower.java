package dev.wakebox.cli;

import dev.wakebox.runs.ArrayReport;
import dev.wakebox.runs.RunArrays;
import java.io.PrintStream;
import java.time.Clock;

/** Prints the counts of an array whenever they change, until it has ended. Not thread-safe. */
final class ArrayFollower {
    private final RunArrays arrays;
    private final Timeline timeline;
    private final Terminal terminal;

    ArrayFollower(RunArrays arrays, PrintStream out, Clock clock, Terminal terminal) {
        this.arrays = arrays;
        this.timeline = new Timeline(out, clock);
        this.terminal = terminal;
    }

    /** Follows an array by its ARN; returns it when it has ended. */
    ArrayReport follow(String execution) throws InterruptedException {
        var polling = new Polling();
        String before = "";
        while (true) {
            ArrayReport array = arrays.find(execution).orElseThrow();
            String counts = ArrayText.counts(array);
            if (!counts.equals(before)) {
                timeline.add(counts);
            }
            before = counts;
            if (array.ended()) {
                timeline.add(terminal.outcome(array.outcome().orElseThrow(), array.hasSucceeded()));
                array.cause().ifPresent(timeline::detail);
                return array;
            }
            polling.pause();
        }
    }
}
