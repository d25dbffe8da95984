package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * The key and metadata of an object to write.
 *
 * @param contentEncoding how the bytes are encoded, for HTTP clients to decode
 * @param metadata user metadata; names of lower-case letters, digits and {@code -}, values in ASCII, 2 KB together
 */
public record StreamTarget(
        String key, String contentType, Optional<String> contentEncoding, Map<String, String> metadata) {
    public StreamTarget {
        requireNonNull(key, "key is null");
        requireNonNull(contentType, "contentType is null");
        requireNonNull(contentEncoding, "contentEncoding is null");
        metadata = Map.copyOf(metadata);
    }

    /** A target for bytes that are not encoded. */
    public StreamTarget(String key, String contentType, Map<String, String> metadata) {
        this(key, contentType, Optional.empty(), metadata);
    }
}
