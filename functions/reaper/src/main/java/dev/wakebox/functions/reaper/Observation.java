package dev.wakebox.functions.reaper;

import dev.wakebox.compute.Instance;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.storage.ObjectInfo;
import java.time.Instant;
import java.util.Optional;

/**
 * The state that a sweep observed.
 *
 * @param job the training order of the run
 * @param instance empty when EC2 doesn't know it
 * @param heartbeat the time of a trainer's last heartbeat, in this run or an earlier one; empty when there was none
 * @param agentLost the time of the last report of the instance's agent, if Systems Manager has lost the connection
 */
record Observation(
        ServerStatus status,
        Optional<ObjectInfo> job,
        Optional<Instance> instance,
        Optional<Instant> heartbeat,
        Optional<Instant> agentLost) {
    boolean instanceUp() {
        return instance.map(seen -> seen.state().up()).orElse(false);
    }
}
