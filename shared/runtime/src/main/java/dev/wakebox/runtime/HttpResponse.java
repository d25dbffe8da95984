package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP answer in API Gateway's format 2.0. CORS headers are API Gateway's own.
 *
 * @param base64 whether {@code body} is the base64 of bytes, which API Gateway decodes
 */
public record HttpResponse(int status, Map<String, String> headers, String body, boolean base64) {
    private static final int ETAG_BYTES = 12;

    private static final Map<String, String> JSON =
            Map.of("content-type", "application/json", "cache-control", "no-store");

    public HttpResponse {
        headers = Map.copyOf(headers);
        requireNonNull(body, "body is null");
    }

    /** An answer with a text. */
    public HttpResponse(int status, Map<String, String> headers, String body) {
        this(status, headers, body, false);
    }

    /** An answer with bytes, such as a compressed file. */
    public static HttpResponse ofBytes(int status, Map<String, String> headers, byte[] body) {
        return new HttpResponse(status, headers, Base64.getEncoder().encodeToString(body), true);
    }

    /**
     * An answer with a JSON body.
     *
     * @param body a record or a map
     */
    public static HttpResponse json(int status, Object body) {
        return new HttpResponse(status, JSON, Json.string(body));
    }

    /** 200 with this body. */
    public static HttpResponse ok(Object body) {
        return json(200, body);
    }

    /** 200 with this JSON, or 304 without a body when the client has it, by its header {@code If-None-Match}. */
    public static HttpResponse unlessKnown(HttpRequest request, String json) {
        String etag = "\"" + Sha256.hex(json, ETAG_BYTES) + "\"";
        String known = request.headers().getOrDefault("if-none-match", "");
        boolean same =
                Arrays.stream(known.split(",")).map(String::strip).anyMatch(tag -> tag.equals(etag) || tag.equals("*"));
        return new HttpResponse(
                same ? 304 : 200,
                Map.of("content-type", "application/json", "cache-control", "private, no-cache", "etag", etag),
                same ? "" : json);
    }

    /** 200 with {@code {"result": "success", <key>: <value>}}. */
    public static HttpResponse success(String key, String value) {
        var body = new LinkedHashMap<String, String>();
        body.put("result", "success");
        body.put(key, value);
        return ok(body);
    }

    /** 201 with this body. */
    public static HttpResponse created(Object body) {
        return json(201, body);
    }

    /** 202 with this body: the work is queued. */
    public static HttpResponse accepted(Object body) {
        return json(202, body);
    }

    /** {@code {"result": …, "message": …, "field": …}} for a refusal; {@code field} is optional. */
    public static HttpResponse of(WakeboxException e) {
        String result = e.code().kind() == ErrorCode.Kind.INTERNAL ? "internal_error" : "error";
        return json(e.code().status(), new Refusal(result, e.messageForCaller(), Optional.ofNullable(e.field())));
    }

    /** The same answer with further headers; its own headers take precedence. */
    HttpResponse with(Map<String, String> more) {
        var all = new LinkedHashMap<>(more);
        all.putAll(headers);
        return new HttpResponse(status, all, body, base64);
    }

    /** The answer in the form that API Gateway reads. */
    Payload toPayload() {
        return new Payload(status, headers, body, base64);
    }

    /** What API Gateway reads from a function. */
    record Payload(int statusCode, Map<String, String> headers, String body, boolean isBase64Encoded) {}

    private record Refusal(String result, @Nullable String message, Optional<String> field) {}
}
