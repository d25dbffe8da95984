package dev.wakebox.functions.notify;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Sha256;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.webhooks.WebhookUrl;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * One webhook: a run, an upload or a training has ended.
 *
 * @param id the same for every message and every delivery about one outcome
 * @param url of the run itself; empty for the URL of the stack
 * @param trace the place of the run in the trace of its caller, if it is in one
 * @param body {@code {"type": "run.succeeded", "timestamp": …, "data": …}}
 */
record Webhook(String id, String type, Optional<URI> url, Optional<TraceContext> trace, byte[] body) {
    private static final String SOURCE = "wakebox.";
    private static final String URL = "notify_url";
    private static final int ID_BYTES = 16;

    Webhook {
        requireNonNull(id, "id is null");
        requireNonNull(type, "type is null");
        requireNonNull(url, "url is null");
        requireNonNull(trace, "trace is null");
        requireNonNull(body, "body is null");
    }

    /**
     * The webhook about an event of EventBridge, or about a notice, which has the same form. A URL that the launch
     * check refuses is not used: its run ended as {@code LAUNCH_FAILED}, which the stack's URL should get.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the message is no event of Wakebox
     */
    static Webhook of(JsonObject event) {
        String outcome = event.text("detail-type").toLowerCase(Locale.ROOT);
        if (!event.text("source").startsWith(SOURCE) || outcome.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The message is no event of Wakebox: it needs a source that begins with \"wakebox.\", and a"
                            + " detail-type.");
        }
        String type = event.text("source").substring(SOURCE.length()) + "." + outcome;
        JsonObject detail = event.object("detail");
        String subject = String.join(
                "\n",
                type,
                detail.optionalText("execution").orElse(detail.asText("id")),
                detail.asText("attempt"),
                detail.asText("retry"));
        return new Webhook(
                "msg_" + Sha256.hex(subject, ID_BYTES),
                type,
                detail.optionalText(URL).filter(WebhookUrl::isPublic).map(URI::create),
                TraceContext.of(detail),
                Json.bytes(JsonObject.of("type", type)
                        .with("timestamp", event.text("time"))
                        .with("data", detail.without(URL))));
    }
}
