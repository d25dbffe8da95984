package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Sends errors to a service that collects them. {@link ErrorReports} loads the implementation with {@link
 * java.util.ServiceLoader} at the first error, if {@code SENTRY_DSN_ARN} is set.
 */
public interface ErrorTracker {
    /**
     * An error of an invocation.
     *
     * @param tags {@code function}, {@code requestId} and, if known, {@code job}
     */
    record Incident(Throwable error, Map<String, String> tags, Instant at) {
        public Incident {
            requireNonNull(error, "error is null");
            tags = Map.copyOf(tags);
            requireNonNull(at, "at is null");
        }
    }

    /** Sends the errors, or throws. The caller interrupts the thread when it takes too long. */
    void send(List<Incident> failures);
}
