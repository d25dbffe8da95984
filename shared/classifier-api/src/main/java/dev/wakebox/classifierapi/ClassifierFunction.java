package dev.wakebox.classifierapi;

import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Base of the functions below {@code /classifier}. Answers have security headers for browsers, and refusals are {@code
 * {"data": {"error": …, "message": …}}}. Thread-safe if the subclass is.
 */
public abstract class ClassifierFunction extends LambdaFunction {
    private static final Map<String, String> HEADERS = Map.of(
            "strict-transport-security", "max-age=31536000; includeSubDomains",
            "x-content-type-options", "nosniff",
            "x-frame-options", "DENY",
            "content-security-policy", "default-src 'none'; frame-ancestors 'none'",
            "referrer-policy", "no-referrer");

    private static final Pattern MENTOR = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private record Refusal(Problem data) {}

    private record Problem(String error, @Nullable String message, Optional<String> field) {}

    @Override
    protected final Map<String, String> headers() {
        return HEADERS;
    }

    @Override
    protected HttpResponse refusal(WakeboxException e) {
        String error =
                switch (e.code()) {
                    case UNAUTHORIZED, FORBIDDEN -> "not authorized";
                    case NOT_FOUND -> "not found";
                    case INVALID_REQUEST, UNPROCESSABLE, CONFLICT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE ->
                        "bad request";
                    case UNAVAILABLE, BAD_GATEWAY, GATEWAY_TIMEOUT -> "unavailable";
                    case INTERNAL -> "internal error";
                };
        var problem = new Problem(error, e.messageForCaller(), Optional.ofNullable(e.field()));
        return HttpResponse.json(e.code().status(), new Refusal(problem));
    }

    /**
     * A mentor's id from a request.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the value is not a valid id
     */
    protected static String mentor(@Nullable Object value) {
        if (value instanceof String mentor && MENTOR.matcher(mentor).matches()) {
            return mentor;
        }
        throw WakeboxException.invalidField(
                "mentor", "The mentor must be an id of 1 to 64 letters, digits, \"-\" or \"_\" (A-Z, a-z, 0-9).");
    }
}
