package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.uploads.FailureNotice;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Handles new workbooks and results (S3 events through SQS), failed uploads ({@code {"upload": "<id>"}}, SQS), mails
 * that an operator has sent again ({@code {"mail": "<id>", "occasion": "result"}}, SQS), and bounces and complaints
 * (SES through SNS and SQS).
 */
public final class EmailHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(EmailHandler.class);

    private final String bucket;
    private final Suppressions suppressions;
    private final UploadMails mails;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code MAIL_FROM}, {@code MAIL_CONTACT}, {@code REQUIRE_AUTH},
     * {@code MAIL_CONFIGURATION_SET}, {@code DEAD_LETTER_QUEUE_URL}, and with a web page {@code PAGE_URL} and {@code
     * PAGE_HISTORY_PATH}.
     */
    public EmailHandler() {
        String bucket = Environment.required("BUCKET");
        String contact = Environment.required("MAIL_CONTACT");
        var jobs = DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE"));
        var ses = SesV2Client.builder()
                .httpClient(AwsHttp.client())
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        var sqs = SqsClient.builder().httpClient(AwsHttp.client()).build();
        this(
                bucket,
                new Suppressions(jobs, Clock.systemUTC()),
                new UploadMails(
                        new Uploads(jobs, Clock.systemUTC()),
                        jobs,
                        S3ObjectStore.ofBucket(bucket),
                        new S3DownloadUrls(S3Presigner.create(), bucket),
                        new Texts(
                                contact,
                                history(),
                                Environment.optional("REQUIRE_AUTH").orElse("").equals("true")),
                        new SesMailer(
                                ses,
                                Environment.required("MAIL_FROM"),
                                contact,
                                Environment.optional("MAIL_CONFIGURATION_SET")),
                        new DeadLetters(new SqsQueue(sqs, Environment.required("DEAD_LETTER_QUEUE_URL"))),
                        Clock.systemUTC(),
                        () -> UUID.randomUUID().toString()));
    }

    /** The URL where users of the page see their files; empty when there is no page. */
    private static String history() {
        return Environment.optional("PAGE_URL")
                .map(page -> page.replaceAll("/+$", "")
                        + Environment.optional("PAGE_HISTORY_PATH").orElse(""))
                .orElse("");
    }

    EmailHandler(String bucket, Suppressions suppressions, UploadMails mails) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.suppressions = requireNonNull(suppressions, "suppressions is null");
        this.mails = requireNonNull(mails, "mails is null");
    }

    @Override
    protected SqsBatch.Response event(JsonObject event) {
        return SqsBatch.handle(event, this::message);
    }

    private void message(JsonObject message) {
        FailureNotice.of(message).ifPresent(notice -> log.info("{}", mails.failed(notice.upload())));
        KeptMail.of(message).ifPresent(kept -> MailKind.ofKey(kept.occasion())
                .ifPresent(kind -> log.info("{}", mails.again(kept.mail(), kind))));
        if (message.containsKey("eventType")) {
            log.info("{}: {} addresses are not written to again", message.get("eventType"), suppressions.note(message));
        }
        for (S3Event event : S3Event.fromNotification(message)) {
            if (event.kind() == S3Event.Kind.CREATED && event.bucket().equals(bucket)) {
                Keys.uploadOfWorkbook(event.key())
                        .or(() -> Keys.uploadOfSummary(event.key()))
                        .ifPresent(id -> log.info("{}", mails.resultReady(id)));
            }
        }
    }
}
