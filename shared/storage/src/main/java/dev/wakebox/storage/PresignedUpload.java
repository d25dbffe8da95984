package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;

/**
 * A presigned upload that is allowed until it expires.
 *
 * @param headers that the client must send in addition to {@code Host} and {@code Content-Length}, which every client
 *     sends itself and a browser doesn't allow to set
 */
public record PresignedUpload(String url, String method, Map<String, String> headers, Instant expiresAt) {
    public PresignedUpload {
        requireNonNull(url, "url is null");
        requireNonNull(method, "method is null");
        headers = Map.copyOf(headers);
        requireNonNull(expiresAt, "expiresAt is null");
    }
}
