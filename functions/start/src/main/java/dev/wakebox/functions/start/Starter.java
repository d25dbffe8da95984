package dev.wakebox.functions.start;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.ObjectStore;
import java.time.Clock;

/**
 * Starts the training instance when a run has claimed it. Thread-safe; duplicate events have no effect.
 *
 * <p>It looks at the run again after the start. `stop` deletes the training order before it describes the instance, so
 * either it sees the started instance, or the second look here sees that the run has ended.
 */
public final class Starter {
    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;

    public Starter(ObjectStore objects, Instances instances, String instanceId, Clock clock) {
        this.statuses = new StatusStore(objects, clock);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
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
        ServerStatus claim = statuses.read().status();
        StartAction action =
                StartAction.decide(claim, () -> onlyWithJob && !isJobPresent(), () -> instances.describe(instanceId));
        switch (action) {
            case StartAction.Start start -> {
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
        return jobGone && now.equals(claim);
    }

    private boolean isJobPresent() {
        return objects.head(TrainingJobFile.KEY).isPresent();
    }
}
