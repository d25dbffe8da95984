package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.DynamoDbUsageLedger;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.MessageVisibility;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsMessageVisibility;
import dev.wakebox.uploads.FailureReport;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.ProcessingInstance;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Uploads;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Handles new files and results (S3 events through SQS), failures that the processor reports ({@code {"failed": "<id>",
 * "reason": "…"}}, SQS), and the schedule.
 */
public final class ProcessUploadHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(ProcessUploadHandler.class);

    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String bucket;
    private final Processing processing;
    private final UploadSweep sweep;
    private final MessageVisibility visibility;
    private final int mostReceives;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code PROCESSING_INSTANCE_ID}, {@code PROCESSOR_URL}, {@code
     * PROCESSING_TIME_LIMIT_MINUTES}, {@code PROCESSOR_UNHEALTHY_LIMIT_MINUTES}, {@code PROCESSOR_START_LIMIT_MINUTES},
     * {@code UPLOAD_SIZE_LIMIT_MB}, {@code EVENT_QUEUE_URL}, {@code EVENT_MOST_RECEIVES}, {@code MAIL_QUEUE_URL}, and optionally {@code
     * NOTIFY_QUEUE_URL}, {@code PROCESSOR_HEALTH_PATH}, {@code PROCESSOR_READY_PORTS}, {@code PROCESSOR_DEFAULT_MATRIX_URL}, {@code
     * PROCESSOR_START_COMMAND}, {@code PAGE_URL} and {@code PAGE_LANGUAGE}.
     */
    public ProcessUploadHandler() {
        String table = Environment.required("JOBS_TABLE");
        String bucket = Environment.required("BUCKET");
        Clock clock = Clock.systemUTC();
        var jobs = DynamoDbJobStore.ofTable(table);
        var uploads = new Uploads(jobs, clock);
        var processingInstance = new ProcessingInstance(
                DynamoDbUsageLedger.ofTable(table),
                Ec2Instances.create(),
                Environment.required("PROCESSING_INSTANCE_ID"),
                clock);
        SqsClient sqs = SqsClient.builder().httpClient(AwsHttp.client()).build();
        String defaultMatrixUrl =
                Environment.optional("PROCESSOR_DEFAULT_MATRIX_URL").orElse("");
        var processing = new Processing(
                uploads,
                S3ObjectStore.ofBucket(bucket),
                new SizeLimit(Integer.parseInt(Environment.required("UPLOAD_SIZE_LIMIT_MB"))),
                Environment.optional("PAGE_URL")
                        .map(url -> new HttpPage(
                                url, !defaultMatrixUrl.isEmpty(), pageLanguage(), LONGEST_QUESTION, clock)),
                processingInstance,
                Environment.optional("PROCESSOR_START_COMMAND")
                        .<StartCommand>map(command ->
                                new SsmStartCommand(command, SsmCommands.create(), jobs, clock, () -> UUID.randomUUID()
                                        .toString()))
                        .orElse(StartCommand.NONE),
                new HttpProcessor(new HttpProcessor.Settings(
                        Environment.required("PROCESSOR_URL"),
                        defaultMatrixUrl,
                        Environment.optional("PROCESSOR_HEALTH_PATH").orElse(""),
                        ports("PROCESSOR_READY_PORTS"),
                        PATIENCE)),
                new InstanceHealth(
                        jobs,
                        clock,
                        new HealthLimits(
                                Environment.minutes("PROCESSOR_UNHEALTHY_LIMIT_MINUTES"),
                                Environment.minutes("PROCESSOR_START_LIMIT_MINUTES"))),
                new MailQueue(
                        new SqsQueue(sqs, Environment.required("MAIL_QUEUE_URL")), Notices.ofEnvironment(), clock),
                bucket);
        this(
                bucket,
                processing,
                new UploadSweep(
                        uploads,
                        processingInstance,
                        processing,
                        clock,
                        Environment.minutes("PROCESSING_TIME_LIMIT_MINUTES")),
                new SqsMessageVisibility(sqs, Environment.required("EVENT_QUEUE_URL")),
                Integer.parseInt(Environment.required("EVENT_MOST_RECEIVES")));
    }

    private static Language pageLanguage() {
        return Environment.optional("PAGE_LANGUAGE").flatMap(Language::ofTag).orElse(Language.ES);
    }

    private static List<Integer> ports(String name) {
        return Environment.list(name).stream()
                .map(port -> {
                    if (port.matches("[0-9]{1,5}")) {
                        return Integer.parseInt(port);
                    }
                    throw new IllegalStateException("The environment variable " + name + " has \"" + port
                            + "\"; it must be ports with commas between them, such as 8000,8001.");
                })
                .toList();
    }

    /**
     * @param mostReceives as in the redrive policy of the queue: after this many receives, SQS moves a message to the
     *     dead-letter queue
     */
    ProcessUploadHandler(
            String bucket, Processing processing, UploadSweep sweep, MessageVisibility visibility, int mostReceives) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.processing = requireNonNull(processing, "processing is null");
        this.sweep = requireNonNull(sweep, "sweep is null");
        this.visibility = requireNonNull(visibility, "visibility is null");
        this.mostReceives = mostReceives;
    }

    @Override
    protected Record event(JsonObject event) {
        return SqsBatch.isBatch(event) ? SqsBatch.handleMessages(event, this::message) : sweep.run();
    }

    private void message(SqsBatch.Message message) {
        FailureReport.of(message.body())
                .ifPresent(report -> log.info(
                        "{}",
                        processing
                                .processorFailed(report.failed(), report.reason())
                                .reason()));
        for (S3Event event : S3Event.fromNotification(message.body())) {
            if (event.kind() != S3Event.Kind.CREATED || !event.bucket().equals(bucket)) {
                continue;
            }
            Keys.uploadOfSummary(event.key())
                    .ifPresent(id -> log.info("{}", processing.resultArrived(id).reason()));
            Optional<Keys.Video> file = Keys.uploadOfVideo(event.key());
            if (file.isPresent()) {
                fileArrived(file.get(), message);
            } else if (Keys.isBelowVideos(event.key())) {
                refuse(event.key(), "its name is none of an upload");
            }
        }
    }

    private void fileArrived(Keys.Video file, SqsBatch.Message message) {
        String id = file.id();
        boolean last = message.receiveCount() >= mostReceives;
        ProcessingOutcome outcome;
        try {
            outcome = processing.fileArrived(file);
        } catch (WakeboxException e) {
            if (last) {
                processing.giveUp(id, "The processing could not begin because of an error on our side.");
            } else {
                visibility.retryAfter(message.receiptHandle(), delay(message));
            }
            throw e;
        }
        switch (outcome) {
            case ProcessingOutcome.Settled(String reason) -> log.info("{}", reason);
            case ProcessingOutcome.Refused(String reason) -> refuse(Keys.video(id, file.extension()), reason);
            case ProcessingOutcome.Wait(String reason, Duration atMost) -> {
                if (last) {
                    processing.giveUp(id, reason);
                    throw new WakeboxException(ErrorCode.INTERNAL, "The upload " + id + " was given up. " + reason);
                }
                Duration delay = Collections.min(List.of(delay(message), atMost));
                visibility.retryAfter(message.receiptHandle(), delay);
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE, "The upload " + id + " waits " + delay.toSeconds() + " s. " + reason);
            }
        }
    }

    /** The metric filter UploadsRefused in template.yaml counts these lines by their first two words. */
    private static void refuse(String key, String reason) {
        log.warn("Upload refused: {}: {}", key, reason);
    }

    /**
     * 5, 10, 20, 40 and then 60 seconds: short for an instance that is booting, longer for one that never becomes
     * ready.
     */
    private static Duration delay(SqsBatch.Message message) {
        return MessageVisibility.backoff(message.receiveCount(), Duration.ofSeconds(5), Duration.ofSeconds(60));
    }
}
