package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A training that waits until the server is free.
 *
 * @param since when it was requested
 */
public record WaitingTraining(String token, String taskType, Instant since) {
    public WaitingTraining {
        requireNonNull(token, "token is null");
        requireNonNull(taskType, "taskType is null");
        requireNonNull(since, "since is null");
    }

    /** The key of its training order while it waits. */
    public String orderKey() {
        return "training/queue/" + token + ".json";
    }
}
