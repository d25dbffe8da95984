package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.Json;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue that events come from, and the queue of the mails. Thread-safe. */
final class Queues implements FailureNotices, Patience {
    private final SqsClient sqs;
    private final String eventQueue;
    private final String mailQueue;

    /** @param eventQueue the URL of the queue that the function reads, as {@code mailQueue} is a URL */
    Queues(SqsClient sqs, String eventQueue, String mailQueue) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.eventQueue = requireNonNull(eventQueue, "eventQueue is null");
        this.mailQueue = requireNonNull(mailQueue, "mailQueue is null");
    }

    @Override
    public void tell(String uploadId) {
        try {
            sqs.sendMessage(
                    request -> request.queueUrl(mailQueue).messageBody(Json.string(Map.of("upload", uploadId))));
        } catch (SdkException e) {
            throw AwsErrors.failed("have the owner of the upload " + uploadId + " told", e);
        }
    }

    @Override
    public void comeAgain(String receiptHandle, Duration after) {
        try {
            sqs.changeMessageVisibility(request -> request.queueUrl(eventQueue)
                    .receiptHandle(receiptHandle)
                    .visibilityTimeout(Math.toIntExact(after.toSeconds())));
        } catch (SdkException e) {
            throw AwsErrors.failed("say when a message is to come again", e);
        }
    }
}
