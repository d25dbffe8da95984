package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** The body of a request. */
record Body(String contentType, byte[] bytes) {
    Body {
        requireNonNull(contentType, "contentType is null");
        requireNonNull(bytes, "bytes is null");
    }

    static Body json(Map<String, ?> document) {
        return new Body("application/json", Json.bytes(document));
    }

    /**
     * A form (RFC 7578) with {@code job.json} as its {@code file}.
     *
     * @param json the description of the job
     * @param fields other fields of the form
     */
    static Body job(String json, Map<String, String> fields) {
        String boundary = UUID.randomUUID().toString();
        var form = new StringBuilder();
        form.append(part(boundary, "file\"; filename=\"job.json\"\r\nContent-Type: application/json", json));
        fields.forEach((name, value) -> form.append(part(boundary, name + "\"", value)));
        form.append("--").append(boundary).append("--\r\n");
        return new Body(
                "multipart/form-data; boundary=" + boundary, form.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String part(String boundary, String nameAndMore, String value) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + nameAndMore + "\r\n\r\n" + value
                + "\r\n";
    }
}
