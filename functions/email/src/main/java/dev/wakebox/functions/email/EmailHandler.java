package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sesv2.SesV2Client;

/** Workbooks and results that arrived (S3 through SQS), and failed uploads ({@code {"upload": "<id>"}}, SQS). */
public final class EmailHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(EmailHandler.class);

    private final String bucket;
    private final Correspondence correspondence;

    /** Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code MAIL_FROM} and {@code MAIL_CONTACT}. */
    public EmailHandler() {
        String bucket = Environment.required("BUCKET");
        String contact = Environment.required("MAIL_CONTACT");
        var jobs = DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE"));
        var ses = SesV2Client.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        this(
                bucket,
                new Correspondence(
                        new Uploads(jobs, Clock.systemUTC()),
                        jobs,
                        S3ObjectStore.ofBucket(bucket),
                        new S3DownloadUrls(S3Presigner.create(), bucket),
                        new Texts(contact),
                        new SesMailer(ses, Environment.required("MAIL_FROM"), contact),
                        Clock.systemUTC(),
                        () -> UUID.randomUUID().toString()));
    }

    EmailHandler(String bucket, Correspondence correspondence) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.correspondence = requireNonNull(correspondence, "correspondence is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return SqsBatch.handle(event, this::message);
    }

    private void message(Map<String, @Nullable Object> message) {
        if (message.get("upload") instanceof String id) {
            log.info("{}", correspondence.failed(id));
        }
        for (S3Event event : S3Event.fromNotification(message)) {
            if (event.kind() == S3Event.Kind.CREATED && event.bucket().equals(bucket)) {
                Keys.uploadOfWorkbook(event.key())
                        .or(() -> Keys.uploadOfSummary(event.key()))
                        .ifPresent(id -> log.info("{}", correspondence.resultReady(id)));
            }
        }
    }
}
