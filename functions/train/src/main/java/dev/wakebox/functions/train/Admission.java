package dev.wakebox.functions.train;

import dev.wakebox.compute.Instance;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.status.ServerStatus;
import java.util.Optional;

/** Whether a run may begin now. */
sealed interface Admission {
    /** The server is sleeping and can be started. */
    record Granted() implements Admission {}

    /** The run may not begin now, or not before an operator corrects the deployment. */
    record Refused(ErrorCode code, String reason) implements Admission {}

    /** Decides by the observed state. */
    static Admission decide(Optional<Instance> instance, ServerStatus status) {
        if (instance.isEmpty()) {
            return new Refused(ErrorCode.INTERNAL, "The training instance does not exist; check TRAINING_INSTANCE_ID.");
        }
        return switch (instance.get().state()) {
            case STOPPING ->
                new Refused(
                        ErrorCode.CONFLICT,
                        "Server is currently training another model, please check back in 5 minutes.");
            case SHUTTING_DOWN, TERMINATED ->
                new Refused(ErrorCode.INTERNAL, "The training instance was terminated; check TRAINING_INSTANCE_ID.");
            case PENDING, RUNNING, STOPPED ->
                status.active() ? new Refused(ErrorCode.CONFLICT, "Server is busy.") : new Granted();
        };
    }
}
