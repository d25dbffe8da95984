package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a sweep lets things be.
 *
 * @param run a training run, from its claim to its end
 * @param start from the claim until the instance is launched: events may be late and EC2 short of capacity
 * @param event an event about something that has happened already
 */
public record Limits(Duration run, Duration start, Duration event) {
    public Limits {
        requireNonNull(run, "run is null");
        requireNonNull(start, "start is null");
        requireNonNull(event, "event is null");
    }

    /** The usual patience with everything but the run itself. */
    public static Limits ofRun(Duration run) {
        return new Limits(run, Duration.ofMinutes(15), Duration.ofMinutes(5));
    }
}
