package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Models;
import dev.wakebox.classifier.Report;
import dev.wakebox.classifier.Training;
import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.classifierjobs.TrainingWork;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.MentorJson;
import dev.wakebox.mentors.Mentors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains the classifiers of mentors and stores their models. Thread-safe. */
final class Trainer {
    private static final Logger log = LoggerFactory.getLogger(Trainer.class);

    /** Texts that are read between two checks of the clock. */
    private static final int BLOCK = 200;

    private static final int BETWEEN_NOTES = 14;

    /** Allowance for the difference between the clocks of two hosts. */
    private static final Duration AFTER_ITS_TIME = Duration.ofMinutes(1);

    private final TrainingJobs jobs;
    private final TaskReports reports;
    private final Watch watch;
    private final Mentors mentors;
    private final ObjectStore models;
    private final Encoder encoder;
    private final Duration timeout;
    private final Duration reserve;
    private final Clock clock;

    /**
     * @param timeout after which Lambda ends the worker
     * @param reserve how long before that a training is given up, so that its record can be updated
     */
    Trainer(
            TrainingJobs jobs,
            TaskReports reports,
            Watch watch,
            Mentors mentors,
            ObjectStore models,
            Encoder encoder,
            Duration timeout,
            Duration reserve,
            Clock clock) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.watch = requireNonNull(watch, "watch is null");
        this.mentors = requireNonNull(mentors, "mentors is null");
        this.models = requireNonNull(models, "models is null");
        this.encoder = requireNonNull(encoder, "encoder is null");
        this.timeout = requireNonNull(timeout, "timeout is null");
        this.reserve = requireNonNull(reserve, "reserve is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Handles a message of the queue.
     *
     * @param again whether the message was delivered before
     * @throws RuntimeException when a retry may succeed or the operator must know, so that SQS redelivers the message
     *     or moves it to the dead-letter queue
     */
    void train(String id, CallerHeaders caller, boolean again) {
        Instant until = clock.instant().plus(timeout);
        switch (jobs.begin(id, until)) {
            case TrainingWork.Nothing(String reason) -> log.info("Nothing to do: {}", reason);
            case TrainingWork.Over(TrainingJob job) -> {
                log.info("Nothing to do: the training {} is over: {}.", id, job.status());
                reports.end(id, caller); // the previous attempt may have ended before the mark
            }
            case TrainingWork.Work work -> attempt(work, caller, again, until.minus(reserve));
        }
    }

    /** Reports a training whose worker must have ended by now. */
    void reportEnd(String id, CallerHeaders caller) {
        reports.report(id, caller);
    }

    private void attempt(TrainingWork.Work work, CallerHeaders caller, boolean again, Instant deadline) {
        String id = work.job().id();
        announce(id, caller);
        try {
            Report report = train(work, caller, deadline);
            jobs.succeed(work);
            log.info("Trained {}: {}", work.job().mentor(), report);
        } catch (WakeboxException e) {
            // the token may have been valid in the first attempt, which failed for another reason
            boolean expired = e.code() == ErrorCode.UNAUTHORIZED
                    && (again || work.failedBefore().isPresent());
            boolean retry = expired || e.code().kind() != ErrorCode.Kind.CALLER;
            jobs.fail(work, expired ? expired(work, e) : requireNonNull(e.getMessage()), retry);
            if (retry) {
                reports.tryToEndAttempt(id, caller);
                throw e;
            }
            log.info("Training {} is not carried out: {}", id, e.getMessage());
        } catch (RuntimeException e) {
            jobs.fail(work, "The training failed because of an error on our side.", true);
            reports.tryToEndAttempt(id, caller);
            throw e;
        }
        reports.end(id, caller);
    }

    /** Reports that the training has begun, and schedules a check that reports its end even if this worker crashes. */
    private void announce(String id, CallerHeaders caller) {
        reports.tryToReport(id, caller);
        if (reports.areKept()) {
            try {
                watch.schedule(id, caller, timeout.plus(AFTER_ITS_TIME));
            } catch (WakeboxException e) {
                log.warn("No check of an aborted training {} is scheduled: {}", id, e.getMessage());
            }
        }
    }

    private static String expired(TrainingWork.Work work, WakeboxException refusal) {
        return refusal.getMessage() + " It may have expired in the queue: train again."
                + work.failedBefore()
                        .map(reason -> " The first attempt failed: " + reason)
                        .orElse("");
    }

    private Report train(TrainingWork.Work work, CallerHeaders caller, Instant deadline) {
        String id = work.job().mentor();
        jobs.progress(work, 5, "Fetches what the mentor has recorded.");
        Mentor mentor = mentors.find(id, caller)
                .orElseThrow(() -> new WakeboxException(ErrorCode.NOT_FOUND, "There is no mentor \"" + id + "\"."));
        TrainingExamples trainingExamples = TrainingExamples.of(mentor);
        List<Example> examples = trainingExamples.examples();
        float[][] vectors = read(work, trainingExamples, deadline);
        jobs.progress(work, 80, "Learns, and measures what it has learned.");
        var training = Training.of(examples, vectors, encoder.sha256(), () -> requireTime(deadline, trainingExamples));
        jobs.progress(work, 95, "Stores the model.");
        models.put(
                Models.key(id),
                training.classifier().with(MentorJson.write(mentor)).toBytes(),
                "application/octet-stream",
                new Condition.Always());
        jobs.stored(work, TrainingReport.of(training, trainingExamples.ambiguous(), mentor));
        markTrained(id, caller);
        return training.report();
    }

    private void markTrained(String id, CallerHeaders caller) {
        try {
            mentors.markTrained(id, caller);
        } catch (WakeboxException e) {
            throw new WakeboxException(
                    e.code(),
                    "The new model answers from now on, but the mentor could not be marked as trained: "
                            + e.getMessage(),
                    e);
        }
    }

    private float[][] read(TrainingWork.Work work, TrainingExamples trainingExamples, Instant deadline) {
        List<Example> examples = trainingExamples.examples();
        var vectors = new float[examples.size()][];
        int noted = 0;
        for (int from = 0; from < vectors.length; from += BLOCK) {
            requireTime(deadline, trainingExamples);
            int percent = 10 + 70 * from / vectors.length;
            if (from == 0 || percent - noted >= BETWEEN_NOTES) {
                jobs.progress(work, percent, "Reads " + vectors.length + " questions.");
                noted = percent;
            }
            int to = Math.min(vectors.length, from + BLOCK);
            float[][] some = encoder.embed(
                    examples.subList(from, to).stream().map(Example::text).toList());
            System.arraycopy(some, 0, vectors, from, some.length);
        }
        return vectors;
    }

    /** A retry would take as long, so the failure is permanent. */
    private void requireTime(Instant deadline, TrainingExamples trainingExamples) {
        if (clock.instant().isAfter(deadline)) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The training of " + trainingExamples.size() + " did not end within the worker's "
                            + timeout.minus(reserve).toMinutes()
                            + " minutes. Remove paraphrases that say nearly the same, or give answers that are never asked for the status SKIP.");
        }
    }
}
