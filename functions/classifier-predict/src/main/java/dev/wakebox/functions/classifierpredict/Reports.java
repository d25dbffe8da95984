package dev.wakebox.functions.classifierpredict;

import static java.util.Objects.requireNonNull;

import dev.wakebox.mentors.Mentors;
import dev.wakebox.mentors.UserQuestion;
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

/** Tells the source of the mentors what users ask, beside the answer: it never fails one, and hardly delays it. Thread-safe. */
final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private final Optional<Mentors> mentors;
    private final Duration patience;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param mentors where questions are reported to, if anywhere
     * @param patience how long an answer waits for the id of its report
     */
    Reports(Optional<Mentors> mentors, Duration patience) {
        this.mentors = requireNonNull(mentors, "mentors is null");
        this.patience = requireNonNull(patience, "patience is null");
    }

    /** Reports a question; its id for feedback, or empty when there is none yet. */
    Optional<String> report(UserQuestion question) {
        if (mentors.isEmpty()) {
            return Optional.empty();
        }
        var reported = CompletableFuture.supplyAsync(() -> mentors.get().report(question), threads);
        try {
            return reported.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("The question was not reported within {} ms; its answer has no feedback_id.", patience.toMillis());
            // Lambda freezes the process after the answer: this may be known with the next question, or never.
            var _ = reported.whenComplete((_, failure) -> {
                if (failure != null) {
                    log.warn("The question could not be reported late, either: {}.", reason(cause(failure)));
                }
            });
        } catch (ExecutionException e) {
            log.warn("The question could not be reported: {}.", reason(requireNonNull(e.getCause())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** What may be logged of a failure: a server's own words could quote the user's. */
    static String reason(Throwable failure) {
        return failure instanceof WakeboxException e
                ? e.code().name()
                : failure.getClass().getName();
    }
}
