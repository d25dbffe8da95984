package dev.wakebox.compute;

import java.util.Optional;

/**
 * The instances that Wakebox may describe, start and stop. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when EC2 can't be reached,
 * throttles, has no capacity, or the instance is in a transient state; {@code INTERNAL} when a retry won't help (no
 * such instance, no permission).
 */
public interface Instances {
    /** The instance; empty when EC2 does not know it or no longer knows it. */
    Optional<Instance> describe(String id);

    /** Starts a stopped instance. Does nothing when it is pending or running. */
    void start(String id);

    /** Stops a running instance. Does nothing when it is stopping or stopped. */
    void stop(String id);

    /** Undoes what a start has changed, of a stopped instance that no run needs. May be called often. */
    default void asleep(Instance stopped) {}
}
