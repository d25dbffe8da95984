package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a job failed, as the state machine reads it in {@code $.failure}.
 *
 * @param cause a sentence for the person who submitted the execution
 * @param state the state machine's state that found it
 * @param permanent whether another attempt would fail in the same way, so that none is made
 */
public record Failure(Outcome outcome, String cause, String state, boolean permanent) {
    public Failure {
        requireNonNull(outcome, "outcome is null");
        requireNonNull(cause, "cause is null");
        requireNonNull(state, "state is null");
        if (outcome == Outcome.SUCCEEDED) {
            throw new IllegalArgumentException("SUCCEEDED is no failure");
        }
    }

    /** A failure that another attempt may not meet. */
    public static Failure of(Outcome outcome, String cause, String state) {
        return new Failure(outcome, cause, state, false);
    }

    /** A failure that every further attempt would meet too. */
    public static Failure permanent(Outcome outcome, String cause, String state) {
        return new Failure(outcome, cause, state, true);
    }

    Map<String, @Nullable Object> toJson() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("outcome", outcome.name());
        json.put("cause", cause);
        json.put("state", state);
        json.put("permanent", permanent);
        return json;
    }
}
