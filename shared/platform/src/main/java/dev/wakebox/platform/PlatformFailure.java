package dev.wakebox.platform;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.TransientFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The platform didn't do what it was asked; another attempt may go better. */
public final class PlatformFailure extends TransientFailure {
    PlatformFailure(ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(code, message, retryAfter, cause);
    }
}
