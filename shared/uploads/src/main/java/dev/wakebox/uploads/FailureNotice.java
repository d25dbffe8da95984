package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.Optional;

/**
 * The message that an upload has failed and that its owner gets a mail about it.
 *
 * @param upload the upload's id
 */
public record FailureNotice(String upload) {
    public FailureNotice {
        requireNonNull(upload, "upload is null");
    }

    /** The notice in a message; empty when the message is another one. */
    public static Optional<FailureNotice> of(JsonObject message) {
        return message.optionalText("upload").map(FailureNotice::new);
    }
}
