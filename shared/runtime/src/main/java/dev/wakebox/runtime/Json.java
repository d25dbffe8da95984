package dev.wakebox.runtime;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JSONObjectException;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain maps, lists, strings, numbers and booleans (RFC 8259; a duplicate key is an error; key order is kept).
 * Thread-safe.
 */
public final class Json {
    private static final JSON JR = JSON.builder()
            .enable(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS)
            .enable(JSON.Feature.WRITE_NULL_PROPERTIES)
            .disable(JSON.Feature.FLUSH_AFTER_WRITE_VALUE)
            .build();

    private Json() {}

    /**
     * Reads one JSON object.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with line and column when the bytes are not one JSON object
     */
    public static Map<String, @Nullable Object> object(byte[] json) {
        try {
            return object(new ByteArrayInputStream(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #object(byte[])}, from a stream, which is closed. */
    public static Map<String, @Nullable Object> object(InputStream json) throws IOException {
        try (JsonParser parser = JR.createParser(json)) {
            Object value = JR.anyFrom(parser);
            if (parser.nextToken() != null) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "The JSON goes on after its end" + where(parser.currentTokenLocation()));
            }
            return asObject(value);
        } catch (JsonProcessingException e) {
            String what = e instanceof JSONObjectException ? "is not well-formed" : "cannot be parsed";
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The JSON " + what + where(e.getLocation()), e);
        } catch (CharConversionException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The JSON is not encoded in UTF-8.", e);
        }
    }

    /** One value as UTF-8 JSON without line breaks. */
    public static byte[] bytes(@Nullable Object value) {
        try {
            return JR.asBytes(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String string(@Nullable Object value) {
        try {
            return JR.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(@Nullable Object value, OutputStream out) throws IOException {
        out.write(bytes(value));
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> asObject(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new WakeboxException(
                ErrorCode.INVALID_REQUEST, "The JSON is not an object; expected something like {\"key\": \"value\"}.");
    }

    private static String where(@Nullable JsonLocation at) {
        return at == null ? "." : " at line " + at.getLineNr() + ", column " + at.getColumnNr() + ".";
    }
}
