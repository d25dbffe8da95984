package dev.wakebox.local;

import dev.wakebox.runtime.Json;
import java.util.Map;

/** How an invocation of a function ended. */
public sealed interface InvocationResult {
    /**
     * The function returned.
     *
     * @param payload the JSON that it returned
     */
    record Success(byte[] payload) implements InvocationResult {}

    /**
     * The function failed, crashed or ran out of time.
     *
     * @param payload Lambda's JSON about it, with {@code errorType} and {@code errorMessage}
     */
    record Failure(byte[] payload) implements InvocationResult {
        static Failure of(String type, String message) {
            return new Failure(Json.bytes(Map.of("errorType", type, "errorMessage", message)));
        }
    }
}
