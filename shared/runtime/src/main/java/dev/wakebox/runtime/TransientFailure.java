package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request to another service failed, and a retry may succeed. {@link Retries} makes the retry. */
public class TransientFailure extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable Duration retryAfter;

    public TransientFailure(ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(requireNonNull(message, "message is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.retryAfter = retryAfter;
    }

    @Override
    public final String getMessage() {
        return requireNonNull(super.getMessage());
    }

    /** The code of the failure when there is no further retry. */
    public final ErrorCode code() {
        return code;
    }

    /** The delay that the service asks for, or null. */
    public final @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
