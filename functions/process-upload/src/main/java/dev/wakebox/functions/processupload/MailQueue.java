package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.Json;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of the mails. Thread-safe. */
final class MailQueue implements FailureNotices {
    private final SqsClient sqs;
    private final String mailQueue;

    /** @param mailQueue its URL */
    MailQueue(SqsClient sqs, String mailQueue) {
        this.sqs = requireNonNull(sqs, "sqs is null");
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
}
