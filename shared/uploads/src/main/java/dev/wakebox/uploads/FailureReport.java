package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.Optional;

/**
 * The message that the processor couldn't process a file.
 *
 * @param failed the upload's id
 * @param reason which the owner may read
 */
public record FailureReport(String failed, String reason) {
    public FailureReport {
        requireNonNull(failed, "failed is null");
        requireNonNull(reason, "reason is null");
    }

    /** The report in a message; empty when the message is another one. */
    public static Optional<FailureReport> of(JsonObject message) {
        return message.optionalText("failed")
                .flatMap(id -> message.optionalText("reason").map(reason -> new FailureReport(id, reason)));
    }
}
