package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

/** An object's bytes as they were read, with the ETag to write back against. */
public record StoredObject(byte[] body, String etag) {
    public StoredObject {
        requireNonNull(body, "body is null");
        requireNonNull(etag, "etag is null");
    }
}
