package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

/** The content of an object, with the ETag for a conditional write. */
public record StoredObject(byte[] body, String etag) {
    public StoredObject {
        requireNonNull(body, "body is null");
        requireNonNull(etag, "etag is null");
    }
}
