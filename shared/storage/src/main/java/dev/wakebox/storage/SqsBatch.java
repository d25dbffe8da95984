package dev.wakebox.storage;

import dev.wakebox.runtime.ErrorReports;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Handles each message of an SQS batch separately and reports the failed ones, so that SQS redelivers only those.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">ReportBatchItemFailures</a>
 */
public final class SqsBatch {
    private static final Logger log = LoggerFactory.getLogger(SqsBatch.class);

    /**
     * One message of a batch.
     *
     * @param receiveCount number of deliveries, including this one
     */
    public record Message(String receiptHandle, int receiveCount, JsonObject body) {}

    /**
     * Lambda's partial batch response.
     *
     * @param batchItemFailures the messages to redeliver
     */
    public record Response(List<ItemFailure> batchItemFailures) {
        public Response {
            batchItemFailures = List.copyOf(batchItemFailures);
        }
    }

    /** A message that failed, by its id. */
    public record ItemFailure(String itemIdentifier) {}

    private SqsBatch() {}

    /** Whether this Lambda event is a batch of SQS messages. */
    public static boolean isBatch(JsonObject event) {
        List<JsonObject> records = event.objects("Records");
        return !records.isEmpty() && records.getFirst().text("eventSource").equals("aws:sqs");
    }

    /** Passes the JSON body of each message to the handler and returns Lambda's partial batch response. */
    public static Response handle(JsonObject event, Consumer<JsonObject> handler) {
        return handleMessages(event, message -> handler.accept(message.body()));
    }

    /** As {@link #handle}, for a handler that needs the receive count or delays the message. */
    public static Response handleMessages(JsonObject event, Consumer<Message> handler) {
        if (event.has("Records") && !(event.get("Records") instanceof List<?>)) {
            throw WakeboxException.invalidField(
                    "Records",
                    "The event is no batch of SQS: Records must be a list, is " + Json.string(event.get("Records"))
                            + ".");
        }
        var failures = new ArrayList<ItemFailure>();
        for (JsonObject message : event.objects("Records")) {
            String id = message.text("messageId");
            try {
                handler.accept(new Message(
                        message.text("receiptHandle"),
                        receiveCount(message.object("attributes")),
                        Json.object(message.text("body").getBytes(StandardCharsets.UTF_8))));
            } catch (RuntimeException e) {
                ErrorReports.add(e);
                log.warn("Message {} failed and will be redelivered: {}", id, e.getMessage(), e);
                failures.add(new ItemFailure(id));
            } finally {
                MDC.remove("job"); // the next message has another job
            }
        }
        return new Response(failures);
    }

    private static int receiveCount(JsonObject attributes) {
        String count = attributes.text("ApproximateReceiveCount");
        return count.isEmpty() ? 1 : Integer.parseInt(count);
    }
}
