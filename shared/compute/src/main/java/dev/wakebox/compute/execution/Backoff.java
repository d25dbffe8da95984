package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long to wait before a launch begins again: {@code retry_backoff_base_s}, {@code retry_backoff_rate} and {@code retry_backoff_max_s}.
 * The state machine uses the same options between attempts. Pure.
 */
public record Backoff(Duration base, double rate, Duration most) {
    public Backoff {
        requireNonNull(base, "base is null");
        requireNonNull(most, "most is null");
    }

    /** The wait after so many earlier ones, in whole seconds, at least one. */
    public Duration after(int waits) {
        double millis = Math.min((double) most.toMillis(), base.toMillis() * Math.pow(rate, waits));
        return Duration.ofSeconds(Math.max(1, (long) millis / 1000));
    }
}
