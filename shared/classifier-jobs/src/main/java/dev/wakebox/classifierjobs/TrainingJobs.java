package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Move;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The trainings of all mentors. At most one training per mentor is open, and at most one worker trains a mentor.
 * Thread-safe.
 *
 * <p>Each training has a record, and its mentor has another one whose state is the id of the open training. The lease
 * on the mentor's record excludes a second worker; see {@link MentorClaims}. A worker that crashed leaves a record
 * {@code IN_PROGRESS}; the first read after the worker's time sets it to failure.
 */
public final class TrainingJobs {
    private static final String JOB = "classifier-train";
    /** The new id of a renamed training. */
    private static final String RENAMED = "renamed";

    /** How long records are kept. */
    static final Duration KEPT = Duration.ofDays(20);

    /** A message that is older than this is considered lost and is sent once more. */
    private static final Duration LONG_FOR_A_MESSAGE = Duration.ofMinutes(2);
    /** After this time all five receives have passed, even those of crashed workers. */
    private static final Duration LONGEST_IN_THE_QUEUE = Duration.ofHours(3);

    private final JobStore jobs;
    private final MentorClaims claims;
    private final Clock clock;
    private final Supplier<String> ids;

    /** @param ids supplies ids that can't be guessed, for trainings and for attempts */
    public TrainingJobs(JobStore jobs, Clock clock, Supplier<String> ids) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.ids = requireNonNull(ids, "ids is null");
        this.claims = new MentorClaims(jobs, clock, ids);
    }

    /**
     * The result of a request for a training.
     *
     * @param created whether the training is new
     * @param messageNeeded whether a message must be sent for it
     */
    public record Asked(TrainingJob job, boolean created, boolean messageNeeded) {
        public Asked {
            requireNonNull(job, "job is null");
        }
    }

    /** A new id of 24 hexadecimal digits, which a GraphQL server on MongoDB accepts as its own. */
    public static String newId() {
        byte[] id = new byte[12];
        new SecureRandom().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** The training with this id, also after {@link #rename}. */
    public Optional<TrainingJob> find(String id) {
        return jobs.find(jobId(id))
                .flatMap(job -> Optional.ofNullable(job.attributes().get(RENAMED))
                        .map(TrainingJobs::jobId)
                        .map(jobs::find)
                        .orElse(Optional.of(job)))
                .map(job -> TrainingRecord.training(settled(job)));
    }

    /** Gives a new training the id of another system. {@link #find} accepts both ids. */
    public TrainingJob rename(TrainingJob job, String id) {
        Job renamed = queued(id, job.mentor());
        if (!jobs.create(renamed)) {
            return job; // the other system issued the id twice
        }
        claims.rename(job.mentor(), job.id(), id);
        var _ = jobs.move(
                jobId(job.id()),
                move(Set.of(Status.QUEUED), Status.FAILURE, "It goes on as " + id + ".", Map.of(RENAMED, id)));
        return TrainingRecord.training(renamed);
    }

    /** Returns the open training of the mentor, or creates one. */
    public Asked ask(String mentor) {
        for (int tries = 0; tries < 5; tries++) {
            Optional<String> current = claims.current(mentor);
            Optional<Job> last = current.flatMap(id -> jobs.find(jobId(id))).map(this::settled);
            if (last.isPresent() && TrainingRecord.status(last.get()).open()) {
                return open(last.get());
            }
            if (current.isPresent()
                    && !claims.freed(
                            mentor,
                            current.get(),
                            last.filter(TrainingRecord::mayBeginAgain).isPresent())) {
                continue; // a worker has just begun a retry
            }
            Job job = queued(ids.get(), mentor);
            jobs.create(job);
            if (claims.claim(mentor, job.id().id())) {
                return new Asked(TrainingRecord.training(job), true, true);
            }
            forget(job);
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE, "Too many trainings of this mentor are requested at the same time; try again.");
    }

    private Asked open(Job job) {
        boolean waitsLong = TrainingRecord.status(job) == Status.QUEUED
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
                .map(again -> new Asked(TrainingRecord.training(again), false, true))
                .orElseGet(() -> new Asked(TrainingRecord.training(job), false, false));
    }

    /** Records that the message of a training couldn't be sent. */
    public void notSent(String id, String reason) {
        jobs.move(jobId(id), move(Set.of(Status.QUEUED), Status.FAILURE, reason, Map.of()))
                .ifPresent(job -> claims.free(TrainingRecord.attribute(job, "mentor"), id, null));
    }

    /**
     * Begins a training, unless it has ended or was replaced.
     *
     * @param until when the worker will have ended at the latest
     * @throws WakeboxException {@code NOT_FOUND} when there is no such training, {@code UNAVAILABLE} when another
     *     worker trains the mentor
     */
    public TrainingWork begin(String id, Instant until) {
        Job job = jobs.find(jobId(id))
                .map(this::settled)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND, "There is no record of the training \"" + id + "\"."));
        Status status = TrainingRecord.status(job);
        if (!status.open() && !TrainingRecord.mayBeginAgain(job)) {
            return new TrainingWork.Over(TrainingRecord.training(job));
        }
        String mentor = TrainingRecord.attribute(job, "mentor");
        if (!claims.claim(mentor, id) && !claims.current(mentor).equals(Optional.of(id))) {
            return new TrainingWork.Nothing("The mentor " + mentor + " has a newer training than " + id + ".");
        }
        String attempt = ids.get();
        if (!claims.lease(mentor, attempt, until)) {
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
            claims.free(mentor, id, attempt);
            return new TrainingWork.Over(find(id).orElseThrow());
        }
        Optional<String> failedBefore = begun.get().history().stream()
                .filter(change -> change.state().equals(Status.FAILURE.name()))
                .findFirst()
                .map(Change::reason);
        return new TrainingWork.Work(TrainingRecord.training(begun.get()), attempt, failedBefore);
    }

    /** Records the progress of a training. */
    public void progress(TrainingWork.Work work, int percent, String what) {
        var _ = jobs.move(
                jobId(work.job().id()),
                move(
                        Set.of(Status.IN_PROGRESS),
                        Status.IN_PROGRESS,
                        what,
                        Map.of("progress", Integer.toString(percent))));
    }

    /** Records that the model is stored, with its report. Later failures don't change the report. */
    public void stored(TrainingWork.Work work, Map<String, String> report) {
        var attributes = new HashMap<>(Map.of("progress", "97"));
        report.forEach((name, value) -> attributes.put(TrainingRecord.REPORT + name, value));
        var _ = jobs.move(
                jobId(work.job().id()),
                move(
                        Set.of(Status.IN_PROGRESS),
                        Status.IN_PROGRESS,
                        "The model is stored; notes that the mentor is trained.",
                        attributes));
    }

    /** Ends a training whose model is {@linkplain #stored stored}. */
    public void succeed(TrainingWork.Work work) {
        end(work, Status.SUCCESS, "The new model answers from now on.", Map.of("progress", "100"));
    }

    /**
     * Ends an attempt that failed.
     *
     * @param retry whether SQS redelivers the message
     */
    public void fail(TrainingWork.Work work, String reason, boolean retry) {
        end(work, Status.FAILURE, reason, Map.of("retry", Boolean.toString(retry)));
    }

    private void end(TrainingWork.Work work, Status status, String reason, Map<String, String> attributes) {
        // also from FAILURE: a reader may have considered a slow worker crashed
        var _ = jobs.move(
                jobId(work.job().id()), move(Set.of(Status.IN_PROGRESS, Status.FAILURE), status, reason, attributes));
        claims.free(work.job().mentor(), work.job().id(), work.attempt());
    }

    /** Sets a record to failure when its worker crashed or its message was lost. */
    private Job settled(Job job) {
        Status status = TrainingRecord.status(job);
        Instant now = clock.instant();
        boolean brokenOff = status == Status.IN_PROGRESS
                && Instant.parse(TrainingRecord.attribute(job, "until")).isBefore(now);
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

    private void forget(Job job) {
        Instant now = clock.instant();
        var _ = jobs.move(
                job.id(),
                new Move(
                        Set.of(Status.QUEUED.name()),
                        change(Status.FAILURE, "Another training was requested at the same time."),
                        Map.of(),
                        null,
                        now));
    }

    private Job queued(String id, String mentor) {
        return Job.created(
                jobId(id),
                change(Status.QUEUED, "Waits for a worker."),
                Map.of("mentor", mentor, "progress", "0"),
                clock.instant().plus(KEPT));
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

    private static JobId jobId(String id) {
        return new JobId(JOB, id);
    }
}
