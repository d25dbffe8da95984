package dev.wakebox.functions.start;

import dev.wakebox.compute.Instance;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.TrainingJob;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What {@code start} does about what it has read, with the message that says why. */
sealed interface StartAction {
    String message();

    /** The instance is started; EC2 ignores that for one that runs. */
    record Start(String message) implements StartAction {}

    /** Nothing is to be done. */
    record Nothing(String message) implements StartAction {}

    /** The run can't have its instance, for now or for good. */
    record Refuse(ErrorCode code, String message) implements StartAction {}

    /**
     * Decides. The job and the instance are looked at only when the answer hangs on them.
     *
     * @param nothingToRun whether the work order that the event announced is gone again
     */
    static StartAction decide(
            ServerStatus status, BooleanSupplier nothingToRun, Supplier<Optional<Instance>> instance) {
        if (status.devMode()) {
            return new Nothing("Dev mode is on.");
        }
        if (!status.active()) {
            return new Nothing("Status not active. Server not turned on.");
        }
        if (nothingToRun.getAsBoolean()) {
            return new Nothing("Nothing to run: " + TrainingJob.KEY + " is gone. Server not turned on.");
        }
        return instance.get().map(StartAction::decide).orElseGet(() -> lost("EC2 does not know it"));
    }

    private static StartAction decide(Instance instance) {
        return switch (instance.state()) {
            case PENDING, RUNNING, STOPPED -> new Start("Instance started.");
            case STOPPING ->
                new Refuse(
                        ErrorCode.UNAVAILABLE, "The training instance is still stopping; try again in a few minutes.");
            case SHUTTING_DOWN, TERMINATED -> lost("it is " + instance.state().awsName());
        };
    }

    private static StartAction lost(String why) {
        return new Refuse(
                ErrorCode.INTERNAL,
                "The training instance cannot be started: " + why
                        + ". Deploy with the TrainingInstanceId of one that exists.");
    }
}
