package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

/**
 * The condition of a write.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">S3 conditional
 *     writes</a>
 */
public sealed interface Condition {
    /** Write unconditionally. */
    record Always() implements Condition {}

    /** Write only when there is no such key ({@code If-None-Match: *}). */
    record Absent() implements Condition {}

    /** Write only when the object still has this ETag ({@code If-Match}). */
    record Unchanged(String etag) implements Condition {
        public Unchanged {
            requireNonNull(etag, "etag is null");
        }
    }
}
