package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Somebody else's service didn't do what it was asked; another attempt may go better. {@link Retries} makes it. */
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

    /** What it is when no other attempt is made. */
    public final ErrorCode code() {
        return code;
    }

    /** How long the service wants to be left alone, or null when it doesn't say. */
    public final @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
