package dev.wakebox.functions.train;

import dev.wakebox.compute.Instance;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.status.ServerStatus;
import java.util.Optional;

/** Whether a run may begin now. */
sealed interface Admission {
    /** The server sleeps and can be woken. */
    record Granted() implements Admission {}

    /** Not now, or not before somebody mends the setup. */
    record Refused(ErrorCode code, String reason) implements Admission {}

    /** Decides on what the world looks like. */
    static Admission decide(Optional<Instance> instance, ServerStatus status) {
        if (instance.isEmpty()) {
            return new Refused(ErrorCode.INTERNAL, "The training instance does not exist; check TRAINING_INSTANCE_ID.");
        }
        return switch (instance.get().state()) {
            case STOPPING ->
                new Refused(
                        ErrorCode.CONFLICT, "Server is currently shutting down, please try again in a few minutes.");
            case SHUTTING_DOWN, TERMINATED ->
                new Refused(ErrorCode.INTERNAL, "The training instance was terminated; check TRAINING_INSTANCE_ID.");
            case PENDING, RUNNING, STOPPED ->
                status.active() ? new Refused(ErrorCode.CONFLICT, "Server is busy.") : new Granted();
        };
    }
}
