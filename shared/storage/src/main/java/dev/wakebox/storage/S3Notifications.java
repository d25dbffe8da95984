package dev.wakebox.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What S3 announces to a Lambda function, straight or through SQS. */
public final class S3Notifications {
    private static final Logger log = LoggerFactory.getLogger(S3Notifications.class);

    private S3Notifications() {}

    /**
     * Acts on each change that concerns the function, and ignores the others.
     *
     * @param event Lambda's: S3's notification, or a batch of SQS messages that hold one each
     * @param expected which changes concern the function
     * @param what these are, as in {@code a new work order}
     * @param action says what it did
     * @return the {@code messages}, or SQS's partial batch answer
     */
    public static Map<String, @Nullable Object> handle(
            Map<String, @Nullable Object> event,
            Predicate<S3Event> expected,
            String what,
            Function<S3Event, String> action) {
        return SqsBatch.isBatch(event)
                ? SqsBatch.handle(event, body -> messages(body, expected, what, action))
                : Map.of("messages", messages(event, expected, what, action));
    }

    private static List<String> messages(
            Map<String, @Nullable Object> notification,
            Predicate<S3Event> expected,
            String what,
            Function<S3Event, String> action) {
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
