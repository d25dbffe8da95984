package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.egress.Egress;
import dev.wakebox.egress.StoredOutput;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.secrets.StoredSecret;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code POST /job-complete}. */
public final class WebhookEgressHandler extends LambdaFunction {
    /** API Gateway waits for 30 s. With C1 alone, TLS and SHA-256 take about 6 s for the largest output at 512 MB of memory. */
    private static final Egress.Limits LIMITS =
            new Egress.Limits(32L << 20, Duration.ofSeconds(20), Duration.ofSeconds(15));

    /** The answer about an output that is stored. */
    private record Answer(
            String id, String bucket, String key, long bytes, String sha256, boolean duplicate, String message) {
        private static Answer of(StoredOutput output) {
            return new Answer(
                    output.id(),
                    output.bucket(),
                    output.key(),
                    output.bytes(),
                    output.sha256(),
                    output.duplicate(),
                    output.duplicate() ? "The output was stored before." : "The output is stored.");
        }
    }

    private final WebhookDelivery delivery;
    private final Optional<WebhookSecret> secret;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code EGRESS_QUEUE_URL}, {@code PLATFORM_TOKEN_ARN} and, where
     * set, {@code PLATFORM_TRUSTED_HOSTS} and {@code WEBHOOK_SECRET_ARN}.
     */
    public WebhookEgressHandler() {
        this(
                new WebhookDelivery(
                        Egress.ofEnvironment(LIMITS),
                        new SqsEgressQueue(new SqsQueue(
                                SqsClient.builder().httpClient(AwsHttp.client()).build(),
                                Environment.required("EGRESS_QUEUE_URL"))),
                        Clock.systemUTC()),
                secret(Clock.systemUTC()));
    }

    WebhookEgressHandler(WebhookDelivery delivery, Optional<WebhookSecret> secret) {
        this.delivery = requireNonNull(delivery, "delivery is null");
        this.secret = requireNonNull(secret, "secret is null");
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
        return switch (delivery.completed(JobComplete.parse(body), request.received())) {
            case Outcome.Stored stored -> HttpResponse.ok(Answer.of(stored.output()));
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

    private static Optional<WebhookSecret> secret(Clock clock) {
        return Environment.optional("WEBHOOK_SECRET_ARN")
                .map(arn -> new WebhookSecret(new Secret(StoredSecret.of(arn), clock), clock));
    }
}
