package dev.wakebox.functions.notify;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/** How the receiver of a webhook has answered. */
sealed interface Reception {
    /** The receiver has it. */
    record Taken(int status) implements Reception {}

    /** The receiver has not got it, and a retry may succeed. */
    record Later(String reason, Optional<Duration> retryAfter) implements Reception {
        public Later {
            requireNonNull(reason, "reason is null");
            requireNonNull(retryAfter, "retryAfter is null");
        }
    }

    /** The receiver does not want it, or must not get it. A retry needs an operator. */
    record Refused(String reason) implements Reception {
        public Refused {
            requireNonNull(reason, "reason is null");
        }
    }
}
