package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP answer in API Gateway's format 2.0. CORS headers are API Gateway's own. */
public record HttpResponse(int status, Map<String, String> headers, String body) {
    private static final Map<String, String> JSON =
            Map.of("content-type", "application/json", "cache-control", "no-store");

    public HttpResponse {
        headers = Map.copyOf(headers);
        requireNonNull(body, "body is null");
    }

    /** An answer with a JSON body. */
    public static HttpResponse json(int status, Map<String, @Nullable Object> body) {
        return new HttpResponse(status, JSON, Json.string(body));
    }

    /** 200 with this body. */
    public static HttpResponse ok(Map<String, @Nullable Object> body) {
        return json(200, body);
    }

    /** 200 with {@code {"result": "success", <key>: <value>}}. */
    public static HttpResponse success(String key, String value) {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("result", "success");
        body.put(key, value);
        return ok(body);
    }

    /** 201 with this body. */
    public static HttpResponse created(Map<String, @Nullable Object> body) {
        return json(201, body);
    }

    /** 202 with this body: it will be done. */
    public static HttpResponse accepted(Map<String, @Nullable Object> body) {
        return json(202, body);
    }

    /** {@code {"result": …, "message": …, "field": …}} for a refusal; {@code field} only where there is one. */
    public static HttpResponse of(WakeboxException e) {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("result", e.code().kind() == ErrorCode.Kind.INTERNAL ? "internal_error" : "error");
        body.put("message", e.getMessage());
        if (e.field() != null) {
            body.put("field", e.field());
        }
        return json(e.code().status(), body);
    }

    /** The same answer with more headers; those that it has already stay. */
    HttpResponse with(Map<String, String> more) {
        var all = new LinkedHashMap<>(more);
        all.putAll(headers);
        return new HttpResponse(status, all, body);
    }

    Map<String, @Nullable Object> toEvent() {
        var event = new LinkedHashMap<String, @Nullable Object>();
        event.put("statusCode", status);
        event.put("headers", headers);
        event.put("body", body);
        event.put("isBase64Encoded", false);
        return event;
    }
}
