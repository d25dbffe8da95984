package dev.wakebox.functions.stop;

import dev.wakebox.compute.Instance;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.TrainingJobFile;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The decision of {@code stop} about the observed state, with the message that gives the reason. */
sealed interface StopAction {
    String message();

    /** There is nothing to do. */
    record Nothing(String message) implements StopAction {}

    /** The server is set to sleeping. */
    record Sleep(boolean stopInstance, String message) implements StopAction {}

    /**
     * Decides the action.
     *
     * @param removed when the training order was deleted; null for an operator's request, which applies to any run
     */
    static StopAction decide(
            ServerStatus status, boolean jobPresent, Optional<Instance> instance, @Nullable Instant removed) {
        if (removed != null && jobPresent) {
            return new Nothing("A run is in progress: " + TrainingJobFile.KEY + " exists. Nothing stopped.");
        }
        if (removed != null && status.beingHandedOver()) {
            return new Nothing("Event of an earlier run: the order of " + status.token()
                    + " has yet to be handed over. Nothing stopped.");
        }
        if (removed != null && beforeClaim(removed, status)) {
            return new Nothing("Late event of an earlier run, from " + removed + "; the server has been claimed at "
                    + status.since() + ". Nothing stopped.");
        }
        if (removed != null && !status.active() && launchedAfter(removed, instance)) {
            return new Nothing("Late event of an earlier run, from " + removed
                    + "; the instance has been launched since. Nothing stopped.");
        }
        if (status.devMode()) {
            return new Sleep(false, "Dev mode is on. Instance left alone.");
        }
        return new Sleep(instance.map(seen -> seen.state().up()).orElse(false), "Instance stopped.");
    }

    private static boolean launchedAfter(Instant removed, Optional<Instance> instance) {
        return instance.map(seen -> seen.launchTime().isAfter(removed)).orElse(false);
    }

    /**
     * S3 has a resolution of milliseconds and the record a finer one: within one millisecond the deletion counts as the
     * earlier event.
     */
    private static boolean beforeClaim(Instant removed, ServerStatus status) {
        return status.active()
                && status.since() != null
                && !removed.isAfter(status.since().truncatedTo(ChronoUnit.MILLIS));
    }
}
