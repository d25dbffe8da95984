package dev.wakebox.functions.runsapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.MDC;

/**
 * The body of a refusal.
 *
 * @param type a URI that names the kind of problem
 * @param title the same for people
 * @param detail what is wrong with this request, and what to do
 * @param instance a URI of this answer; its end is the request id in the function's log
 * @param errors each mistake of the request; absent if the detail says all
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
record ProblemDetails(
        String type, String title, int status, String detail, String instance, Optional<List<InputError>> errors) {
    private static final String TYPES = "tag:wakebox.dev,2026:";

    ProblemDetails {
        requireNonNull(detail, "detail is null");
        requireNonNull(errors, "errors is null");
    }

    /** A document with mistakes. */
    static ProblemDetails ofDocument(List<InputError> errors) {
        return of(
                ErrorCode.UNPROCESSABLE,
                "invalid-document",
                "Invalid document",
                "The document can't run; nothing was started. " + errors.size()
                        + (errors.size() == 1 ? " mistake." : " mistakes."),
                Optional.of(errors));
    }

    static ProblemDetails of(WakeboxException e) {
        String title =
                switch (e.code()) {
                    case INVALID_REQUEST -> "Invalid request";
                    case UNAUTHORIZED -> "Unauthorized";
                    case FORBIDDEN -> "Forbidden";
                    case NOT_FOUND -> "Not found";
                    case CONFLICT -> "Conflict";
                    case UNPROCESSABLE -> "Unprocessable";
                    case PAYLOAD_TOO_LARGE -> "Payload too large";
                    case UNSUPPORTED_MEDIA_TYPE -> "Unsupported media type";
                    case UNAVAILABLE -> "Unavailable";
                    case BAD_GATEWAY -> "Bad gateway";
                    case GATEWAY_TIMEOUT -> "Gateway timeout";
                    case INTERNAL -> "Internal error";
                };
        return of(
                e.code(),
                title.toLowerCase(Locale.ROOT).replace(' ', '-'),
                title,
                e.messageForCaller(),
                Optional.ofNullable(e.field())
                        .map(field -> List.of(InputError.ofParameter(field, e.messageForCaller()))));
    }

    private static ProblemDetails of(
            ErrorCode code, String type, String title, String detail, Optional<List<InputError>> errors) {
        return new ProblemDetails(
                TYPES + type, title, code.status(), detail, "urn:uuid:" + MDC.get("requestId"), errors);
    }

    /** The answer with this body. */
    HttpResponse response(Map<String, String> headers) {
        var all = new HashMap<>(headers);
        all.put("content-type", "application/problem+json");
        all.put("cache-control", "no-store");
        return new HttpResponse(status, all, Json.string(this));
    }
}
