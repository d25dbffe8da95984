package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances that get another type when EC2 has no capacity for the wanted one, and the wanted one back when they sleep.
 * Thread-safe.
 */
public final class CapacitySeekingInstances implements Instances {
    private static final Logger log = LoggerFactory.getLogger(CapacitySeekingInstances.class);

    private final ResizableInstances instances;
    private final List<String> types;

    private CapacitySeekingInstances(ResizableInstances instances, List<String> types) {
        this.instances = requireNonNull(instances, "instances is null");
        this.types = List.copyOf(types);
    }

    /**
     * The instances with these types.
     *
     * @param types the wanted one first; without any, the instances keep theirs, and the calls are as before
     */
    public static Instances of(ResizableInstances instances, List<String> types) {
        return types.isEmpty() ? instances : new CapacitySeekingInstances(instances, types);
    }

    @Override
    public Optional<Instance> describe(String id) {
        return instances.describe(id);
    }

    /** Tries the types in their order, each once. If none has capacity, the next delivery of the event begins again. */
    @Override
    public void start(String id) {
        Optional<Instance> seen = instances.describe(id);
        if (seen.isEmpty() || seen.get().state() != InstanceState.STOPPED) {
            instances.start(id); // which also says what is wrong
            return;
        }
        String current = seen.get().type();
        for (String type : types) {
            if (!type.equals(current)) {
                instances.changeType(id, type);
                current = type;
            }
            if (instances.startIfCapacity(id)) {
                return;
            }
            log.warn("EC2 has no capacity to start the instance {} as {}.", id, type);
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE,
                "EC2 has no capacity to start the instance " + id + " as " + String.join(", ", types) + ".");
    }

    @Override
    public void stop(String id) {
        instances.stop(id);
    }

    @Override
    public void asleep(Instance stopped) {
        String wanted = types.getFirst();
        if (!wanted.equals(stopped.type())) {
            instances.changeType(stopped.id(), wanted);
            log.info("The instance {} has its type {} again.", stopped.id(), wanted);
        }
    }
}
