package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trainings of all mentors: at most one is open for a mentor, and at most one worker is at a mentor. Thread-safe.
 *
 * <p>A training has a record of its own, and its mentor has one whose state is the id of the training that is open. The
 * lease of the mentor's record keeps a second worker out. A worker that died leaves a record {@code IN_PROGRESS}; whoever
 * looks at it after the worker's time makes it a failure.
 */
public final class TrainingJobs {
    private static final String JOB = "classifier-train";
    private static final String MENTOR = "classifier-mentor";
    private static final String REPORT = "report.";
    private static final Duration KEPT = Duration.ofDays(20);
    /** A message that took so long to come is believed to be lost: it is sent once more. */
    private static final Duration LONG_FOR_A_MESSAGE = Duration.ofMinutes(2);
    /** By now all five receives are through, even of workers that crashed. */
    private static final Duration LONGEST_IN_THE_QUEUE = Duration.ofHours(3);
    /** Longer than it takes. */
    private static final Duration TO_FREE = Duration.ofSeconds(10);

    private final JobStore jobs;
    private final Clock clock;
    private final Supplier<String> ids;

    /** @param ids gives ids that nobody can guess, for trainings and for attempts */
    public TrainingJobs(JobStore jobs, Clock clock, Supplier<String> ids) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.ids = requireNonNull(ids, "ids is null");
    }

    /**
     * What came of asking for a training.
     *
     * @param created whether it is a new one
     * @param messageNeeded whether a message has to be sent for it
     */
    public record Asked(TrainingJob job, boolean created, boolean messageNeeded) {
        public Asked {
            requireNonNull(job, "job is null");
        }
    }

    /** What a worker has to do about a message. */
    public sealed interface Begun {
        /**
         * Train.
         *
         * @param attempt names this attempt
         * @param failedBefore why the first attempt failed, if this is another
         */
        record Work(TrainingJob job, String attempt, Optional<String> failedBefore) implements Begun {
            public Work {
                requireNonNull(job, "job is null");
                requireNonNull(attempt, "attempt is null");
                requireNonNull(failedBefore, "failedBefore is null");
            }
        }

        /** Nothing: it is done, or another training has taken its place. */
        record Nothing(String reason) implements Begun {
            public Nothing {
                requireNonNull(reason, "reason is null");
            }
        }
    }

    /** The training with this id. */
    public Optional<TrainingJob> find(String id) {
        return jobs.find(jobId(id)).map(job -> training(settled(job)));
    }

    /** The open training of the mentor, or a new one. */
    public Asked ask(String mentor) {
        for (int tries = 0; tries < 5; tries++) {
            Optional<String> current = jobs.find(mentorId(mentor)).map(Job::state);
            Optional<Job> last = current.flatMap(id -> jobs.find(jobId(id))).map(this::settled);
            if (last.isPresent() && status(last.get()).open()) {
                return open(last.get());
            }
            if (current.isPresent() && !freed(mentor, current.get(), last)) {
                continue; // a worker has just begun another attempt
            }
            Job job = Job.created(
                    jobId(ids.get()),
                    change(Status.QUEUED, "Waits for a worker."),
                    Map.of("mentor", mentor, "progress", "0"),
                    clock.instant().plus(KEPT));
            jobs.create(job);
            if (claim(mentor, job.id().id())) {
                return new Asked(training(job), true, true);
            }
            forget(job);
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE, "Too many trainings are asked for at once for the mentor; try again.");
    }

    private Asked open(Job job) {
        boolean waitsLong = status(job) == Status.QUEUED
                && job.history().getLast().at().plus(LONG_FOR_A_MESSAGE).isBefore(clock.instant());
        return (waitsLong
                        ? jobs.move(
                                job.id(),
                                move(
                                        Set.of(Status.QUEUED),
                                        Status.QUEUED,
                                        "Waits for a worker; its message is sent once more.",
                                        Map.of()))
                        : Optional.<Job>empty())
                .map(again -> new Asked(training(again), false, true))
                .orElseGet(() -> new Asked(training(job), false, false));
    }

    /** Frees the mentor of a training that is over, unless a worker is at another attempt. */
    private boolean freed(String mentor, String id, Optional<Job> over) {
        if (over.filter(TrainingJobs::mayBeginAgain).isEmpty()) {
            free(mentor, id, null);
            return true;
        }
        String own = ids.get();
        Instant now = clock.instant();
        if (jobs.lease(mentorId(mentor), new Lease(own, now.plus(TO_FREE)), now).isEmpty()) {
            return false;
        }
        free(mentor, id, own);
        return true;
    }

    /** Says that a training's message couldn't be sent. */
    public void notSent(String id, String reason) {
        jobs.move(jobId(id), move(Set.of(Status.QUEUED), Status.FAILURE, reason, Map.of()))
                .ifPresent(job -> free(attribute(job, "mentor"), id, null));
    }

    /**
     * Begins a training, unless there is nothing to do.
     *
     * @param until when the worker will have ended, one way or the other
     * @throws WakeboxException {@code NOT_FOUND} when there is no such training, {@code UNAVAILABLE} when another worker
     *     is at the mentor
     */
    public Begun begin(String id, Instant until) {
        Job job = jobs.find(jobId(id))
                .map(this::settled)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND, "There is no record of the training \"" + id + "\"."));
        Status status = status(job);
        if (!status.open() && !mayBeginAgain(job)) {
            return new Begun.Nothing("The training " + id + " is over: " + status + ".");
        }
        String mentor = attribute(job, "mentor");
        if (!claim(mentor, id) && !jobs.find(mentorId(mentor)).map(Job::state).equals(Optional.of(id))) {
            return new Begun.Nothing("The mentor " + mentor + " has a newer training than " + id + ".");
        }
        String attempt = ids.get();
        if (jobs.lease(mentorId(mentor), new Lease(attempt, until), clock.instant())
                .isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE, "Another worker is at the mentor " + mentor + " already.");
        }
        Optional<Job> begun = jobs.move(
                jobId(id),
                move(
                        Set.of(Status.QUEUED, Status.IN_PROGRESS, Status.FAILURE),
                        Status.IN_PROGRESS,
                        "Begun.",
                        Map.of("progress", "0", "until", until.toString(), "retry", "false")));
        if (begun.isEmpty()) {
            free(mentor, id, attempt);
            return new Begun.Nothing("The training " + id + " is over.");
        }
        Optional<String> failedBefore = begun.get().history().stream()
                .filter(change -> change.state().equals(Status.FAILURE.name()))
                .findFirst()
                .map(Change::reason);
        return new Begun.Work(training(begun.get()), attempt, failedBefore);
    }

    /** Notes what a training is at. */
    public void progress(Begun.Work work, int percent, String what) {
        var _ = jobs.move(
                jobId(work.job().id()),
                move(
                        Set.of(Status.IN_PROGRESS),
                        Status.IN_PROGRESS,
                        what,
                        Map.of("progress", Integer.toString(percent))));
    }

    /** Notes that a training's model is in place, and how good it is: that stays true whatever comes after. */
    public void stored(Begun.Work work, Map<String, String> report) {
        var attributes = new HashMap<>(Map.of("progress", "97"));
        report.forEach((name, value) -> attributes.put(REPORT + name, value));
        var _ = jobs.move(
                jobId(work.job().id()),
                move(
                        Set.of(Status.IN_PROGRESS),
                        Status.IN_PROGRESS,
                        "The model is stored; notes that the mentor is trained.",
                        attributes));
    }

    /** Ends a training whose model is {@linkplain #stored stored}. */
    public void succeed(Begun.Work work) {
        end(work, Status.SUCCESS, "The new model answers from now on.", Map.of("progress", "100"));
    }

    /**
     * Ends an attempt that failed.
     *
     * @param retry whether the message comes again
     */
    public void fail(Begun.Work work, String reason, boolean retry) {
        end(work, Status.FAILURE, reason, Map.of("retry", Boolean.toString(retry)));
    }

    private void end(Begun.Work work, Status status, String reason, Map<String, String> attributes) {
        // FAILURE, too: whoever looked at the record may have taken a slow worker for dead.
        var _ = jobs.move(
                jobId(work.job().id()), move(Set.of(Status.IN_PROGRESS, Status.FAILURE), status, reason, attributes));
        free(work.job().mentor(), work.job().id(), work.attempt());
    }

    /** Makes a failure of a record that nobody will go on with. */
    private Job settled(Job job) {
        Status status = status(job);
        Instant now = clock.instant();
        boolean brokenOff = status == Status.IN_PROGRESS
                && Instant.parse(attribute(job, "until")).isBefore(now);
        boolean lost = status == Status.QUEUED
                && job.history().getFirst().at().plus(LONGEST_IN_THE_QUEUE).isBefore(now);
        if (!brokenOff && !lost) {
            return job;
        }
        String reason = brokenOff
                ? "The training broke off: its worker crashed or ran out of time. It may be tried again."
                : "No worker has begun the training in three hours: its message was lost, waits, or is in the dead-letter queue.";
        return jobs.move(job.id(), move(Set.of(status), Status.FAILURE, reason, Map.of("retry", "true")))
                .orElse(job);
    }

    private boolean claim(String mentor, String id) {
        return jobs.create(Job.created(
                mentorId(mentor),
                new Change(id, clock.instant(), "Open training."),
                Map.of(),
                clock.instant().plus(KEPT)));
    }

    /** Expires the mentor's record, so that the next training can claim it. */
    private void free(String mentor, String id, @Nullable String attempt) {
        Instant now = clock.instant();
        var _ = jobs.move(
                mentorId(mentor),
                new Move(Set.of(id), new Change("free", now, "The training is over."), Map.of(), attempt, now));
    }

    private void forget(Job job) {
        Instant now = clock.instant();
        var _ = jobs.move(
                job.id(),
                new Move(
                        Set.of(Status.QUEUED.name()),
                        change(Status.FAILURE, "Another training was asked for at the same time."),
                        Map.of(),
                        null,
                        now));
    }

    private Move move(Set<Status> from, Status to, String reason, Map<String, String> attributes) {
        return new Move(
                from.stream().map(Status::name).collect(toSet()),
                change(to, reason),
                attributes,
                null,
                clock.instant().plus(KEPT));
    }

    private Change change(Status status, String reason) {
        return new Change(status.name(), clock.instant(), reason);
    }

    private static TrainingJob training(Job job) {
        return new TrainingJob(
                job.id().id(),
                attribute(job, "mentor"),
                status(job),
                job.history().getFirst().at(),
                job.history().getLast().at(),
                Integer.parseInt(attribute(job, "progress")),
                job.history().getLast().reason(),
                job.attributes().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(REPORT))
                        .collect(toMap(entry -> entry.getKey().substring(REPORT.length()), Map.Entry::getValue)));
    }

    private static boolean mayBeginAgain(Job job) {
        return status(job) == Status.FAILURE && "true".equals(job.attributes().get("retry"));
    }

    private static Status status(Job job) {
        return Status.valueOf(job.state());
    }

    private static String attribute(Job job, String name) {
        return requireNonNull(job.attributes().get(name), () -> "The record of " + job.id() + " has no " + name + ".");
    }

    private static JobId jobId(String id) {
        return new JobId(JOB, id);
    }

    private static JobId mentorId(String mentor) {
        return new JobId(MENTOR, mentor);
    }
}
