package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.egress.Egress;
import dev.wakebox.platform.OutOfBudgetException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether a delivery of the webhook stores the output itself or leaves it to the queue worker. Thread-safe.
 */
final class WebhookDelivery {
    /** How long API Gateway waits for an answer. */
    private static final Duration CALLER_WAITS = Duration.ofSeconds(30);

    private final Egress egress;
    private final EgressQueue queue;
    private final Clock clock;

    WebhookDelivery(Egress egress, EgressQueue queue, Clock clock) {
        this.egress = requireNonNull(egress, "egress is null");
        this.queue = requireNonNull(queue, "queue is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Stores the output, or leaves it to the queue worker when it is large or slow.
     *
     * @param received when API Gateway received the request and began to wait, so that the time in which the function
     *     started counts, too. An earlier time than API Gateway waits belongs to an event that is being replayed.
     */
    Outcome completed(JobComplete message, Optional<Instant> received) {
        String id = message.id();
        Instant now = clock.instant();
        Instant start = received.filter(time -> time.isAfter(now.minus(CALLER_WAITS)) && time.isBefore(now))
                .orElse(now);
        if (!now.isBefore(start.plus(egress.limits().attempts()))) {
            queue.enqueue(id, Duration.ZERO, false);
            return new Outcome.Accepted(id, "This function started slowly. The queue worker stores the output.");
        }
        Optional<Outcome> stored;
        try {
            stored = egress.store(id, start).map(Outcome.Stored::new);
        } catch (OutOfBudgetException e) {
            queue.enqueue(id, Duration.ZERO, false);
            return new Outcome.Accepted(id, e.getMessage() + " The queue worker stores it.");
        }
        return stored.orElseGet(() -> {
            // the other delivery may crash, so the worker repeats the check
            queue.enqueue(id, egress.limits().lease(), true);
            return new Outcome.Accepted(id, "The output is being stored.");
        });
    }
}
