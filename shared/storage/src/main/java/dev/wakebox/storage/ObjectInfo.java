package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * The metadata of an object in S3.
 *
 * @param size in bytes
 */
public record ObjectInfo(long size, String etag, Instant lastModified) {
    public ObjectInfo {
        requireNonNull(etag, "etag is null");
        requireNonNull(lastModified, "lastModified is null");
    }
}
