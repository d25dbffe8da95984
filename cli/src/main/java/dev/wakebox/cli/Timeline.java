package dev.wakebox.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Prints observations with their time: seconds since the start, and since the previous line. Not thread-safe. */
final class Timeline {
    private final PrintStream out;
    private final Clock clock;
    private final Instant start;
    private Instant last;

    Timeline(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
        this.start = clock.instant();
        this.last = start;
    }

    void add(String what) {
        Instant now = clock.instant();
        out.printf(
                Locale.ROOT,
                "%7.2f s  %8s  %s%n",
                seconds(start, now),
                String.format(Locale.ROOT, "+%.2f", seconds(last, now)),
                what);
        last = now;
    }

    /** Prints a line that belongs to the one above it. */
    void detail(String what) {
        out.printf("%21s  │ %s%n", "", what);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
