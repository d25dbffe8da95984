package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Messages {@code {"id": …}} in an SQS queue. Thread-safe. */
final class SqsHandover implements Handover {
    private final SqsClient sqs;
    private final String queueUrl;

    SqsHandover(SqsClient sqs, String queueUrl) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.queueUrl = requireNonNull(queueUrl, "queueUrl is null");
    }

    @Override
    public void later(String id, Duration delay) {
        try {
            sqs.sendMessage(request -> request.queueUrl(queueUrl)
                    .messageBody(Json.string(Map.of("id", id)))
                    .delaySeconds((int) delay.toSeconds()));
        } catch (SdkException e) {
            boolean mayPass = e instanceof SdkClientException
                    || (e instanceof AwsServiceException service
                            && (service.statusCode() >= 500 || service.isThrottlingException()));
            throw new WakeboxException(
                    mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                    "The job \"" + id + "\" could not be left to the queue worker; try again later.",
                    e);
        }
    }
}
