package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.mentors.MentorSource;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The messages of the queue of trainings. */
public final class ClassifierTrainHandler extends Function {
    /** As in template.yaml. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** No step between two looks at the clock takes as long. */
    private static final Duration RESERVE = Duration.ofMinutes(1);

    private final Trainer trainer;

    /**
     * Reads {@code JOBS_TABLE}, {@code MODELS_BUCKET}, and {@code GRAPHQL_ENDPOINT} or, where there is none, {@code
     * BUCKET}.
     */
    public ClassifierTrainHandler() {
        this(new Trainer(
                new TrainingJobs(
                        DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                        Clock.systemUTC(),
                        () -> UUID.randomUUID().toString()),
                MentorSource.ofEnvironment(),
                S3ObjectStore.ofBucket(Environment.required("MODELS_BUCKET")),
                Encoder.open(),
                TIMEOUT,
                RESERVE,
                Clock.systemUTC()));
    }

    ClassifierTrainHandler(Trainer trainer) {
        this.trainer = requireNonNull(trainer, "trainer is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return SqsBatch.handle(event, this::train);
    }

    private void train(Map<String, @Nullable Object> message) {
        if (!(message.get("id") instanceof String id) || id.isEmpty()) {
            throw WakeboxException.invalidField("id", "The message has no id of a training.");
        }
        trainer.train(id, message.get("authorization") instanceof String authorization ? authorization : null);
    }
}
