package dev.wakebox.platform;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.TransientFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request to the platform failed, and a retry may succeed. */
public final class PlatformFailure extends TransientFailure {
    private final boolean done;

    PlatformFailure(ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        this(code, message, retryAfter, cause, true);
    }

    PlatformFailure(
            ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause, boolean done) {
        super(code, message, retryAfter, cause);
        this.done = done;
    }

    /** Whether the platform may have executed the request although its answer is lost. */
    boolean mayBeDone() {
        return done;
    }
}
