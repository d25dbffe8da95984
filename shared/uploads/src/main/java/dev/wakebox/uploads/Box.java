package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.Instances;
import dev.wakebox.jobs.Needs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The instance that processes files: it runs while an upload needs it. Thread-safe.
 *
 * <p>Whoever stops it takes the right to first, which one at a time gets, and nobody while an upload needs it; and an
 * upload that comes meanwhile waits until EC2 shows the stop. So no file is sent to a box that is about to go.
 */
public final class Box {
    /** Longer than any function that stops the box lives, and than EC2 takes to show that it was stopped. */
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final Needs needs;
    private final Instances instances;
    private final String instanceId;
    private final Clock clock;

    public Box(Needs needs, Instances instances, String instanceId, Clock clock) {
        this.needs = requireNonNull(needs, "needs is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * The upload needs the box from now on.
     *
     * @return whether it may use it now; when not, somebody is just stopping it
     */
    public boolean need(String uploadId) {
        return !needs.add(instanceId, uploadId).ending(clock.instant());
    }

    /** The uploads that need it. */
    public Set<String> neededBy() {
        return needs.of(instanceId).jobs();
    }

    /** When it last had the results of an upload; long ago when it never had. */
    public Instant lastResult() {
        return needs.of(instanceId).lastServed();
    }

    /** The box as it is now; empty when EC2 doesn't know it. */
    public Optional<Instance> look() {
        return instances.describe(instanceId);
    }

    public void start() {
        instances.start(instanceId);
    }

    /**
     * The upload needs the box no more; the last one stops it.
     *
     * @return whether the box was stopped
     */
    public boolean release(String uploadId) {
        return needs.remove(instanceId, uploadId).jobs().isEmpty() && stopUnlessNeeded();
    }

    /**
     * The upload has its results and needs the box no more; the last one stops it.
     *
     * @return whether the box was stopped
     */
    public boolean done(String uploadId) {
        return needs.served(instanceId, uploadId, clock.instant()).jobs().isEmpty() && stopUnlessNeeded();
    }

    /**
     * Stops the box if it is up, no upload needs it, and nobody else is just stopping it.
     *
     * @return whether it was stopped here
     */
    public boolean stopUnlessNeeded() {
        Instant now = clock.instant();
        if (!isUp() || !needs.end(instanceId, now.plus(STOP_LIMIT), now)) {
            return false;
        }
        instances.stop(instanceId);
        // EC2 may call it running for a while yet, and it answers to the last: then the right runs out by itself.
        if (!isUp()) {
            needs.ended(instanceId);
        }
        return true;
    }

    private boolean isUp() {
        return look().map(instance -> instance.state().up()).orElse(false);
    }
}
