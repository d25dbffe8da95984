package dev.wakebox.storage;

import dev.wakebox.runtime.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles S3 notifications that Lambda receives directly or through SQS. */
public final class S3Notifications {
    private static final Logger log = LoggerFactory.getLogger(S3Notifications.class);

    /** What was done for each change, for whoever invoked the function. */
    record Handled(List<String> messages) {}

    private S3Notifications() {}

    /**
     * Handles each change that concerns the function, and ignores the others.
     *
     * @param event Lambda's: S3's notification, or a batch of SQS messages that hold one each
     * @param expected which changes concern the function
     * @param what names these changes, as in {@code a new training order}
     * @param action returns a description of what it did
     * @return the {@code messages}, or SQS's partial batch response
     */
    public static Record handle(
            JsonObject event, Predicate<S3Event> expected, String what, Function<S3Event, String> action) {
        return SqsBatch.isBatch(event)
                ? SqsBatch.handle(event, body -> messages(body, expected, what, action))
                : new Handled(messages(event, expected, what, action));
    }

    private static List<String> messages(
            JsonObject notification, Predicate<S3Event> expected, String what, Function<S3Event, String> action) {
        var messages = new ArrayList<String>();
        for (S3Event change : S3Event.fromNotification(notification)) {
            String message = expected.test(change)
                    ? action.apply(change)
                    : "Ignored: " + change.key() + " in " + change.bucket() + " is not " + what + ".";
            log.info("{}", message);
            messages.add(message);
        }
        return messages;
    }
}
