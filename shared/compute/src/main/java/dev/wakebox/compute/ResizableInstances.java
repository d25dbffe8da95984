package dev.wakebox.compute;

/** Instances whose type Wakebox may change, too. Implementations are thread-safe, and throw as {@link Instances} does. */
public interface ResizableInstances extends Instances {
    /**
     * Starts a stopped instance, unless EC2 has no capacity for its type. Does nothing when it is pending or running.
     *
     * @return false when there is no capacity; the instance is still stopped then
     */
    boolean startIfCapacity(String id);

    /** Gives a stopped instance another type. */
    void changeType(String id, String type);
}
