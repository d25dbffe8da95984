package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.util.Optional;

/** An attempt of a run that failed and was followed by another one. */
@SnakeCase
public record EarlierAttempt(int attempt, Optional<String> instanceId, String outcome, String cause) {
    public EarlierAttempt {
        requireNonNull(instanceId, "instanceId is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(cause, "cause is null");
    }
}
