package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The time at which an instance ends in any case: {@code $.run.launch.end}. The state machine makes a schedule of EventBridge
 * Scheduler from it, which works without the state machine, the functions and the stack.
 *
 * @param at in seconds
 * @param terminate whether the instance is terminated; otherwise it is stopped and kept
 * @param scheduled whether the state machine has made the schedule
 */
public record ScheduledEnd(Instant at, boolean terminate, boolean scheduled) {
    private static final String AT = "at";
    private static final String ACTION = "action";
    private static final String TERMINATE = "terminateInstances";
    private static final String STOP = "stopInstances";
    private static final String SCHEDULED = "scheduled";

    public ScheduledEnd {
        requireNonNull(at, "at is null");
    }

    /** The earlier one of this end and a time. */
    public ScheduledEnd orBefore(Instant time) {
        return new ScheduledEnd(time.isBefore(at) ? time.truncatedTo(ChronoUnit.SECONDS) : at, terminate, scheduled);
    }

    ScheduledEnd at(Instant another) {
        return new ScheduledEnd(another, terminate, scheduled);
    }

    static Optional<ScheduledEnd> of(JsonObject json) {
        return RunState.instant(json, AT)
                .map(at -> new ScheduledEnd(at, json.text(ACTION).equals(TERMINATE), json.isTrue(SCHEDULED)));
    }

    JsonObject toJson() {
        return JsonObject.of(AT, at.toString())
                .with(ACTION, terminate ? TERMINATE : STOP)
                .with(SCHEDULED, scheduled);
    }
}
