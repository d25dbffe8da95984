package dev.wakebox.runs;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * Counts the state transitions and the invocations of a run from the events of its history, oldest first. A retry is a transition and an
 * invocation of its own. Not thread-safe.
 */
final class LambdaTally {
    private long transitions;
    private long invocations;
    private Duration time = Duration.ZERO;

    /** Whether the present state invokes a function. */
    private boolean invokes;

    /** The beginning of the present invocation; null between a failure and its retry. */
    private @Nullable Instant begun;

    void add(HistoryEvent event) {
        if (event.stateEnteredEventDetails() != null) {
            transitions++;
            invokes = RunSteps.STATES.contains(event.stateEnteredEventDetails().name());
            begun = event.timestamp();
        } else if (event.stateExitedEventDetails() != null) {
            ended(event.timestamp());
            invokes = false;
        } else if (event.taskScheduledEventDetails() != null) {
            transitions += begun == null ? 1 : 0;
            begun = event.timestamp();
        } else if (event.taskFailedEventDetails() != null || event.taskTimedOutEventDetails() != null) {
            ended(event.timestamp());
        }
    }

    private void ended(Instant now) {
        if (invokes && begun != null) {
            invocations++;
            time = time.plus(Duration.between(begun, now));
        }
        begun = null;
    }

    long transitions() {
        return transitions;
    }

    long invocations() {
        return invocations;
    }

    Duration time() {
        return time;
    }
}
