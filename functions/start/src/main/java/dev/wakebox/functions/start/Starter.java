package dev.wakebox.functions.start;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import java.util.Objects;

/**
 * Starts the training instance when a run has claimed it. Thread-safe; duplicate events have no effect.
 *
 * <p>It looks at the run again after the start. `stop` deletes the training order before it describes the instance, so
 * either it sees the started instance, or the second look here sees that the run has ended.
 *
 * <p>A training that comes from the queue is taken out of it before its instance is started, so that no function hands
 * over its order again when the trainer has deleted it.
 */
public final class Starter {
    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;
    private final boolean queue;

    /** A starter in a stack without a queue. */
    public Starter(ObjectStore objects, Instances instances, String instanceId, Clock clock) {
        this(objects, instances, instanceId, clock, 0);
    }

    /** @param places how many trainings may wait */
    public Starter(ObjectStore objects, Instances instances, String instanceId, Clock clock, int places) {
        this.statuses = new StatusStore(objects, clock);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.queue = places > 0;
    }

    /**
     * Handles the creation of the training order, if the order still exists.
     *
     * @return what was done, or why nothing was done
     */
    public String jobCreated() {
        return start(true);
    }

    /**
     * Handles an operator's request, with or without a training order.
     *
     * @return what was done, or why nothing was done
     */
    public String ordered() {
        return start(false);
    }

    private String start(boolean onlyWithJob) {
        StatusStore.Versioned seen = statuses.read();
        ServerStatus claim = seen.status();
        StartAction action =
                StartAction.decide(claim, () -> onlyWithJob && !isJobPresent(), () -> instances.describe(instanceId));
        switch (action) {
            case StartAction.Start start -> {
                if (queue && claim.beingHandedOver()) {
                    takeOutOfQueue(seen);
                }
                instances.start(instanceId);
                if (hasEnded(claim, onlyWithJob)) {
                    instances.stop(instanceId);
                    return "The run ended while its instance was being started. Instance stopped.";
                }
            }
            case StartAction.Nothing nothing -> {}
            case StartAction.Refuse(var code, var message) -> throw new WakeboxException(code, message);
        }
        return action.message();
    }

    /** Whether the run is over and no other run has claimed the server. */
    private boolean hasEnded(ServerStatus claim, boolean onlyWithJob) {
        boolean jobGone = onlyWithJob && !isJobPresent();
        ServerStatus now = statuses.read().status();
        if (!now.active()) {
            return !now.devMode();
        }
        return jobGone && now.token().equals(claim.token()) && Objects.equals(now.since(), claim.since());
    }

    private void takeOutOfQueue(StatusStore.Versioned seen) {
        String token = seen.status().token();
        boolean written = objects.get(TrainingJobFile.KEY)
                .filter(order -> TrainingJobFile.isOf(token, order.body()))
                .isPresent();
        try {
            if (written) {
                statuses.replace(seen, seen.status().handedOver());
                return;
            }
        } catch (PreconditionFailedException e) {
            // Another function has done it, or the queue has changed.
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE,
                "The training order of " + token + " is being handed over; try again in a minute.");
    }

    private boolean isJobPresent() {
        return objects.head(TrainingJobFile.KEY).isPresent();
    }
}
