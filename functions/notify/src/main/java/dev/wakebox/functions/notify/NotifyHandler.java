package dev.wakebox.functions.notify;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.secrets.StoredSecret;
import dev.wakebox.storage.MessageVisibility;
import dev.wakebox.storage.SqsBatch;
import dev.wakebox.storage.SqsMessageVisibility;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Handles the queue of notices: sends each as a webhook, and has SQS redeliver those that were not taken. */
public final class NotifyHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(NotifyHandler.class);

    /** The waits that the specification recommends: 28 hours in all, with 8 deliveries as in the queue's redrive policy. */
    private static final List<Duration> DELAYS = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(10));
    /** SQS allows a visibility timeout of 12 hours, including the time since the message was received. */
    private static final Duration LONGEST_WISH = Duration.ofHours(11);

    private final Receiver receiver;
    private final MessageVisibility visibility;
    private final Consumer<JsonObject> deadLetters;

    /**
     * Reads {@code NOTIFY_URL}, {@code NOTIFY_SECRET_ARN}, {@code NOTIFY_QUEUE_URL} and {@code
     * DEAD_LETTER_QUEUE_URL}.
     */
    public NotifyHandler() {
        this(
                SqsClient.builder().httpClient(AwsHttp.client()).build(),
                new Receiver(
                        URI.create(Environment.required("NOTIFY_URL")),
                        new Secret(StoredSecret.of(Environment.required("NOTIFY_SECRET_ARN")), Clock.systemUTC()),
                        Clock.systemUTC()));
    }

    private NotifyHandler(SqsClient sqs, Receiver receiver) {
        this(
                receiver,
                new SqsMessageVisibility(sqs, Environment.required("NOTIFY_QUEUE_URL")),
                keeping(new SqsQueue(sqs, Environment.required("DEAD_LETTER_QUEUE_URL"))));
    }

    /** @param deadLetters receives the messages that only an operator can send again */
    NotifyHandler(Receiver receiver, MessageVisibility visibility, Consumer<JsonObject> deadLetters) {
        this.receiver = requireNonNull(receiver, "receiver is null");
        this.visibility = requireNonNull(visibility, "visibility is null");
        this.deadLetters = requireNonNull(deadLetters, "deadLetters is null");
    }

    private static Consumer<JsonObject> keeping(SqsQueue queue) {
        return message -> queue.send(message, "keep a webhook for an operator");
    }

    @Override
    protected SqsBatch.Response event(JsonObject event) {
        return SqsBatch.handleMessages(event, this::send);
    }

    private void send(SqsBatch.Message message) {
        Webhook webhook = Webhook.of(message.body());
        switch (receiver.send(webhook)) {
            case Reception.Taken(int status) ->
                log.info("The webhook {} ({}) was answered with {}.", webhook.id(), webhook.type(), status);
            case Reception.Refused(String reason) -> {
                log.error(
                        "The webhook {} ({}) is kept in the dead-letter queue, because a retry would not help: {}",
                        webhook.id(),
                        webhook.type(),
                        reason);
                deadLetters.accept(message.body());
            }
            case Reception.Later(String reason, Optional<Duration> retryAfter) -> {
                Duration delay = delay(message.receiveCount(), retryAfter);
                visibility.retryAfter(message.receiptHandle(), delay);
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE,
                        "The webhook " + webhook.id() + " (" + webhook.type() + ") is sent again in "
                                + delay.toSeconds() + " s. " + reason);
            }
        }
    }

    /** Grows with each delivery, and is never shorter than {@code Retry-After}. */
    static Duration delay(int receiveCount, Optional<Duration> retryAfter) {
        Duration delay = DELAYS.get(Math.clamp(receiveCount - 1L, 0, DELAYS.size() - 1));
        return Collections.min(
                List.of(LONGEST_WISH, Collections.max(List.of(delay, retryAfter.orElse(Duration.ZERO)))));
    }
}
