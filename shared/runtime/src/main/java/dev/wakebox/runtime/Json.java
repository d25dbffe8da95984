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
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON (RFC 8259). The JSON of others is read as a {@link JsonObject}: a duplicate key is an error,
 * and the order of keys is kept. Messages between our own parts are records. Thread-safe.
 */
public final class Json {
    private static final int LONGEST_QUOTE = 100;

    private static final JSON JR = JSON.builder()
            .enable(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS)
            .enable(JSON.Feature.WRITE_NULL_PROPERTIES)
            .disable(JSON.Feature.FLUSH_AFTER_WRITE_VALUE)
            .register(RecordWriter.EXTENSION)
            .build();

    /** The beginning of Jackson's messages about bytes that are not UTF-8. */
    private static final String NOT_UTF8 = "Invalid UTF-8";

    private Json() {}

    /**
     * Reads one JSON object.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with line and column when the bytes are not one JSON object
     */
    public static JsonObject object(byte[] json) {
        try {
            return object(new ByteArrayInputStream(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #object(byte[])}, from a stream, which is closed. */
    public static JsonObject object(InputStream json) throws IOException {
        try (JsonParser parser = JR.createParser(json)) {
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "The JSON continues after its end" + where(parser.currentTokenLocation()));
            }
            return asObject(value);
        } catch (JsonProcessingException e) {
            if (e.getOriginalMessage().startsWith(NOT_UTF8)) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "The JSON is not UTF-8" + where(e.getLocation()) + " Save or send it in the encoding UTF-8.",
                        e);
            }
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "The JSON cannot be parsed" + where(e.getLocation()), e);
        } catch (CharConversionException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The JSON is not encoded in UTF-8.", e);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        try {
            return JR.anyFrom(parser);
        } catch (JSONObjectException e) {
            String key = parser.currentName();
            String what = key == null
                    ? "is not well-formed"
                    : "has the key \"" + key.substring(0, Math.min(key.length(), LONGEST_QUOTE)) + "\" twice";
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "The JSON " + what + where(parser.currentLocation()), e);
        }
    }

    /**
     * Reads a message of our own parts: each key becomes the component of its name, an absent one is null (or 0, or false),
     * and unknown keys are ignored.
     *
     * @throws WakeboxException what the record's constructor throws, or {@code INVALID_REQUEST} when the bytes are not such
     *     an object
     */
    public static <T extends Record> T record(byte[] json, Class<T> type) {
        try {
            return JR.beanFrom(type, json);
        } catch (IOException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof WakeboxException refusal) {
                    throw refusal;
                }
            }
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The JSON is no " + type.getSimpleName() + ".", e);
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

    private static JsonObject asObject(@Nullable Object value) {
        return JsonObject.from(value)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "The JSON is not an object; expected something like {\"key\": \"value\"}."));
    }

    private static String where(@Nullable JsonLocation at) {
        return at == null ? "." : " at line " + at.getLineNr() + ", column " + at.getColumnNr() + ".";
    }
}
