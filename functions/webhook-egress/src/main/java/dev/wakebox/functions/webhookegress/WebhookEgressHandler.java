package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.secrets.StoredSecret;
import dev.wakebox.storage.MessageVisibility;
import dev.wakebox.storage.S3ObjectStreams;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsMessageVisibility;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code POST /job-complete}, and the queue of outputs that are too large or slow for an answer. */
public final class WebhookEgressHandler extends LambdaFunction {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(30);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);
    /** SQS allows a visibility timeout of 12 hours, including the time since the message was received. */
    private static final Duration LONGEST_WISH = Duration.ofHours(11);

    /** The answer about an output that is stored. */
    private record StoredOutput(
            String id, String bucket, String key, long bytes, String sha256, boolean duplicate, String message) {
        private static StoredOutput of(Outcome.Stored stored) {
            return new StoredOutput(
                    stored.id(),
                    stored.bucket(),
                    stored.key(),
                    stored.bytes(),
                    stored.sha256(),
                    stored.duplicate(),
                    stored.duplicate() ? "The output was stored before." : "The output is stored.");
        }
    }

    private final Egress egress;
    private final Optional<WebhookSecret> secret;
    private final MessageVisibility visibility;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code EGRESS_QUEUE_URL}, {@code PLATFORM_TOKEN_ARN} and, where
     * set, {@code PLATFORM_TRUSTED_HOSTS} and {@code WEBHOOK_SECRET_ARN}.
     */
    public WebhookEgressHandler() {
        SqsClient sqs = SqsClient.builder().httpClient(AwsHttp.client()).build();
        String queueUrl = Environment.required("EGRESS_QUEUE_URL");
        this(
                egress(new SqsEgressQueue(new SqsQueue(sqs, queueUrl)), Clock.systemUTC()),
                secret(Clock.systemUTC()),
                new SqsMessageVisibility(sqs, queueUrl));
    }

    WebhookEgressHandler(Egress egress, Optional<WebhookSecret> secret, MessageVisibility visibility) {
        this.egress = requireNonNull(egress, "egress is null");
        this.secret = requireNonNull(secret, "secret is null");
        this.visibility = requireNonNull(visibility, "visibility is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        byte[] body = JobComplete.body(request);
        if (secret.isPresent()) {
            secret.get().verify(request, body);
        } else if (request.pathParameters().containsKey(WebhookSecret.PATH_PARAMETER)) {
            throw new WakeboxException(
                    ErrorCode.NOT_FOUND, "There is no such path: no secret is configured (WebhookSecretArn).");
        }
        return switch (egress.completed(JobComplete.parse(body), request.received())) {
            case Outcome.Stored stored -> HttpResponse.ok(StoredOutput.of(stored));
            case Outcome.Accepted accepted -> HttpResponse.accepted(accepted);
        };
    }

    /** Hides the names of secrets and tables, which the log has, from a caller that found the URL. */
    @Override
    protected HttpResponse refusal(WakeboxException e) {
        return switch (e.code()) {
            case INTERNAL, UNAVAILABLE ->
                HttpResponse.of(new WakeboxException(
                        e.code(), "The output could not be stored because of an error on our side; send it again."));
            default -> HttpResponse.of(e);
        };
    }

    @Override
    protected SqsBatch.Response event(JsonObject event) {
        return SqsBatch.handleMessages(event, this::queued);
    }

    private void queued(SqsBatch.Message message) {
        try {
            QueuedJob job = QueuedJob.of(message.body());
            egress.queued(new JobComplete(job.id()), job.precaution());
        } catch (WakeboxException e) {
            visibility.retryAfter(message.receiptHandle(), delay(message.receiveCount(), e));
            throw e;
        }
    }

    /** Doubles with each receive, and is never shorter than {@code Retry-After}. */
    static Duration delay(int receiveCount, WakeboxException failure) {
        Duration delay = MessageVisibility.backoff(receiveCount, FIRST_DELAY, LONGEST_DELAY);
        Duration wish = failure.getCause() instanceof TransientFailure cause && cause.retryAfter() != null
                ? cause.retryAfter()
                : Duration.ZERO;
        return Collections.min(List.of(LONGEST_WISH, Collections.max(List.of(delay, wish))));
    }

    private static Egress egress(EgressQueue queue, Clock clock) {
        String bucket = Environment.required("BUCKET");
        return new Egress(
                new Platform(
                        new Secret(StoredSecret.of(Environment.required("PLATFORM_TOKEN_ARN")), clock),
                        new HostGuard(Environment.list("PLATFORM_TRUSTED_HOSTS")),
                        clock),
                S3ObjectStreams.ofBucket(bucket),
                DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                queue,
                new Retries(clock, Pause.ofThread(), () -> ThreadLocalRandom.current()
                        .nextDouble()),
                bucket,
                // API Gateway waits for 30 s; the worker has Lambda's 15 minutes
                new Egress.Limits(256L << 20, Duration.ofSeconds(20), Duration.ofSeconds(15)),
                new Egress.Limits(S3ObjectStreams.MOST_BYTES, Duration.ofMinutes(14), Duration.ofSeconds(30)),
                clock,
                () -> UUID.randomUUID().toString());
    }

    private static Optional<WebhookSecret> secret(Clock clock) {
        return Environment.optional("WEBHOOK_SECRET_ARN")
                .map(arn -> new WebhookSecret(new Secret(StoredSecret.of(arn), clock), clock));
    }
}
