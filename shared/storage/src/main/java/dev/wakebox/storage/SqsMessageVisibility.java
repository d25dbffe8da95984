package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Changes the visibility timeout of an SQS message. Thread-safe. */
public final class SqsMessageVisibility implements MessageVisibility {
    private final SqsClient sqs;
    private final String queueUrl;

    /** @param queueUrl of the queue that delivers the messages */
    public SqsMessageVisibility(SqsClient sqs, String queueUrl) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.queueUrl = requireNonNull(queueUrl, "queueUrl is null");
    }

    @Override
    public void retryAfter(String receiptHandle, Duration after) {
        try {
            sqs.changeMessageVisibility(request -> request.queueUrl(queueUrl)
                    .receiptHandle(receiptHandle)
                    .visibilityTimeout(Math.toIntExact(after.toSeconds())));
        } catch (SdkException e) {
            throw AwsErrors.failed("set the visibility timeout of a message", e);
        }
    }
}
