package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Move;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Records whether a running instance accepts files, and its restarts. Thread-safe; duplicate observations have no
 * effect, also concurrent ones and in any order.
 *
 * <p>Each launch of an instance has its own record, so that observations before a restart don't count after it. A
 * restart is recorded before the instance is stopped, once per launch: if the stop fails, or its answer is lost, the
 * next observation of that launch stops the instance again, and it still counts as one restart.
 */
final class InstanceHealth {
    private static final String STARTING = "STARTING";
    private static final String HEALTHY = "HEALTHY";
    private static final String UNHEALTHY = "UNHEALTHY";
    /** The instance reports that it is ready, but accepts no file. */
    private static final String REFUSING = "REFUSING";
    /** The last state of a launch. */
    private static final String RESTARTING = "RESTARTING";

    private static final Duration KEPT = Duration.ofDays(30);

    private final JobStore jobs;
    private final Clock clock;
    private final HealthLimits limits;

    InstanceHealth(JobStore jobs, Clock clock, HealthLimits limits) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    /**
     * Records that the instance reports to be ready.
     *
     * @return whether it may be used; false when its restart was decided in the meantime
     */
    boolean ready(Instance instance) {
        Job record = record(instance, HEALTHY, "The instance is ready.");
        return switch (record.state()) {
            case HEALTHY, REFUSING -> true;
            case RESTARTING -> false;
            default -> move(record, HEALTHY, "The instance is ready.").state().equals(HEALTHY);
        };
    }

    /** Records that the instance has accepted a file. */
    void tookFile(Instance instance) {
        Job record = record(instance, HEALTHY, "The instance took a file.");
        if (record.state().equals(REFUSING)) {
            move(record, HEALTHY, "The instance took a file.");
        }
    }

    /**
     * Records that the instance is not ready.
     *
     * @param why as a sentence
     * @param lastSign when it last made progress with an upload, or had the results of one
     */
    Remedy notReady(Instance instance, String why, Supplier<Instant> lastSign) {
        return remedy(instance, record(instance, STARTING, why), UNHEALTHY, why, lastSign);
    }

    /** Records that the instance is ready, but refused a file while it had no other. */
    Remedy refused(Instance instance, String why, Supplier<Instant> lastSign) {
        return remedy(instance, record(instance, REFUSING, why), REFUSING, why, lastSign);
    }

    private Remedy remedy(Instance instance, Job record, String bad, String why, Supplier<Instant> lastSign) {
        return switch (record.state()) {
            case RESTARTING -> new Remedy.Restart(why);
            case HEALTHY -> {
                move(record, bad, why);
                yield new Remedy.Wait(why);
            }
            default -> {
                Optional<Job> restarts = jobs.find(restartsOf(instance));
                Remedy remedy = Remedy.decide(
                        why,
                        record.history().getLast().at(),
                        !record.state().equals(STARTING),
                        instance.launchTime(),
                        lastSign.get(),
                        before(instance, restarts),
                        clock.instant(),
                        limits);
                yield remedy instanceof Remedy.Restart ? restart(instance, record, restarts, why) : remedy;
            }
        };
    }

    /** Counts the restart and then closes the record of this launch; concurrent callers may do the same. */
    private Remedy restart(Instance instance, Job record, Optional<Job> restarts, String why) {
        if (!counted(instance, restarts, why)) {
            return new Remedy.Wait(why); // a concurrent restart was counted: the next observation decides
        }
        return move(record, RESTARTING, why).state().equals(RESTARTING)
                ? new Remedy.Restart(why)
                : new Remedy.Wait(why);
    }

    private boolean counted(Instance instance, Optional<Job> restarts, String why) {
        JobId id = restartsOf(instance);
        String launch = launch(instance);
        var change = new Change(launch, clock.instant(), why);
        Instant expiry = change.at().plus(KEPT);
        if (restarts.isEmpty()) {
            jobs.create(Job.created(id, change, Map.of(), expiry));
        } else if (!restarts.get().state().equals(launch)) {
            jobs.move(id, new Move(Set.of(restarts.get().state()), change, Map.of(), null, expiry));
        }
        // The answer to a write may be lost, so the record shows whether it was written.
        return jobs.find(id).filter(now -> now.state().equals(launch)).isPresent();
    }

    /**
     * The restarts of earlier launches: the one of this launch may have been counted before the instance was stopped.
     */
    private static List<Instant> before(Instance instance, Optional<Job> restarts) {
        return restarts.stream()
                .flatMap(job -> job.history().stream())
                .filter(change -> !change.state().equals(launch(instance)))
                .map(Change::at)
                .toList();
    }

    /** The record of this launch; created if there is none. */
    private Job record(Instance instance, String state, String reason) {
        var id = new JobId("health", instance.id() + "." + launch(instance));
        return jobs.find(id).orElseGet(() -> {
            Instant now = clock.instant();
            Job first = Job.created(id, new Change(state, now, reason), Map.of(), now.plus(KEPT));
            return jobs.create(first) ? first : jobs.find(id).orElse(first);
        });
    }

    /** @return the record after the move, whichever caller moved it */
    private Job move(Job record, String to, String reason) {
        Instant now = clock.instant();
        var move = new Move(Set.of(record.state()), new Change(to, now, reason), Map.of(), null, now.plus(KEPT));
        return jobs.move(record.id(), move).or(() -> jobs.find(record.id())).orElse(record);
    }

    private static JobId restartsOf(Instance instance) {
        return new JobId("restarts", instance.id());
    }

    private static String launch(Instance instance) {
        return Long.toString(instance.launchTime().getEpochSecond());
    }
}
