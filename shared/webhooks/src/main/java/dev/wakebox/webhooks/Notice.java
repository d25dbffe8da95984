package dev.wakebox.webhooks;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.time.Instant;

/**
 * A piece of work has ended. Its JSON has the fields of an event of EventBridge, because the outcomes of runs reach the
 * queue as such events.
 *
 * @param source as in {@code wakebox.upload}
 * @param outcome as in {@code DONE}
 * @param detail what the receiver of the webhook gets; its {@code id} tells notices of one outcome apart
 */
public record Notice(String source, String outcome, Instant time, JsonObject detail) {
    public Notice {
        requireNonNull(source, "source is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(time, "time is null");
        requireNonNull(detail, "detail is null");
    }

    JsonObject toJson() {
        return JsonObject.of("source", source)
                .with("detail-type", outcome)
                .with("time", time.toString())
                .with("detail", detail);
    }
}
