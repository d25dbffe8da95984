package dev.wakebox.functions.stop;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingNotices;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stops the training server when a run has ended. Thread-safe; duplicate events have no effect.
 *
 * <p>It stops the instance before it releases the status, so that no new run claims the server in between. It describes
 * the instance before it reads the status, so that a running instance belongs to the claim that was read or to an
 * earlier one.
 */
public final class Stopper {
    private static final int ATTEMPTS = 5;

    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;
    private final Clock clock;
    private final TrainingNotices notices;

    /** A stopper in a stack that sends no webhooks. */
    public Stopper(ObjectStore objects, Instances instances, String instanceId, Clock clock) {
        this(objects, instances, instanceId, clock, Notices.NONE);
    }

    Stopper(ObjectStore objects, Instances instances, String instanceId, Clock clock, Notices webhooks) {
        this.statuses = new StatusStore(objects, clock);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.notices = new TrainingNotices(objects, webhooks, clock);
    }

    /**
     * Handles the deletion of the training order at that time, if it is still deleted and no later run has begun.
     *
     * @return what was done, or why nothing was done
     */
    public String jobRemoved(Instant time) {
        return stop(requireNonNull(time, "time is null"));
    }

    /**
     * Handles an operator's request: ends the current run, if any, and deletes its training order.
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
                objects.delete(TrainingJobFile.KEY);
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
            if (base.status().active()) {
                notices.ended(
                        base.status(),
                        removed == null ? "The run was stopped from outside." : "The trainer has ended.");
            }
            if (!base.status().active() || (released(base) && !(removed == null && isJobPresent()))) {
                return action.message();
            }
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE, "Other writers kept changing the status; try again in a minute.");
    }

    /** A run that claimed the server after the first check of a request may have written its training order since. */
    private boolean isJobPresent() {
        return objects.head(TrainingJobFile.KEY).isPresent();
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
