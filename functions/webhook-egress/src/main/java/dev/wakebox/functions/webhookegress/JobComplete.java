package dev.wakebox.functions.webhookegress;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The platform's message that a job is complete. */
record JobComplete(String id) {
    private static final int LARGEST_BODY = 64 * 1024;
    private static final String EVENT = "job_complete";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern JSON = Pattern.compile("application/([a-z0-9.+-]+\\+)?json( *;.*)?");

    JobComplete {
        if (!ID.matcher(id).matches()) {
            throw WakeboxException.invalidField(
                    "id", "The id must be 1 to 64 letters, digits, \"-\" or \"_\" (A-Z, a-z, 0-9).");
        }
    }

    /** Refuses what is not worth a look at its contents. */
    static void checkForm(HttpRequest request) {
        if (request.body().length > LARGEST_BODY) {
            throw new WakeboxException(
                    ErrorCode.PAYLOAD_TOO_LARGE, "The body is larger than " + LARGEST_BODY + " bytes.");
        }
        if (request.body().length == 0) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The request has no body.");
        }
        String type = request.header("content-type");
        if (type != null && !JSON.matcher(type.strip().toLowerCase(Locale.ROOT)).matches()) {
            throw new WakeboxException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body must be JSON (content-type: application/json).");
        }
    }

    /** @throws WakeboxException {@code INVALID_REQUEST} naming what is wrong */
    static JobComplete parse(byte[] body) {
        Map<String, @Nullable Object> message = Json.object(body);
        if (!(message.get("id") instanceof String id) || id.isEmpty()) {
            throw WakeboxException.invalidField("id", "The id of the job is missing; it must be a text.");
        }
        if (!EVENT.equals(message.get("event"))) {
            throw WakeboxException.invalidField("event", "The event must be \"" + EVENT + "\".");
        }
        return new JobComplete(id);
    }
}
