package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJob;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One look at the training server, and what has to be done about it. Thread-safe; sweeps may overlap.
 *
 * <p>The status is read last, so that what was seen of the job and the instance belongs to the claim that was read or
 * to an earlier one, and the clock is read first, so that nothing looks older than it is.
 */
public final class Sweep {
    private static final int ATTEMPTS = 5;

    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;
    private final Clock clock;
    private final Limits limits;

    public Sweep(ObjectStore objects, Instances instances, String instanceId, Clock clock, Limits limits) {
        this.statuses = new StatusStore(objects);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    /** Looks, decides and acts; what it returns has been done. */
    public Action run() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Instant now = clock.instant();
            Optional<ObjectInfo> job = objects.head(TrainingJob.KEY);
            Optional<Instance> instance = instances.describe(instanceId);
            StatusStore.Versioned base = statuses.read();
            Action action = decide(new Observation(base.status(), job, instance), now, limits);
            try {
                act(action, base, job);
                return action;
            } catch (PreconditionFailedException e) {
                // Somebody else was faster: look again.
            }
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE,
                "The status was changed by others all the time; the next sweep will look again.");
    }

    /**
     * The work order is deleted only as the object that was seen before the claim was read: should that claim have been
     * released meanwhile and a new run have written its own, the condition fails and the new one stays.
     */
    private void act(Action action, StatusStore.Versioned base, Optional<ObjectInfo> job) {
        switch (action) {
            case Action.Nothing nothing -> {}
            case Action.StopInstance stop -> instances.stop(instanceId);
            case Action.EndRun end -> {
                if (end.stopInstance()) {
                    instances.stop(instanceId);
                }
                job.ifPresent(seen -> objects.delete(TrainingJob.KEY, new Condition.Unchanged(seen.etag())));
                statuses.replace(base, base.status().released(clock.instant()));
            }
        }
    }

    static Action decide(Observation seen, Instant now, Limits limits) {
        return seen.status().active() ? decideActive(seen, now, limits) : decideSleeping(seen, now, limits);
    }

    private static Action decideSleeping(Observation seen, Instant now, Limits limits) {
        if (!seen.instanceUp()) {
            return new Action.Nothing("the server sleeps");
        }
        if (seen.status().devMode()) {
            return new Action.Nothing("dev mode is on: the instance is left alone");
        }
        Instant launch = seen.instance().orElseThrow().launchTime();
        return olderThan(limits.event(), launch, now)
                ? new Action.StopInstance("the instance runs since " + launch + " without a run")
                : new Action.Nothing("the instance runs without a run, but only since " + launch);
    }

    private static Action decideActive(Observation seen, Instant now, Limits limits) {
        Optional<Instant> known = since(seen);
        if (known.isEmpty()) {
            return end(
                    seen, "the server is active since nobody knows when, without a work order or a running instance");
        }
        Instant since = known.get();
        if (olderThan(limits.run(), since, now)) {
            return end(seen, "the run began at " + since + " and is over its time limit of " + text(limits.run()));
        }
        if (seen.job().isEmpty() && seen.status().since() != null && olderThan(limits.event(), since, now)) {
            return end(seen, "the work order is gone, but nobody has ended the run that began at " + since);
        }
        return seen.instance()
                .map(instance -> decideByInstance(seen, instance, since, now, limits))
                .orElseGet(() -> end(seen, "EC2 does not know the training instance"));
    }

    private static Action decideByInstance(
            Observation seen, Instance instance, Instant since, Instant now, Limits limits) {
        // EC2 tells seconds.
        boolean launchedForRun = !instance.launchTime().isBefore(since.truncatedTo(ChronoUnit.SECONDS));
        String state = instance.state().awsName();
        return switch (instance.state()) {
            case PENDING, RUNNING -> new Action.Nothing("a run is going on since " + since);
            case STOPPING -> new Action.Nothing("the instance is stopping: the next sweep will see it stopped");
            case TERMINATED -> end(seen, "the instance is " + state);
            case STOPPED, SHUTTING_DOWN -> {
                if (launchedForRun) {
                    yield end(seen, "the instance is " + state + ", but the run did not finish");
                }
                yield olderThan(limits.start(), since, now)
                        ? end(seen, "the instance was not started within " + text(limits.start()))
                        : new Action.Nothing("the instance has yet to be started for the run that began at " + since);
            }
        };
    }

    /**
     * When the run began. A record that another program wrote doesn't say: the run is then as old as its work order, or
     * without one as old as the instance's launch.
     */
    private static Optional<Instant> since(Observation seen) {
        return Optional.ofNullable(seen.status().since())
                .or(() -> seen.job().map(ObjectInfo::lastModified))
                .or(() -> seen.instance()
                        .filter(instance -> instance.state().up() || instance.state() == InstanceState.STOPPING)
                        .map(Instance::launchTime));
    }

    private static Action end(Observation seen, String reason) {
        ServerStatus status = seen.status();
        return new Action.EndRun(seen.instanceUp() && !status.devMode(), reason);
    }

    private static boolean olderThan(Duration age, Instant since, Instant now) {
        return Duration.between(since, now).compareTo(age) > 0;
    }

    private static String text(Duration duration) {
        return duration.toMinutes() + " minutes";
    }
}
