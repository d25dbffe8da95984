package dev.wakebox.functions.train;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.apache.commons.fileupload2.core.ParameterParser;

/** The JSON in a request: its whole body, or the first part of a {@code multipart/form-data} body. */
final class RequestBody {
    private static final String MULTIPART = "multipart/form-data";

    /** RFC 2046 allows a boundary of 70 characters. */
    private static final int LONGEST_BOUNDARY = 70;

    private RequestBody() {}

    /** @throws WakeboxException {@code INVALID_REQUEST} when there is no JSON object */
    static JsonObject json(HttpRequest request) {
        if (request.body().length == 0) {
            throw refused("The body is empty; send a JSON object.");
        }
        return Json.object(
                isForm(request) ? firstPart(request.body(), boundary(contentType(request))) : request.body());
    }

    /** Whether the content type is that of a form, as the original's front end sends it. */
    static boolean isForm(HttpRequest request) {
        return contentType(request).strip().toLowerCase(Locale.ROOT).startsWith(MULTIPART);
    }

    private static String contentType(HttpRequest request) {
        return request.headers().getOrDefault("content-type", "");
    }

    private static byte[] boundary(String contentType) {
        var parameters = new ParameterParser();
        parameters.setLowerCaseNames(true);
        String boundary = parameters.parse(contentType, ';').get("boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > LONGEST_BOUNDARY) {
            throw refused(
                    "The Content-Type names no boundary; let your HTTP client set the header of a multipart body.");
        }
        return boundary.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] firstPart(byte[] body, byte[] boundary) {
        try {
            MultipartInput input = MultipartInput.builder()
                    .setInputStream(new ByteArrayInputStream(body))
                    .setBoundary(boundary)
                    .get();
            if (input.skipPreamble()) {
                input.readHeaders();
                var part = new ByteArrayOutputStream(body.length);
                input.readBodyData(part);
                return part.toByteArray();
            }
        } catch (IOException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The first part of the multipart body is incomplete; it needs headers, an empty line, the JSON, and the boundary.",
                    e);
        }
        throw refused("The multipart body has no part with the boundary of the Content-Type.");
    }

    private static WakeboxException refused(String message) {
        return new WakeboxException(ErrorCode.INVALID_REQUEST, message);
    }
}
