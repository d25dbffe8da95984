package dev.wakebox.functions.stop;

import dev.wakebox.compute.Instance;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.TrainingJob;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code stop} does about what it has read, with the message that says why. */
sealed interface StopAction {
    String message();

    /** Nothing is to be done. */
    record Nothing(String message) implements StopAction {}

    /** The server goes to sleep. */
    record Sleep(boolean stopInstance, String message) implements StopAction {}

    /**
     * Decides.
     *
     * @param removed when the work order was deleted; null for an operator's order, which holds for any run
     */
    static StopAction decide(
            ServerStatus status, boolean jobPresent, Optional<Instance> instance, @Nullable Instant removed) {
        if (removed != null && jobPresent) {
            return new Nothing("A run is going on: " + TrainingJob.KEY + " exists. Nothing stopped.");
        }
        if (removed != null && beforeClaim(removed, status)) {
            return new Nothing("Late event of a former run, from " + removed + "; the server has been claimed at "
                    + status.since() + ". Nothing stopped.");
        }
        if (removed != null && !status.active() && launchedAfter(removed, instance)) {
            return new Nothing("Late event of a former run, from " + removed
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

    /** S3 tells milliseconds, the record more: within one millisecond the deletion counts as the earlier one. */
    private static boolean beforeClaim(Instant removed, ServerStatus status) {
        return status.active()
                && status.since() != null
                && !removed.isAfter(status.since().truncatedTo(ChronoUnit.MILLIS));
    }
}
