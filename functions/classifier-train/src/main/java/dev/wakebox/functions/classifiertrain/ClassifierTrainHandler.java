package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.mentors.MentorSource;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Patience;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsPatience;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The messages of the queue of trainings. */
public final class ClassifierTrainHandler extends Function {
    /** As in template.yaml. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** No step between two looks at the clock takes as long. */
    private static final Duration RESERVE = Duration.ofMinutes(1);

    /** The caller's token, which comes with the message, doesn't live for long. */
    private static final Duration FIRST_DELAY = Duration.ofSeconds(30);

    private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

    private final Trainer trainer;
    private final Patience patience;

    /**
     * Reads {@code JOBS_TABLE}, {@code MODELS_BUCKET}, {@code TRAIN_QUEUE_URL}, and {@code GRAPHQL_ENDPOINT} or, where
     * there is none, {@code BUCKET}.
     */
    public ClassifierTrainHandler() {
        this(
                new Trainer(
                        new TrainingJobs(
                                DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                                Clock.systemUTC(),
                                () -> UUID.randomUUID().toString()),
                        MentorSource.ofEnvironment(),
                        S3ObjectStore.ofBucket(Environment.required("MODELS_BUCKET")),
                        Encoder.open(),
                        TIMEOUT,
                        RESERVE,
                        Clock.systemUTC()),
                new SqsPatience(
                        SqsClient.builder()
                                .httpClient(UrlConnectionHttpClient.create())
                                .build(),
                        Environment.required("TRAIN_QUEUE_URL")));
    }

    ClassifierTrainHandler(Trainer trainer, Patience patience) {
        this.trainer = requireNonNull(trainer, "trainer is null");
        this.patience = requireNonNull(patience, "patience is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return SqsBatch.handleMessages(event, this::train);
    }

    private void train(SqsBatch.Message message) {
        if (!(message.body().get("id") instanceof String id) || id.isEmpty()) {
            throw WakeboxException.invalidField("id", "The message has no id of a training.");
        }
        String authorization = message.body().get("authorization") instanceof String header ? header : null;
        try {
            trainer.train(id, authorization, message.receiveCount() > 1);
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.NOT_FOUND) { // a message of no training has no hurry
                patience.comeAgain(
                        message.receiptHandle(), Patience.after(message.receiveCount(), FIRST_DELAY, LONGEST_DELAY));
            }
            throw e;
        }
    }
}
