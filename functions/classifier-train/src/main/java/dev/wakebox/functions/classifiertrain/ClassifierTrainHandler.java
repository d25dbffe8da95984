package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifierjobs.TrainMessage;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.mentors.MentorSource;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.MessageVisibility;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsMessageVisibility;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Handles the messages of the queue of trainings. */
public final class ClassifierTrainHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(ClassifierTrainHandler.class);

    /** As in template.yaml. */
    private static final Duration TIMEOUT = Duration.ofMinutes(15);

    /** Longer than any step between two checks of the clock. */
    private static final Duration RESERVE = Duration.ofMinutes(1);

    /** Short, because the message carries the caller's token, which expires soon. */
    private static final Duration FIRST_DELAY = Duration.ofSeconds(30);

    private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

    private static final GraphQl.Limits NOTE = new GraphQl.Limits(Duration.ofSeconds(5), Duration.ofSeconds(15));

    private final Trainer trainer;
    private final MessageVisibility visibility;

    /**
     * Reads {@code JOBS_TABLE}, {@code MODELS_BUCKET}, {@code TRAIN_QUEUE_URL}, where set {@code NOTIFY_QUEUE_URL}, and
     * {@code GRAPHQL_ENDPOINT} or, where that is not set, {@code BUCKET}.
     */
    public ClassifierTrainHandler() {
        this(
                new TrainingJobs(
                        DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                        Clock.systemUTC(),
                        TrainingJobs::newId),
                SqsClient.builder().httpClient(AwsHttp.client()).build(),
                Environment.required("TRAIN_QUEUE_URL"));
    }

    private ClassifierTrainHandler(TrainingJobs jobs, SqsClient sqs, String queueUrl) {
        this(
                new Trainer(
                        jobs,
                        new TaskReports(jobs, new TrainTasks(GraphQl.ofEnvironment(NOTE)), Notices.ofEnvironment()),
                        new SqsWatch(new SqsQueue(sqs, queueUrl)),
                        MentorSource.ofEnvironment(),
                        S3ObjectStore.ofBucket(Environment.required("MODELS_BUCKET")),
                        Encoder.open(),
                        TIMEOUT,
                        RESERVE,
                        Clock.systemUTC()),
                new SqsMessageVisibility(sqs, queueUrl));
    }

    ClassifierTrainHandler(Trainer trainer, MessageVisibility visibility) {
        this.trainer = requireNonNull(trainer, "trainer is null");
        this.visibility = requireNonNull(visibility, "visibility is null");
    }

    @Override
    protected SqsBatch.Response event(JsonObject event) {
        return SqsBatch.handleMessages(event, this::train);
    }

    private void train(SqsBatch.Message message) {
        try {
            switch (TrainMessage.of(message.body())) {
                case TrainMessage.Ping _ -> log.info("Pinged: a worker is ready.");
                case TrainMessage.Check(String id, String authorization, String origin) ->
                    trainer.reportEnd(id, new CallerHeaders(authorization, origin));
                case TrainMessage.Train(String id, String authorization, String origin) -> {
                    MDC.put("job", id);
                    trainer.train(id, new CallerHeaders(authorization, origin), message.receiveCount() > 1);
                }
            }
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.NOT_FOUND && e.code() != ErrorCode.INVALID_REQUEST) { // a retry won't help soon
                visibility.retryAfter(
                        message.receiptHandle(),
                        MessageVisibility.backoff(message.receiveCount(), FIRST_DELAY, LONGEST_DELAY));
            }
            throw e;
        }
    }
}
