package dev.wakebox.local.lambda;

import dev.wakebox.runtime.Json;
import java.util.Map;

/** The result of an invocation of a function. */
public sealed interface InvocationResult {
    /**
     * The function returned.
     *
     * @param payload the JSON that it returned
     */
    record Success(byte[] payload) implements InvocationResult {}

    /**
     * The function failed, crashed or timed out.
     *
     * @param payload Lambda's JSON about the failure, with {@code errorType} and {@code errorMessage}
     */
    record Failure(byte[] payload) implements InvocationResult {
        static Failure of(String type, String message) {
            return new Failure(Json.bytes(Map.of("errorType", type, "errorMessage", message)));
        }
    }
}
