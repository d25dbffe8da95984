package dev.wakebox.storage;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch of SQS messages: each is handled on its own, and those that fail are reported so that only they come again.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">ReportBatchItemFailures</a>
 */
public final class SqsBatch {
    private static final Logger log = LoggerFactory.getLogger(SqsBatch.class);

    /**
     * One message of a batch.
     *
     * @param receiveCount how often it has been delivered, this time included
     */
    public record Message(String receiptHandle, int receiveCount, Map<String, @Nullable Object> body) {}

    private SqsBatch() {}

    /** Whether this Lambda event is a batch of SQS messages. */
    public static boolean isBatch(Map<String, @Nullable Object> event) {
        return event.get("Records") instanceof List<?> records
                && !records.isEmpty()
                && records.getFirst() instanceof Map<?, ?> first
                && "aws:sqs".equals(first.get("eventSource"));
    }

    /** Hands each message's JSON body to the handler and returns Lambda's partial batch answer. */
    public static Map<String, @Nullable Object> handle(
            Map<String, @Nullable Object> event, Consumer<Map<String, @Nullable Object>> handler) {
        return handleMessages(event, message -> handler.accept(message.body()));
    }

    /** As {@link #handle}, for a handler that has to know how often the message came or to delay it. */
    public static Map<String, @Nullable Object> handleMessages(
            Map<String, @Nullable Object> event, Consumer<Message> handler) {
        var failures = new ArrayList<Map<String, String>>();
        for (Object entry : (List<?>) event.getOrDefault("Records", List.of())) {
            if (!(entry instanceof Map<?, ?> message)) {
                continue;
            }
            String id = String.valueOf(message.get("messageId"));
            try {
                handler.accept(new Message(
                        String.valueOf(message.get("receiptHandle")),
                        receiveCount(message.get("attributes")),
                        Json.object(String.valueOf(message.get("body")).getBytes(StandardCharsets.UTF_8))));
            } catch (RuntimeException e) {
                log.warn("Message {} failed and will be delivered again: {}", id, e.getMessage(), e);
                failures.add(Map.of("itemIdentifier", id));
            }
        }
        return Map.of("batchItemFailures", failures);
    }

    private static int receiveCount(@Nullable Object attributes) {
        return attributes instanceof Map<?, ?> map && map.get("ApproximateReceiveCount") instanceof String count
                ? Integer.parseInt(count)
                : 1;
    }
}
