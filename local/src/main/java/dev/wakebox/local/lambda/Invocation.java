package dev.wakebox.local.lambda;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * One event of a function until its result.
 *
 * @param deadline after which the caller does not wait for the result any more
 */
record Invocation(String requestId, byte[] payload, Instant deadline, CompletableFuture<InvocationResult> result) {
    Invocation(String requestId, byte[] payload, Instant deadline) {
        this(requestId, payload, deadline, new CompletableFuture<>());
    }
}
