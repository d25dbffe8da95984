package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.DynamoDbNeeds;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Patience;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsPatience;
import dev.wakebox.uploads.Box;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Files and results that arrived (S3 through SQS), and the schedule's tick. */
public final class ProcessUploadHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(ProcessUploadHandler.class);

    private final String bucket;
    private final Processing processing;
    private final Sweep sweep;
    private final Patience patience;
    private final int mostReceives;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code PROCESSING_INSTANCE_ID}, {@code PROCESSOR_URL}, {@code
     * PROCESSOR_HEALTH_PATH}, {@code PROCESSING_TIME_LIMIT_MINUTES}, {@code EVENT_QUEUE_URL}, {@code EVENT_MOST_RECEIVES}
     * and {@code MAIL_QUEUE_URL}.
     */
    public ProcessUploadHandler() {
        String table = Environment.required("JOBS_TABLE");
        String bucket = Environment.required("BUCKET");
        Clock clock = Clock.systemUTC();
        var uploads = new Uploads(DynamoDbJobStore.ofTable(table), clock);
        var box = new Box(
                DynamoDbNeeds.ofTable(table),
                Ec2Instances.create(),
                Environment.required("PROCESSING_INSTANCE_ID"),
                clock);
        SqsClient sqs =
                SqsClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
        var processing = new Processing(
                uploads,
                box,
                new HttpProcessor(Environment.required("PROCESSOR_URL"), Environment.required("PROCESSOR_HEALTH_PATH")),
                new MailQueue(sqs, Environment.required("MAIL_QUEUE_URL")),
                bucket);
        this(
                bucket,
                processing,
                new Sweep(uploads, box, processing, clock, Environment.minutes("PROCESSING_TIME_LIMIT_MINUTES")),
                new SqsPatience(sqs, Environment.required("EVENT_QUEUE_URL")),
                Integer.parseInt(Environment.required("EVENT_MOST_RECEIVES")));
    }

    /** @param mostReceives as in the redrive policy of the queue: after so many deliveries a message is dead */
    ProcessUploadHandler(String bucket, Processing processing, Sweep sweep, Patience patience, int mostReceives) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.processing = requireNonNull(processing, "processing is null");
        this.sweep = requireNonNull(sweep, "sweep is null");
        this.patience = requireNonNull(patience, "patience is null");
        this.mostReceives = mostReceives;
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return SqsBatch.isBatch(event)
                ? SqsBatch.handleMessages(event, this::message)
                : new LinkedHashMap<String, @Nullable Object>(sweep.run());
    }

    private void message(SqsBatch.Message message) {
        for (S3Event event : S3Event.fromNotification(message.body())) {
            if (event.kind() != S3Event.Kind.CREATED || !event.bucket().equals(bucket)) {
                continue;
            }
            Keys.uploadOfSummary(event.key())
                    .ifPresent(id -> log.info("{}", processing.resultArrived(id).reason()));
            Optional<String> file = Keys.uploadOfVideo(event.key());
            if (file.isPresent()) {
                fileArrived(file.get(), message);
            }
        }
    }

    private void fileArrived(String id, SqsBatch.Message message) {
        boolean last = message.receiveCount() >= mostReceives;
        Outcome outcome;
        try {
            outcome = processing.fileArrived(id);
        } catch (WakeboxException e) {
            if (last) {
                processing.giveUp(id, "The processing could not begin because of an error on our side.");
            } else {
                patience.comeAgain(message.receiptHandle(), delay(message));
            }
            throw e;
        }
        switch (outcome) {
            case Outcome.Settled(String reason) -> log.info("{}", reason);
            case Outcome.Wait(String reason) -> {
                if (last) {
                    processing.giveUp(id, reason);
                    throw new WakeboxException(ErrorCode.INTERNAL, "The upload " + id + " was given up. " + reason);
                }
                Duration delay = delay(message);
                patience.comeAgain(message.receiptHandle(), delay);
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE, "The upload " + id + " waits " + delay.toSeconds() + " s. " + reason);
            }
        }
    }

    /** 5, 10, 20, 40 and then 60 seconds: soon for a box that boots, seldom for one that never will. */
    private static Duration delay(SqsBatch.Message message) {
        return Patience.after(message.receiveCount(), Duration.ofSeconds(5), Duration.ofSeconds(60));
    }
}
