package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Moves the visibility timeout of an SQS message. Thread-safe. */
public final class SqsPatience implements Patience {
    private final SqsClient sqs;
    private final String queueUrl;

    /** @param queueUrl of the queue that the messages come from */
    public SqsPatience(SqsClient sqs, String queueUrl) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.queueUrl = requireNonNull(queueUrl, "queueUrl is null");
    }

    @Override
    public void comeAgain(String receiptHandle, Duration after) {
        try {
            sqs.changeMessageVisibility(request -> request.queueUrl(queueUrl)
                    .receiptHandle(receiptHandle)
                    .visibilityTimeout(Math.toIntExact(after.toSeconds())));
        } catch (SdkException e) {
            throw AwsErrors.failed("say when a message is to come again", e);
        }
    }
}
