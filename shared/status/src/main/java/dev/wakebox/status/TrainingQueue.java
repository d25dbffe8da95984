package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.storage.StoredObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * Gives the training server to the training that has waited longest, once. Thread-safe; any function may call it at any
 * time.
 *
 * <p>The end of a run and the claim of the next one are one write of {@code status.json}. The next one's training order
 * is then handed over: it is copied to {@link TrainingJobFile#KEY}, the training is taken out of the queue, and the
 * waiting order is deleted. A function that is interrupted in between leaves a training that is {@linkplain
 * ServerStatus#beingHandedOver being handed over}, and the next function that sees it completes that.
 */
public final class TrainingQueue {
    private static final int ATTEMPTS = 10;

    private final ObjectStore objects;
    private final StatusStore statuses;
    private final TrainingNotices notices;
    private final Clock clock;
    private final int places;

    /** @param places how many trainings may wait; with 0, none is begun either */
    public TrainingQueue(ObjectStore objects, StatusStore statuses, TrainingNotices notices, Clock clock, int places) {
        this.objects = requireNonNull(objects, "objects is null");
        this.statuses = requireNonNull(statuses, "statuses is null");
        this.notices = requireNonNull(notices, "notices is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.places = places;
    }

    /**
     * How many trainings may wait; 0 in a stack without a queue.
     *
     * @throws IllegalStateException when {@code TRAINING_QUEUE} is no such number
     */
    public static int placesOfEnvironment() {
        String value = Environment.optional("TRAINING_QUEUE").orElse("0");
        if (!value.matches("[0-9]{1,3}")) {
            throw new IllegalStateException(
                    "The environment variable TRAINING_QUEUE is \"" + value + "\"; it must be a number from 0 to 999.");
        }
        return Integer.parseInt(value);
    }

    /** How many trainings may wait. */
    public int places() {
        return places;
    }

    /** The status after the run that has the claim: claimed by the next training, or sleeping. */
    public ServerStatus after(ServerStatus status, Instant now) {
        return places == 0 ? status.released(now) : status.ended(now);
    }

    /** Whether a training can begin, or has begun without its training order. */
    public boolean ready(ServerStatus status) {
        return places > 0
                && (status.beingHandedOver()
                        || (!status.active() && !status.waiting().isEmpty()));
    }

    /**
     * Begins the next training if the server is sleeping, and completes what another function began. It reads nothing
     * when there is nothing to do.
     *
     * @throws WakeboxException {@code UNAVAILABLE} when other writers keep changing the status
     */
    public void advance(StatusStore.Versioned seen) {
        StatusStore.Versioned base = seen;
        for (int attempt = 0; ready(base.status()); attempt++) {
            if (attempt == ATTEMPTS) {
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE, "Other writers kept changing the status; the next sweep tries again.");
            }
            try {
                base = base.status().active()
                        ? handOver(base)
                        : statuses.replace(base, base.status().ended(clock.instant()));
            } catch (PreconditionFailedException e) {
                base = statuses.read();
            }
        }
    }

    private StatusStore.Versioned handOver(StatusStore.Versioned base) {
        WaitingTraining training = base.status().queue().getFirst();
        Optional<StoredObject> order = objects.get(training.orderKey());
        if (order.isEmpty()) {
            return withoutOrder(base, training);
        }
        put(order.get().body(), training);
        StatusStore.Versioned after = takeOut(base);
        if (!isBeingHandedOver(after, training)) {
            objects.delete(training.orderKey());
        }
        return after;
    }

    private StatusStore.Versioned takeOut(StatusStore.Versioned base) {
        try {
            return statuses.replace(base, base.status().handedOver());
        } catch (PreconditionFailedException e) {
            return statuses.read(); // `start` may have taken it out
        }
    }

    private static boolean isBeingHandedOver(StatusStore.Versioned seen, WaitingTraining training) {
        return seen.status().beingHandedOver() && seen.status().token().equals(training.token());
    }

    /** Another function deletes the order only when it has taken the training out of the queue. */
    private StatusStore.Versioned withoutOrder(StatusStore.Versioned base, WaitingTraining training) {
        StatusStore.Versioned now = statuses.read();
        if (!isBeingHandedOver(now, training)) {
            return now;
        }
        notices.neverBegan(training, training.orderKey() + " is gone, so that the training could not begin.");
        return statuses.replace(base, base.status().ended(clock.instant()));
    }

    /**
     * Replaces only an order that an earlier run has left behind. The present order is read before the status: if the
     * training is still being handed over then, the order is no later run's.
     *
     * @throws PreconditionFailedException when this training has lost the server, or the order has changed
     */
    private void put(byte[] order, WaitingTraining training) {
        try {
            objects.put(TrainingJobFile.KEY, order, "application/json", new Condition.Absent());
        } catch (PreconditionFailedException e) {
            StoredObject present = objects.get(TrainingJobFile.KEY).orElseThrow(() -> e);
            if (TrainingJobFile.isOf(training.token(), present.body())) {
                return;
            }
            if (!isBeingHandedOver(statuses.read(), training)) {
                throw e;
            }
            objects.put(TrainingJobFile.KEY, order, "application/json", new Condition.Unchanged(present.etag()));
        }
    }
}
