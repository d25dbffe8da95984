package dev.wakebox.local;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON as plain maps, lists, strings, numbers and booleans. */
final class Json {
    private static final JSON JR =
            JSON.builder().enable(JSON.Feature.WRITE_NULL_PROPERTIES).build();

    private Json() {}

    /** The JSON object in these bytes, or empty when they are anything else. */
    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    static Optional<Map<String, @Nullable Object>> object(byte[] json) {
        try {
            return JR.anyFrom(json) instanceof Map<?, ?> map
                    ? Optional.of((Map<String, @Nullable Object>) map)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static byte[] bytes(@Nullable Object value) {
        try {
            return JR.asBytes(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String string(@Nullable Object value) {
        try {
            return JR.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
