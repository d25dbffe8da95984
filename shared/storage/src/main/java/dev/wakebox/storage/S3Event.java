package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One change of one object, as S3 announced it: at least once, and in no order.
 *
 * @param key decoded
 * @param time when S3 finished the request that changed the object
 */
public record S3Event(String bucket, String key, Kind kind, Instant time) {
    /** What happened to the object. */
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

    /** Whether this happened to that object. */
    public boolean is(Kind expectedKind, String expectedBucket, String expectedKey) {
        return kind == expectedKind && bucket.equals(expectedBucket) && key.equals(expectedKey);
    }

    /**
     * The events in an S3 notification. {@code s3:TestEvent} and events of other kinds or services give none.
     *
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">event
     *     message structure</a>
     */
    public static List<S3Event> fromNotification(Map<String, @Nullable Object> notification) {
        if (!(notification.get("Records") instanceof List<?> records)) {
            return List.of();
        }
        return records.stream()
                .flatMap(entry ->
                        entry instanceof Map<?, ?> map ? fromRecord(map).stream() : java.util.stream.Stream.empty())
                .toList();
    }

    private static Optional<S3Event> fromRecord(Map<?, ?> entry) {
        String name = String.valueOf(entry.get("eventName"));
        Kind kind = name.startsWith("ObjectCreated:")
                ? Kind.CREATED
                : name.startsWith("ObjectRemoved:") ? Kind.REMOVED : null;
        if (kind == null
                || !(entry.get("s3") instanceof Map<?, ?> s3)
                || !(s3.get("bucket") instanceof Map<?, ?> bucket)
                || !(s3.get("object") instanceof Map<?, ?> object)) {
            return Optional.empty();
        }
        return Optional.of(new S3Event(
                String.valueOf(bucket.get("name")),
                URLDecoder.decode(String.valueOf(object.get("key")), StandardCharsets.UTF_8),
                kind,
                Instant.parse(String.valueOf(entry.get("eventTime")))));
    }
}
