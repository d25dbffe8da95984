package dev.wakebox.functions.stop;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJob;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the training server to sleep when a run is over. Thread-safe; the same event may come any number of times.
 *
 * <p>The instance is stopped before the status is released, so that no new run claims it in between; and it is looked
 * at before the status is read, so that what was seen running belongs to the claim that was read or to an earlier one.
 */
public final class Stopper {
    private static final int ATTEMPTS = 5;

    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;
    private final Clock clock;

    public Stopper(ObjectStore objects, Instances instances, String instanceId, Clock clock) {
        this.statuses = new StatusStore(objects);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Acts on the news that the work order was deleted at that time, if it is still so and no later run has begun.
     *
     * @return what was done, or why nothing was
     */
    public String jobRemoved(Instant time) {
        return stop(requireNonNull(time, "time is null"));
    }

    /**
     * Acts on an operator's order: ends whatever run there is, and leaves no work order behind.
     *
     * @return what was done
     */
    public String ordered() {
        return stop(null);
    }

    private String stop(@Nullable Instant removed) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            boolean jobPresent = isJobPresent();
            if (jobPresent && removed == null) {
                objects.delete(TrainingJob.KEY);
            }
            Optional<Instance> instance = instances.describe(instanceId);
            StatusStore.Versioned base = statuses.read();
            StopAction action = StopAction.decide(base.status(), jobPresent, instance, removed);
            if (!(action instanceof StopAction.Sleep sleep)) {
                return action.message();
            }
            if (sleep.stopInstance()) {
                instances.stop(instanceId);
            }
            if (!base.status().active() || (released(base) && !(removed == null && isJobPresent()))) {
                return action.message();
            }
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE, "The status was changed by others all the time; try again in a minute.");
    }

    /** A run that claimed the server after an order's first look may have left its work order since. */
    private boolean isJobPresent() {
        return objects.head(TrainingJob.KEY).isPresent();
    }

    private boolean released(StatusStore.Versioned base) {
        try {
            statuses.replace(base, base.status().released(clock.instant()));
            return true;
        } catch (PreconditionFailedException e) {
            return false;
        }
    }
}
