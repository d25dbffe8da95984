package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One change of one object, as reported by S3: at least once, and in no order.
 *
 * @param key decoded
 * @param time when S3 finished the request that changed the object
 */
public record S3Event(String bucket, String key, Kind kind, Instant time) {
    /** The kind of change. */
    public enum Kind {
        CREATED,
        REMOVED
    }

    public S3Event {
        requireNonNull(bucket, "bucket is null");
        requireNonNull(key, "key is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(time, "time is null");
    }

    /** Whether the event is of this kind and concerns this object. */
    public boolean is(Kind expectedKind, String expectedBucket, String expectedKey) {
        return kind == expectedKind && bucket.equals(expectedBucket) && key.equals(expectedKey);
    }

    /**
     * The events in an S3 notification. {@code s3:TestEvent} and events of other kinds or services are ignored.
     *
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">event
     *     message structure</a>
     */
    public static List<S3Event> fromNotification(JsonObject notification) {
        return notification.objects("Records").stream()
                .flatMap(change -> fromRecord(change).stream())
                .toList();
    }

    private static Optional<S3Event> fromRecord(JsonObject change) {
        String name = change.text("eventName");
        Kind kind = name.startsWith("ObjectCreated:")
                ? Kind.CREATED
                : name.startsWith("ObjectRemoved:") ? Kind.REMOVED : null;
        JsonObject s3 = change.object("s3");
        if (kind == null || !s3.hasObject("bucket") || !s3.hasObject("object")) {
            return Optional.empty();
        }
        return Optional.of(new S3Event(
                s3.object("bucket").text("name"),
                URLDecoder.decode(s3.object("object").text("key"), StandardCharsets.UTF_8),
                kind,
                Instant.parse(change.text("eventTime"))));
    }
}
