package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.Instances;
import dev.wakebox.jobs.UsageLedger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The processing instance: it runs while an upload needs it. Thread-safe.
 *
 * <p>Stopping needs an exclusive lease, granted only while no upload needs the instance. An upload that arrives during
 * a stop waits until EC2 reports it stopped. So no file is sent to an instance that is about to stop.
 */
public final class ProcessingInstance {
    /** Longer than the timeout of any function that stops the instance, and than EC2 takes to report the stop. */
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final UsageLedger ledger;
    private final Instances instances;
    private final String instanceId;
    private final Clock clock;

    public ProcessingInstance(UsageLedger ledger, Instances instances, String instanceId, Clock clock) {
        this.ledger = requireNonNull(ledger, "ledger is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Records that the upload needs the instance.
     *
     * @return whether the upload may use it now; false while it is being stopped
     */
    public boolean need(String uploadId) {
        return !ledger.add(instanceId, uploadId).ending(clock.instant());
    }

    /** The uploads that need the instance. */
    public Set<String> neededBy() {
        return ledger.of(instanceId).jobs();
    }

    /** The time of the last results; {@link Instant#EPOCH} when there were none. */
    public Instant lastResult() {
        return ledger.of(instanceId).lastServed();
    }

    /** Describes the instance; empty when EC2 doesn't know it. */
    public Optional<Instance> describe() {
        return instances.describe(instanceId);
    }

    public void start() {
        instances.start(instanceId);
    }

    /** Stops the instance although uploads need it: it does not work, and they start it again. */
    public void stop() {
        instances.stop(instanceId);
    }

    /**
     * Records that the upload does not need the instance any more, and stops it after the last one.
     *
     * @return whether the instance was stopped
     */
    public boolean release(String uploadId) {
        return ledger.remove(instanceId, uploadId).jobs().isEmpty() && stopUnlessNeeded();
    }

    /**
     * Records that the upload has its results and does not need the instance any more, and stops it after the last one.
     *
     * @return whether the instance was stopped
     */
    public boolean done(String uploadId) {
        return ledger.served(instanceId, uploadId, clock.instant()).jobs().isEmpty() && stopUnlessNeeded();
    }

    /**
     * Stops the instance if it is up, no upload needs it, and no other caller is stopping it.
     *
     * @return whether this call stopped it
     */
    public boolean stopUnlessNeeded() {
        Instant now = clock.instant();
        if (!isUp() || !ledger.end(instanceId, now.plus(STOP_LIMIT), now)) {
            return false;
        }
        instances.stop(instanceId);
        // EC2 may report it as running for some time, and it still answers until then: so the lease expires by itself.
        if (!isUp()) {
            ledger.ended(instanceId);
        }
        return true;
    }

    private boolean isUp() {
        return describe().map(instance -> instance.state().up()).orElse(false);
    }
}
