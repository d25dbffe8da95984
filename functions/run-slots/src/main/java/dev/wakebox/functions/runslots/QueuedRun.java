package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A run that waits for a slot.
 *
 * @param execution its ARN
 * @param name of the execution
 * @param startedAt when it was submitted: the queue is in this order
 * @param token of the task of the state machine that waits
 */
record QueuedRun(String execution, String name, Instant startedAt, String token) {
    QueuedRun {
        requireNonNull(execution, "execution is null");
        requireNonNull(name, "name is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(token, "token is null");
    }
}
