package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The timeouts of a sweep.
 *
 * @param run a training run, from its claim to its end
 * @param silence between two heartbeats of a working trainer that has sent any
 * @param start from the claim until the instance is launched: events may be late and EC2 short of capacity
 * @param event until the event of a past change is handled
 */
public record Limits(Duration run, Duration silence, Duration start, Duration event) {
    public Limits {
        requireNonNull(run, "run is null");
        requireNonNull(silence, "silence is null");
        requireNonNull(start, "start is null");
        requireNonNull(event, "event is null");
    }

    /** The default timeouts for everything except the run itself and its trainer. */
    public static Limits ofRun(Duration run, Duration silence) {
        return new Limits(run, silence, Duration.ofMinutes(15), Duration.ofMinutes(5));
    }
}
