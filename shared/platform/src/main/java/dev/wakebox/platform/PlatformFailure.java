package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The platform didn't do what it was asked; another attempt may go better. {@link Retries} makes it. */
public final class PlatformFailure extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable Duration retryAfter;

    PlatformFailure(ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(requireNonNull(message, "message is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.retryAfter = retryAfter;
    }

    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }

    /** What it is when no other attempt is made. */
    public ErrorCode code() {
        return code;
    }

    /** How long the platform wants to be left alone, or null when it doesn't say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
