package dev.wakebox.functions.train;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.status.WaitingTraining;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts trainings at the end of the queue: first the training order, then the place in {@code status.json}, so that a
 * training that has a place has its order. Thread-safe.
 */
record WaitingLine(ObjectStore objects, StatusStore statuses, TrainingQueue queue, Clock clock) {
    private static final Logger log = LoggerFactory.getLogger(WaitingLine.class);

    /** One of several concurrent requests gets its place with each attempt, so there are more of them than places. */
    private static final int ATTEMPTS_BESIDE_PLACES = 20;

    /**
     * Has the training wait. If the server sleeps meanwhile, the training that has waited longest begins, which may be
     * this one.
     *
     * @throws WakeboxException {@code CONFLICT} when no place is left
     */
    TrainingStart.Accepted add(WaitingTraining training, byte[] order) {
        objects.put(training.orderKey(), order, "application/json", new Condition.Absent());
        for (int attempt = 0; attempt < ATTEMPTS_BESIDE_PLACES + queue.places(); attempt++) {
            StatusStore.Versioned base = statuses.read();
            ServerStatus status = base.status();
            if (status.place(training.token()) > 0 || status.token().equals(training.token())) {
                // The SDK retried a write whose answer was lost, and the retry failed.
                return new TrainingStart.Accepted(training.token(), status.place(training.token()));
            }
            if (status.waiting().size() >= queue.places()) {
                objects.delete(training.orderKey());
                Admission.Refused full = Admission.full(status);
                throw new WakeboxException(full.code(), full.reason());
            }
            try {
                ServerStatus longer = status.withWaiting(training);
                StatusStore.Versioned stored =
                        statuses.replace(base, longer.active() ? longer : longer.ended(clock.instant()));
                begin(stored);
                return new TrainingStart.Accepted(
                        training.token(), stored.status().place(training.token()));
            } catch (PreconditionFailedException e) {
                // Another writer was faster: look again.
            }
        }
        objects.delete(training.orderKey());
        throw new WakeboxException(ErrorCode.UNAVAILABLE, "The server's status keeps changing; try again.");
    }

    /** The training is stored; what fails here is completed by the next sweep. */
    private void begin(StatusStore.Versioned stored) {
        try {
            queue.advance(stored);
        } catch (WakeboxException e) {
            log.warn("The next training is not handed over yet; the reaper does it: {}", e.getMessage());
        }
    }
}
