package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.Json;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Messages {@code {"id": …, "precaution": …}} in an SQS queue. Thread-safe. */
final class SqsHandover implements Handover {
    static final String PRECAUTION = "precaution";

    private final SqsClient sqs;
    private final String queueUrl;

    SqsHandover(SqsClient sqs, String queueUrl) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.queueUrl = requireNonNull(queueUrl, "queueUrl is null");
    }

    @Override
    public void later(String id, Duration delay, boolean precaution) {
        try {
            sqs.sendMessage(request -> request.queueUrl(queueUrl)
                    .messageBody(Json.string(Map.of("id", id, PRECAUTION, precaution)))
                    .delaySeconds((int) delay.toSeconds()));
        } catch (SdkException e) {
            throw AwsErrors.failed("leave the job \"" + id + "\" to the queue worker", e);
        }
    }
}
