package dev.wakebox.compute;

import java.util.Optional;

/**
 * The instances that Wakebox may look at, start and stop. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when EC2 can't be reached,
 * throttles, has no capacity, or the instance is in a state that passes by itself; {@code INTERNAL} when a retry won't
 * help (no such instance, no permission).
 */
public interface Instances {
    /** The instance, or empty when EC2 doesn't know it (any more). */
    Optional<Instance> describe(String id);

    /** Starts a stopped instance; does nothing when it is pending or running. */
    void start(String id);

    /** Stops a running instance; does nothing when it is stopping or stopped. */
    void stop(String id);
}
