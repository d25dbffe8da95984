package dev.wakebox.functions.webhookegress;

import dev.wakebox.egress.Egress;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The platform's webhook about a completed job. */
record JobComplete(String id) {
    private static final int LARGEST_BODY = 64 * 1024;
    private static final String EVENT = "job_complete";
    private static final String EXPECTED =
            "The body must be JSON such as {\"id\": \"<job>\", \"event\": \"" + EVENT + "\"}.";
    private static final Pattern JSON = Pattern.compile("(application|text)/([a-z0-9.+-]+\\+)?json");
    /**
     * Content types of tools that don't know the content: {@code curl -d} and {@code --data-binary} send that of a
     * form.
     */
    private static final Set<String> ANYTHING = Set.of(
            "", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream", "binary/octet-stream");

    JobComplete {
        Egress.requireId(id);
    }

    /**
     * The decompressed body.
     *
     * @throws WakeboxException when it is missing, too large or of another content type
     */
    static byte[] body(HttpRequest request) {
        byte[] body = request.plainBody(LARGEST_BODY);
        if (body.length == 0) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The request has no body. " + EXPECTED);
        }
        String header = request.headers().getOrDefault("content-type", "");
        String type = header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!ANYTHING.contains(type) && !JSON.matcher(type).matches()) {
            throw new WakeboxException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The content type is \"" + type + "\"; the body must be JSON (content-type: application/json).");
        }
        return body;
    }

    /** @throws WakeboxException {@code INVALID_REQUEST} that names the mistake */
    static JobComplete parse(byte[] body) {
        JsonObject message;
        try {
            message = Json.object(body);
        } catch (WakeboxException e) {
            throw new WakeboxException(e.code(), e.getMessage() + " " + EXPECTED, e);
        }
        if (message.text("id").isEmpty()) {
            throw WakeboxException.invalidField("id", "The id of the job is missing; it must be a text.");
        }
        if (!message.text("event").equals(EVENT)) {
            throw WakeboxException.invalidField("event", "The event must be \"" + EVENT + "\".");
        }
        return new JobComplete(message.text("id"));
    }
}
