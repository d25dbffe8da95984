package dev.wakebox.functions.start;

import dev.wakebox.compute.Instance;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.TrainingJobFile;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The decision of {@code start} about the observed state, with the message that gives the reason. */
sealed interface StartAction {
    String message();

    /** The instance is started; EC2 ignores the call if it is running. */
    record Start(String message) implements StartAction {}

    /** There is nothing to do. */
    record Nothing(String message) implements StartAction {}

    /** The run can't get its instance, temporarily or permanently. */
    record Refuse(ErrorCode code, String message) implements StartAction {}

    /**
     * Decides the action. The training order and the instance are read only if the decision depends on them.
     *
     * @param nothingToRun whether the training order of the event has been deleted since
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
            return new Nothing("Nothing to run: " + TrainingJobFile.KEY + " is gone. Server not turned on.");
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
