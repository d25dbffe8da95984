package dev.wakebox.compute.launch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The instances and volumes that runs launch. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when EC2 can't be reached,
 * throttles, or the resource is in a state that passes by itself; {@code INTERNAL} when a retry won't help.
 */
public interface Machines {
    /**
     * Launches one instance.
     *
     * @param request RunInstances' request in the API's own spelling, with a ClientToken: EC2 launches once for a token
     */
    LaunchAnswer launch(Map<String, @Nullable Object> request);

    /** The instance, or empty when EC2 doesn't know it (yet, or any more). */
    Optional<Machine> describe(String id);

    /** The instances with a tag, those that were terminated not long ago too. */
    List<Machine> tagged(String tag, String value);

    /** The volumes with a tag. */
    List<Volume> volumesTagged(String tag, String value);

    /** Terminates an instance; does nothing when it is gone. */
    void terminate(String id);

    /** Stops a running instance, or terminates one that can't be; does nothing when it is stopping, stopped or gone. */
    void stop(String id);

    /** Sets a tag of an instance or a volume; does nothing when that is gone. */
    void tag(String id, String tag, String value);

    /** Takes a volume from the stopped instance that holds it; does nothing when nobody holds it. */
    void detach(String volumeId);

    /** Deletes a volume that nobody holds; does nothing when it is gone. */
    void delete(String volumeId);
}
