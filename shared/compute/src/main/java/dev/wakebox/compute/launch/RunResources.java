package dev.wakebox.compute.launch;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The instances and volumes that runs launch. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when EC2 can't be reached,
 * throttles, or the resource is in a transient state; {@code INTERNAL} when a retry won't help.
 */
public interface RunResources {
    /**
     * Launches one instance.
     *
     * @param request RunInstances' request in the API's own spelling, with a ClientToken: EC2 launches one instance per
     *     token
     */
    LaunchAnswer launch(JsonObject request);

    /** The instance; empty when EC2 does not know it yet or no longer knows it. */
    Optional<RunInstance> describe(String id);

    /** What EC2 last kept of the instance's console; empty when that is nothing, or EC2 no longer knows the instance. */
    Optional<String> console(String id);

    /** The instances with a tag, including recently terminated ones. */
    List<RunInstance> tagged(String tag, String value);

    /** The volumes with a tag. */
    List<Volume> volumesTagged(String tag, String value);

    /** Terminates an instance. Does nothing when it is gone. */
    void terminate(String id);

    /**
     * Stops a running instance, or terminates it if it can't be stopped. Does nothing when it is stopping, stopped or
     * gone.
     */
    void stop(String id);

    /** Sets a tag of an instance or a volume. Does nothing when the resource is gone. */
    void tag(String id, String tag, String value);

    /** Detaches a volume from its stopped instance. Does nothing when it is not attached. */
    void detach(String volumeId);

    /** Deletes a volume that is not attached. Does nothing when it is gone. */
    void delete(String volumeId);
}
