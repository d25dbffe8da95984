package dev.wakebox.local;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * One event on its way through a function.
 *
 * @param deadline after which nobody waits for the result any more
 */
record Invocation(String requestId, byte[] payload, Instant deadline, CompletableFuture<InvocationResult> result) {
    Invocation(String requestId, byte[] payload, Instant deadline) {
        this(requestId, payload, deadline, new CompletableFuture<>());
    }
}
