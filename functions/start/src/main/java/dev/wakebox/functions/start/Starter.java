package dev.wakebox.functions.start;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJob;
import dev.wakebox.storage.ObjectStore;

/** Wakes the training instance when a run has claimed it. Thread-safe; the same event may come any number of times. */
public final class Starter {
    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;

    public Starter(ObjectStore objects, Instances instances, String instanceId) {
        this.statuses = new StatusStore(objects);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
    }

    /**
     * Acts on the news that the work order was written, if it is still there.
     *
     * @return what was done, or why nothing was
     */
    public String jobCreated() {
        return start(true);
    }

    /**
     * Acts on an operator's order, whether there is a work order or not.
     *
     * @return what was done, or why nothing was
     */
    public String ordered() {
        return start(false);
    }

    private String start(boolean onlyWithJob) {
        StartAction action = StartAction.decide(
                statuses.read().status(),
                () -> onlyWithJob && objects.head(TrainingJob.KEY).isEmpty(),
                () -> instances.describe(instanceId));
        switch (action) {
            case StartAction.Start start -> instances.start(instanceId);
            case StartAction.Nothing nothing -> {}
            case StartAction.Refuse(var code, var message) -> throw new WakeboxException(code, message);
        }
        return action.message();
    }
}
