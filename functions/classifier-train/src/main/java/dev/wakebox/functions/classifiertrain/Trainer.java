package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Models;
import dev.wakebox.classifier.Report;
import dev.wakebox.classifier.Training;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.classifierjobs.TrainingJobs.Begun;
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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains the classifiers of mentors and stores their models. Thread-safe. */
final class Trainer {
    private static final Logger log = LoggerFactory.getLogger(Trainer.class);

    /** Texts that are read between two notes of progress, at least. */
    private static final int BLOCK = 200;

    private final TrainingJobs jobs;
    private final Mentors mentors;
    private final ObjectStore models;
    private final Encoder encoder;
    private final Duration timeout;
    private final Duration reserve;
    private final Clock clock;

    /**
     * @param timeout after which Lambda ends the worker
     * @param reserve how long before that a training is given up, so that its record can say so
     */
    Trainer(
            TrainingJobs jobs,
            Mentors mentors,
            ObjectStore models,
            Encoder encoder,
            Duration timeout,
            Duration reserve,
            Clock clock) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.mentors = requireNonNull(mentors, "mentors is null");
        this.models = requireNonNull(models, "models is null");
        this.encoder = requireNonNull(encoder, "encoder is null");
        this.timeout = requireNonNull(timeout, "timeout is null");
        this.reserve = requireNonNull(reserve, "reserve is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Acts on a message of the queue.
     *
     * @param again whether the message has come before
     * @throws RuntimeException when another attempt can help, or somebody has to know, so that the message comes again
     *     or ends in the dead-letter queue
     */
    void train(String id, @Nullable String authorization, boolean again) {
        Instant until = clock.instant().plus(timeout);
        switch (jobs.begin(id, until)) {
            case Begun.Nothing(String reason) -> log.info("Nothing to do: {}", reason);
            case Begun.Work work -> attempt(work, authorization, again, until.minus(reserve));
        }
    }

    private void attempt(Begun.Work work, @Nullable String authorization, boolean again, Instant deadline) {
        try {
            Report report = train(work, authorization, deadline);
            jobs.succeed(work);
            log.info("Trained {}: {}", work.job().mentor(), report);
        } catch (WakeboxException e) {
            // The token may have been good for the first attempt, which failed for another reason.
            boolean expired = e.code() == ErrorCode.UNAUTHORIZED
                    && (again || work.failedBefore().isPresent());
            boolean retry = expired || e.code().kind() != ErrorCode.Kind.CALLER;
            jobs.fail(work, expired ? expired(work, e) : requireNonNull(e.getMessage()), retry);
            if (retry) {
                throw e;
            }
            log.info("Training {} is in vain: {}", work.job().id(), e.getMessage());
        } catch (RuntimeException e) {
            jobs.fail(work, "The training failed because of an error on our side.", true);
            throw e;
        }
    }

    private static String expired(Begun.Work work, WakeboxException refusal) {
        return refusal.getMessage() + " It may have expired in the queue: train again."
                + work.failedBefore()
                        .map(reason -> " The first attempt failed: " + reason)
                        .orElse("");
    }

    private Report train(Begun.Work work, @Nullable String authorization, Instant deadline) {
        String id = work.job().mentor();
        jobs.progress(work, 5, "Fetches what the mentor has recorded.");
        Mentor mentor = mentors.find(id, authorization)
                .orElseThrow(() -> new WakeboxException(ErrorCode.NOT_FOUND, "There is no mentor \"" + id + "\"."));
        List<Example> examples = Lessons.of(mentor);
        float[][] vectors = read(work, examples, deadline);
        jobs.progress(work, 80, "Learns, and measures what it has learned.");
        var training = Training.of(examples, vectors, encoder.sha256());
        requireTime(deadline);
        jobs.progress(work, 95, "Stores the model.");
        models.put(
                Models.key(id),
                training.classifier().with(MentorJson.write(mentor)).toBytes(),
                "application/octet-stream",
                new Condition.Always());
        jobs.stored(work, measures(training.report()));
        markTrained(id, authorization);
        return training.report();
    }

    private void markTrained(String id, @Nullable String authorization) {
        try {
            mentors.markTrained(id, authorization);
        } catch (WakeboxException e) {
            throw new WakeboxException(
                    e.code(),
                    "The new model answers from now on, but the mentor could not be marked as trained: "
                            + e.getMessage(),
                    e);
        }
    }

    private float[][] read(Begun.Work work, List<Example> examples, Instant deadline) {
        var vectors = new float[examples.size()][];
        int block = Math.max(BLOCK, examples.size() / 5 + 1);
        for (int from = 0; from < vectors.length; from += block) {
            requireTime(deadline);
            jobs.progress(work, 10 + 70 * from / vectors.length, "Reads " + vectors.length + " questions.");
            int to = Math.min(vectors.length, from + block);
            float[][] some = encoder.embed(
                    examples.subList(from, to).stream().map(Example::text).toList());
            System.arraycopy(some, 0, vectors, from, some.length);
        }
        return vectors;
    }

    private void requireTime(Instant deadline) {
        if (clock.instant().isAfter(deadline)) {
            throw new WakeboxException(
                    ErrorCode.GATEWAY_TIMEOUT,
                    "The training takes longer than the worker's " + timeout.toMinutes() + " minutes.");
        }
    }

    /** Never the accuracy on what was learned; where nothing could be held out there is none. */
    private static Map<String, String> measures(Report report) {
        var measures = new TreeMap<String, String>();
        measures.put("answers", Integer.toString(report.answers()));
        measures.put("examples", Integer.toString(report.examples()));
        measures.put("heldOut", Integer.toString(report.heldOut()));
        measures.put("temperature", number(report.temperature()));
        measures.put("offTopicThreshold", number(report.threshold()));
        if (report.heldOut() > 0) {
            measures.put("accuracy", number(report.accuracy()));
            measures.put("calibrationError", number(report.calibrationError()));
        }
        return measures;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
