package dev.wakebox.functions.train;

import dev.wakebox.compute.Instance;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.status.ServerStatus;
import java.util.Optional;

/** Whether a run may begin now, or wait. */
sealed interface Admission {
    /** The server is sleeping and can be started. */
    record Granted() implements Admission {}

    /** The server is busy, and the run may wait for it. */
    record Queued() implements Admission {}

    /** The run may not begin now, or not before an operator corrects the deployment. */
    record Refused(ErrorCode code, String reason) implements Admission {}

    /**
     * Decides by the observed state.
     *
     * @param places how many trainings may wait
     */
    static Admission decide(Optional<Instance> instance, ServerStatus status, int places) {
        if (instance.isEmpty()) {
            return new Refused(ErrorCode.INTERNAL, "The training instance does not exist; check TRAINING_INSTANCE_ID.");
        }
        return switch (instance.get().state()) {
            case SHUTTING_DOWN, TERMINATED ->
                new Refused(ErrorCode.INTERNAL, "The training instance was terminated; check TRAINING_INSTANCE_ID.");
            // With a queue, `start` waits until an instance that is stopping has stopped.
            case STOPPING ->
                places == 0
                        ? new Refused(
                                ErrorCode.CONFLICT,
                                "Server is currently training another model, please check back in 5 minutes.")
                        : decide(status, places);
            case PENDING, RUNNING, STOPPED -> decide(status, places);
        };
    }

    private static Admission decide(ServerStatus status, int places) {
        if (places == 0) {
            return status.active() ? new Refused(ErrorCode.CONFLICT, "Server is busy.") : new Granted();
        }
        if (!status.active() && status.waiting().isEmpty()) {
            return new Granted();
        }
        return status.waiting().size() < places ? new Queued() : full(status);
    }

    /** The answer to a run for which the queue has no place. */
    static Refused full(ServerStatus status) {
        int waiting = status.waiting().size();
        return new Refused(
                ErrorCode.CONFLICT,
                "Server is busy, and " + waiting + (waiting == 1 ? " training waits" : " trainings wait")
                        + ", as many as may; try again when the next one has begun.");
    }
}
