package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Where a stream goes and what is said of it there.
 *
 * @param metadata user metadata; names of lower-case letters, digits and {@code -}, values in ASCII, 2 KB together
 */
public record StreamTarget(String key, String contentType, Map<String, String> metadata) {
    public StreamTarget {
        requireNonNull(key, "key is null");
        requireNonNull(contentType, "contentType is null");
        metadata = Map.copyOf(metadata);
    }
}
