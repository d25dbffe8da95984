package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;

/**
 * One upload that is allowed until it expires.
 *
 * @param headers what the uploader has to send besides {@code Host} and {@code Content-Length}, which every client sends
 *     by itself and a browser forbids to set
 */
public record PresignedUpload(String url, String method, Map<String, String> headers, Instant expiresAt) {
    public PresignedUpload {
        requireNonNull(url, "url is null");
        requireNonNull(method, "method is null");
        headers = Map.copyOf(headers);
        requireNonNull(expiresAt, "expiresAt is null");
    }
}
