package dev.wakebox.functions.classifierpredict;

import static java.util.Objects.requireNonNull;

import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.mentors.Mentors;
import dev.wakebox.mentors.UserQuestion;
import dev.wakebox.runtime.ErrorReports;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports users' questions to the source of the mentors, in parallel to the answer. A failure never fails the answer
 * and delays it little. Thread-safe.
 */
final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private final Optional<Mentors> mentors;
    private final Duration patience;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param mentors the source to report to, if any
     * @param patience how long an answer waits for the id of its report
     */
    Reports(Optional<Mentors> mentors, Duration patience) {
        this.mentors = requireNonNull(mentors, "mentors is null");
        this.patience = requireNonNull(patience, "patience is null");
    }

    /** Reports a question and returns the id of the report for feedback; empty if there is none in time. */
    Optional<String> report(UserQuestion question, CallerHeaders caller) {
        if (mentors.isEmpty()) {
            return Optional.empty();
        }
        var reported = CompletableFuture.supplyAsync(() -> mentors.get().report(question, caller), threads);
        try {
            return reported.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("The question was not reported within {} ms; its answer has no feedback_id.", patience.toMillis());
            // Lambda freezes the process after the answer, so this line may be logged during the next question or never
            var _ = reported.whenComplete((_, failure) -> {
                if (failure != null) {
                    log.warn("The question could not be reported later either: {}.", reason(cause(failure)));
                }
            });
        } catch (ExecutionException e) {
            ErrorReports.add(requireNonNull(e.getCause()));
            log.warn("The question could not be reported: {}.", reason(requireNonNull(e.getCause())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** The part of a failure that may be logged: a server's message could quote the user's question. */
    static String reason(Throwable failure) {
        return failure instanceof WakeboxException e
                ? e.code().name()
                : failure.getClass().getName();
    }
}
