package dev.wakebox.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Reports the errors of an invocation to the error tracker, if one is configured. Errors that are the caller's fault are not
 * reported. Reports are sent at the end of the invocation, before its answer. Thread-safe; Lambda gives a process one
 * invocation at a time.
 */
public final class ErrorReports {
    private static final Logger log = LoggerFactory.getLogger(ErrorReports.class);

    private static final Duration LONGEST = Duration.ofSeconds(2);
    /** The part of the function's time that stays reserved for its answer. */
    private static final Duration RESERVE = Duration.ofMillis(200);
    /** Pause after a failure of the tracker, so that not every failing request waits for it. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private static final int MOST = 10;
    private static final List<String> TAGS = List.of("function", "requestId", "job");

    private static final ErrorReports OF_PROCESS =
            new ErrorReports(Environment.optional("SENTRY_DSN_ARN").isPresent(), ErrorReports::installed, Instant::now);

    private final boolean on;
    private final Supplier<Optional<ErrorTracker>> trackers;
    private final Supplier<Instant> now;
    private final List<ErrorTracker.Incident> pending = new ArrayList<>();
    private boolean invoked;
    private Instant quietUntil = Instant.MIN;
    private @Nullable ErrorTracker tracker;

    ErrorReports(boolean on, Supplier<Optional<ErrorTracker>> trackers, Supplier<Instant> now) {
        this.on = on;
        this.trackers = trackers;
        this.now = now;
    }

    /** Reports an error of this invocation, unless it is the caller's fault or no tracker is configured. */
    public static void add(Throwable error) {
        OF_PROCESS.note(error);
    }

    static ErrorReports ofProcess() {
        return OF_PROCESS;
    }

    synchronized void begin() {
        pending.clear();
        invoked = true;
    }

    synchronized void note(Throwable error) {
        // errors during priming belong to no invocation
        if (on && invoked && pending.size() < MOST && !ofTheCaller(error)) {
            pending.add(new ErrorTracker.Incident(error, tags(), now.get()));
        }
    }

    /**
     * Sends the errors since {@link #begin}, within two seconds. Never throws.
     *
     * @param left the remaining time of the function
     */
    void end(Duration left) {
        List<ErrorTracker.Incident> failures = taken();
        Duration limit = left.minus(RESERVE).compareTo(LONGEST) < 0 ? left.minus(RESERVE) : LONGEST;
        if (failures.isEmpty() || limit.isNegative() || now.get().isBefore(quietUntil)) {
            return;
        }
        var sending = new FutureTask<@Nullable Void>(() -> tracker().send(failures), null);
        Thread.ofVirtual().start(sending);
        try {
            sending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            notTaken(failures, "it took longer than " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            notTaken(failures, e.getCause() instanceof WakeboxException known ? known.getMessage() : e.getCause() + "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sending.cancel(true);
        }
    }

    private void notTaken(List<ErrorTracker.Incident> failures, @Nullable String reason) {
        quietUntil = now.get().plus(QUIET);
        log.warn(
                "The error tracker did not accept {} errors of this invocation; no errors are sent for {} s. Reason:"
                        + " {}.",
                failures.size(),
                QUIET.toSeconds(),
                reason);
    }

    private synchronized List<ErrorTracker.Incident> taken() {
        invoked = false;
        var taken = List.copyOf(pending);
        pending.clear();
        return taken;
    }

    private synchronized ErrorTracker tracker() {
        if (tracker == null) {
            tracker = trackers.get()
                    .orElseThrow(() -> new IllegalStateException(
                            "SENTRY_DSN_ARN is set, but the package has no error tracker; add the dependency"
                                    + " wakebox-aws"));
        }
        return tracker;
    }

    private static Optional<ErrorTracker> installed() {
        return ServiceLoader.load(ErrorTracker.class).findFirst();
    }

    private static boolean ofTheCaller(Throwable error) {
        return error instanceof WakeboxException known && known.code().kind() == ErrorCode.Kind.CALLER;
    }

    private static Map<String, String> tags() {
        var tags = new TreeMap<String, String>();
        for (String name : TAGS) {
            String value = MDC.get(name);
            if (value != null) {
                tags.put(name, value);
            }
        }
        return tags;
    }
}
