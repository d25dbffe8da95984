package dev.wakebox.aws;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Sends JSON messages to one SQS queue. Thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when the queue can't be
 * reached now, {@code INTERNAL} when it refuses.
 */
public final class SqsQueue {
    private final SqsClient sqs;
    private final String url;

    public SqsQueue(SqsClient sqs, String url) {
        this.sqs = requireNonNull(sqs, "sqs is null");
        this.url = requireNonNull(url, "url is null");
    }

    /**
     * Sends a message.
     *
     * @param message a record, or a map
     * @param purpose for the message of the exception, as in {@code put the ping into the queue}
     */
    public void send(Object message, String purpose) {
        try {
            sqs.sendMessage(request -> request.queueUrl(url).messageBody(Json.string(message)));
        } catch (SdkException e) {
            throw AwsErrors.failed(purpose, e);
        }
    }

    /** As {@link #send(Object, String)}; SQS delivers the message after the delay. */
    public void send(Object message, Duration delay, String purpose) {
        try {
            sqs.sendMessage(request -> request.queueUrl(url)
                    .messageBody(Json.string(message))
                    .delaySeconds(Math.toIntExact(delay.toSeconds())));
        } catch (SdkException e) {
            throw AwsErrors.failed(purpose, e);
        }
    }
}
