package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.Platform;
import dev.wakebox.platform.Secret;
import dev.wakebox.platform.StoredSecret;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Patience;
import dev.wakebox.storage.S3ObjectStreams;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsPatience;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code POST /job-complete}, and the messages of the queue for outputs that are too big or slow for an answer. */
public final class WebhookEgressHandler extends Function {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(30);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);
    /** SQS hides a message for 12 hours at most, the time for which it has been worked on included. */
    private static final Duration LONGEST_WISH = Duration.ofHours(11);

    private final Egress egress;
    private final Optional<WebhookSecret> secret;
    private final Patience patience;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code EGRESS_QUEUE_URL}, {@code PLATFORM_TOKEN_ARN} and, where
     * set, {@code PLATFORM_TRUSTED_HOSTS} and {@code WEBHOOK_SECRET_ARN}.
     */
    public WebhookEgressHandler() {
        SqsClient sqs =
                SqsClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
        String queueUrl = Environment.required("EGRESS_QUEUE_URL");
        this(
                egress(new SqsHandover(sqs, queueUrl), Clock.systemUTC()),
                secret(Clock.systemUTC()),
                new SqsPatience(sqs, queueUrl));
    }

    WebhookEgressHandler(Egress egress, Optional<WebhookSecret> secret, Patience patience) {
        this.egress = requireNonNull(egress, "egress is null");
        this.secret = requireNonNull(secret, "secret is null");
        this.patience = requireNonNull(patience, "patience is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        JobComplete.checkForm(request);
        if (secret.isPresent()) {
            secret.get().verify(request);
        } else if (request.pathParameters().containsKey(WebhookSecret.PATH_PARAMETER)) {
            throw new WakeboxException(
                    ErrorCode.NOT_FOUND, "There is no such path: no secret is configured (WebhookSecretArn).");
        }
        return switch (egress.completed(JobComplete.parse(request.body()))) {
            case Outcome.Stored stored -> HttpResponse.ok(body(stored));
            case Outcome.Accepted(String id, String message) -> {
                var body = new LinkedHashMap<String, @Nullable Object>();
                body.put("id", id);
                body.put("message", message);
                yield HttpResponse.accepted(body);
            }
        };
    }

    /** Whoever finds the URL need not know the names of our secrets and tables; the log does. */
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
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return SqsBatch.handleMessages(event, this::queued);
    }

    private void queued(SqsBatch.Message message) {
        try {
            egress.queued(
                    new JobComplete(String.valueOf(message.body().get("id"))),
                    Boolean.TRUE.equals(message.body().get(SqsHandover.PRECAUTION)));
        } catch (WakeboxException e) {
            patience.comeAgain(message.receiptHandle(), delay(message.receiveCount(), e));
            throw e;
        }
    }

    /** Twice as long each time, and never shorter than the platform asks for. */
    static Duration delay(int receiveCount, WakeboxException failure) {
        Duration delay = Patience.after(receiveCount, FIRST_DELAY, LONGEST_DELAY);
        Duration wish = failure.getCause() instanceof TransientFailure cause && cause.retryAfter() != null
                ? cause.retryAfter()
                : Duration.ZERO;
        return Collections.min(List.of(LONGEST_WISH, Collections.max(List.of(delay, wish))));
    }

    private static Map<String, @Nullable Object> body(Outcome.Stored stored) {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("id", stored.id());
        body.put("bucket", stored.bucket());
        body.put("key", stored.key());
        body.put("bytes", stored.bytes());
        body.put("sha256", stored.sha256());
        body.put("duplicate", stored.duplicate());
        body.put("message", stored.duplicate() ? "The output was stored before." : "The output is stored.");
        return body;
    }

    private static Egress egress(Handover handover, Clock clock) {
        String bucket = Environment.required("BUCKET");
        return new Egress(
                new Platform(
                        new Secret(StoredSecret.of(Environment.required("PLATFORM_TOKEN_ARN")), clock),
                        new HostGuard(Environment.list("PLATFORM_TRUSTED_HOSTS")),
                        clock),
                S3ObjectStreams.ofBucket(bucket),
                DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                handover,
                new Retries(clock, Pause.ofThread(), () -> ThreadLocalRandom.current()
                        .nextDouble()),
                bucket,
                // API Gateway waits for 30 s; the worker's Lambda ends after 15 minutes.
                new Egress.Limits(256L << 20, Duration.ofSeconds(20), Duration.ofSeconds(15)),
                new Egress.Limits(Long.MAX_VALUE, Duration.ofMinutes(14), Duration.ofSeconds(30)),
                clock,
                () -> UUID.randomUUID().toString());
    }

    private static Optional<WebhookSecret> secret(Clock clock) {
        return Environment.optional("WEBHOOK_SECRET_ARN")
                .map(arn -> new WebhookSecret(new Secret(StoredSecret.of(arn), clock), clock));
    }
}
