package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.compute.launch.Agents;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingNotices;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Observes the training server once, and takes the necessary action. Thread-safe; sweeps may overlap.
 *
 * <p>It reads the status last, so that the observed training order and instance belong to the claim that was read or to
 * an earlier one. It reads the clock first, so that nothing seems older than it is.
 */
public final class Sweep {
    private static final int ATTEMPTS = 5;

    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;
    private final Agents agents;
    private final Clock clock;
    private final Limits limits;
    private final TrainingNotices notices;
    private final TrainingQueue queue;

    /** A sweep in a stack that sends no webhooks and has no queue. */
    public Sweep(
            ObjectStore objects, Instances instances, String instanceId, Agents agents, Clock clock, Limits limits) {
        this(objects, instances, instanceId, agents, clock, limits, Notices.NONE, 0);
    }

    /** @param places how many trainings may wait */
    public Sweep(
            ObjectStore objects,
            Instances instances,
            String instanceId,
            Agents agents,
            Clock clock,
            Limits limits,
            Notices webhooks,
            int places) {
        this.statuses = new StatusStore(objects, clock);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.agents = requireNonNull(agents, "agents is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.notices = new TrainingNotices(objects, webhooks, clock);
        this.queue = new TrainingQueue(objects, statuses, notices, clock, places);
    }

    /** Observes, decides and acts. The returned action has been completed. */
    public Action run() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Instant now = clock.instant();
            Optional<ObjectInfo> job = objects.head(TrainingJobFile.KEY);
            Optional<Instance> instance = instances.describe(instanceId);
            StatusStore.Versioned base = statuses.read();
            boolean working = base.status().active()
                    && instance.filter(seen -> seen.state() == InstanceState.RUNNING)
                            .isPresent();
            Optional<Instant> heartbeat = working
                    ? objects.head(TrainingJobFile.HEARTBEAT_KEY).map(ObjectInfo::lastModified)
                    : Optional.empty();
            Optional<Instant> agentLost =
                    working && heartbeat.isEmpty() ? agents.lostSince(instanceId) : Optional.empty();
            Action action = decide(new Observation(base.status(), job, instance, heartbeat, agentLost), now);
            try {
                act(action, base, job);
                if (action instanceof Action.Nothing
                        && !base.status().active()
                        && !base.status().devMode()) {
                    instance.filter(seen -> seen.state() == InstanceState.STOPPED)
                            .ifPresent(instances::asleep);
                }
                return action;
            } catch (PreconditionFailedException e) {
                // Another writer was faster: observe again.
            }
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE, "Other writers kept changing the status; the next sweep tries again.");
    }

    /**
     * The training order is deleted only if it is the object that was read before the claim. If the claim was released
     * in the meantime and a new run has written its own order, the condition fails and the new order remains.
     */
    private void act(Action action, StatusStore.Versioned base, Optional<ObjectInfo> job) {
        switch (action) {
            case Action.Nothing nothing -> {}
            case Action.StopInstance stop -> instances.stop(instanceId);
            case Action.DeleteOrder delete -> deleteLeftOver(base, job);
            case Action.BeginNext next -> queue.advance(base);
            case Action.EndRun end -> {
                if (end.stopInstance()) {
                    instances.stop(instanceId);
                }
                deleteOrder(job);
                notices.ended(base.status(), end.reason());
                release(base);
            }
        }
    }

    /**
     * Claims the server for the deletion. Otherwise a run could claim it in the meantime, and {@code stop} would take the
     * event of the deletion for the end of that run.
     */
    private void deleteLeftOver(StatusStore.Versioned base, Optional<ObjectInfo> job) {
        StatusStore.Versioned claim = statuses.replace(base, base.status().claimedBy("", "", clock.instant()));
        try {
            deleteOrder(job);
        } finally {
            release(claim);
        }
    }

    /** The deleted order is an event for {@code stop}, which may release the server first. */
    private void release(StatusStore.Versioned claim) {
        try {
            queue.advance(statuses.replace(claim, queue.after(claim.status(), clock.instant())));
        } catch (PreconditionFailedException e) {
            if (statuses.read().status().active()) {
                throw e;
            }
        }
    }

    private void deleteOrder(Optional<ObjectInfo> job) {
        job.ifPresent(seen -> objects.delete(TrainingJobFile.KEY, new Condition.Unchanged(seen.etag())));
    }

    /** Trainings wait while the server sleeps only if a function broke off, or the status was edited by hand. */
    private Action decide(Observation seen, Instant now) {
        boolean possible = seen.status().active() || seen.status().devMode() || !seen.instanceUp();
        return possible && queue.ready(seen.status())
                ? new Action.BeginNext("a training of the queue has yet to begin")
                : decide(seen, now, limits);
    }

    static Action decide(Observation seen, Instant now, Limits limits) {
        return seen.status().active() ? decideActive(seen, now, limits) : decideSleeping(seen, now, limits);
    }

    private static Action decideSleeping(Observation seen, Instant now, Limits limits) {
        if (seen.status().devMode()) {
            return new Action.Nothing("dev mode is on: the instance and the training order are left alone");
        }
        if (!seen.instanceUp()) {
            return decideOrder(seen, now, limits);
        }
        Instant launch = seen.instance().orElseThrow().launchTime();
        return olderThan(limits.event(), launch, now)
                ? new Action.StopInstance("the instance is running since " + launch + " without a run")
                : new Action.Nothing("the instance is running without a run, but only since " + launch);
    }

    /**
     * {@code train} claims the server before it writes the order, so an order without a claim is left from an ended run,
     * for example by a {@code stop} that broke off between its writes.
     */
    private static Action decideOrder(Observation seen, Instant now, Limits limits) {
        return seen.job()
                .map(ObjectInfo::lastModified)
                .filter(written -> olderThan(limits.event(), written, now))
                .<Action>map(written -> new Action.DeleteOrder(
                        "the server is sleeping, but the training order of " + written + " is left"))
                .orElseGet(() -> new Action.Nothing("the server is sleeping"));
    }

    private static Action decideActive(Observation seen, Instant now, Limits limits) {
        Optional<Instant> known = since(seen);
        if (known.isEmpty()) {
            return end(
                    seen, "the server is active since an unknown time, without a training order or a running instance");
        }
        Instant since = known.get();
        if (olderThan(limits.run(), since, now)) {
            return end(seen, "the run began at " + since + " and has exceeded its time limit of " + text(limits.run()));
        }
        if (seen.job().isEmpty() && seen.status().since() != null && olderThan(limits.event(), since, now)) {
            return end(seen, "the training order is gone, but the status still has the run that began at " + since);
        }
        return seen.instance()
                .map(instance -> decideByInstance(seen, instance, since, now, limits))
                .orElseGet(() -> end(seen, "EC2 does not know the training instance"));
    }

    private static Action decideByInstance(
            Observation seen, Instance instance, Instant since, Instant now, Limits limits) {
        // EC2 reports times in seconds.
        boolean launchedForRun = !instance.launchTime().isBefore(since.truncatedTo(ChronoUnit.SECONDS));
        String state = instance.state().awsName();
        return switch (instance.state()) {
            case PENDING -> new Action.Nothing("a run is in progress since " + since);
            case RUNNING ->
                silence(seen, instance, since, now, limits)
                        .map(silence -> end(seen, silence))
                        .orElseGet(() -> new Action.Nothing("a run is in progress since " + since));
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
     * The reason why the trainer counts as crashed although its instance is running. If a trainer has sent heartbeats
     * in any run, it must send them in this one. If there were none in any run, the Systems Manager agent must stay
     * online after it was online once.
     */
    private static Optional<String> silence(
            Observation seen, Instance instance, Instant since, Instant now, Limits limits) {
        Instant begin = latest(since, instance.launchTime());
        if (seen.status().devMode()) {
            return Optional.empty(); // a developer runs the trainer by hand or in a debugger
        }
        if (seen.heartbeat().isPresent()) {
            Instant last = seen.heartbeat().get();
            if (!last.isBefore(begin)) {
                return olderThan(limits.silence(), last, now)
                        ? Optional.of("the trainer's last sign of life was at " + last)
                        : Optional.empty();
            }
            Duration patience = limits.start().compareTo(limits.silence()) > 0 ? limits.start() : limits.silence();
            return olderThan(patience, begin, now)
                    ? Optional.of("the trainer has shown no sign of life since the instance runs for it, " + begin)
                    : Optional.empty();
        }
        return seen.agentLost()
                .filter(last -> !last.isBefore(instance.launchTime()))
                .filter(last -> olderThan(limits.silence(), latest(last, begin), now))
                .map(last -> "the instance's Systems Manager agent has not reported since " + last);
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * When the run began. A record of another program doesn't have this time: the run is then as old as its training
     * order or, without one, as the instance's launch.
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
