package dev.wakebox.functions.reaper;

import dev.wakebox.compute.Instance;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.storage.ObjectInfo;
import java.util.Optional;

/**
 * The world as a sweep found it.
 *
 * @param job the work order of the run
 * @param instance empty when EC2 doesn't know it
 */
record Observation(ServerStatus status, Optional<ObjectInfo> job, Optional<Instance> instance) {
    boolean instanceUp() {
        return instance.map(seen -> seen.state().up()).orElse(false);
    }
}
