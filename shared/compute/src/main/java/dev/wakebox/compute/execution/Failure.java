package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;

/**
 * The failure of a run, as the state machine reads it in {@code $.failure}.
 *
 * @param cause a sentence for the person who submitted the execution
 * @param state the state of the state machine that found it
 * @param permanent whether a further attempt would fail in the same way, so that there is none
 */
public record Failure(RunOutcome outcome, String cause, String state, boolean permanent) {
    public Failure {
        requireNonNull(outcome, "outcome is null");
        requireNonNull(cause, "cause is null");
        requireNonNull(state, "state is null");
        if (outcome == RunOutcome.SUCCEEDED) {
            throw new IllegalArgumentException("SUCCEEDED is no failure");
        }
    }

    /** A failure that a further attempt may avoid. */
    public static Failure of(RunOutcome outcome, String cause, String state) {
        return new Failure(outcome, cause, state, false);
    }

    /** A failure that every further attempt would repeat. */
    public static Failure permanent(RunOutcome outcome, String cause, String state) {
        return new Failure(outcome, cause, state, true);
    }

    JsonObject toJson() {
        return JsonObject.of("outcome", outcome.name())
                .with("cause", cause)
                .with("state", state)
                .with("permanent", permanent);
    }
}
