package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of a document that breaks a rule.
 *
 * @param path the JSON path of the part, such as {@code $.commands[3]}
 * @param rule what it must be and what it is, such as {@code must be a string, is 7}
 */
public record Mistake(String path, String rule) {
    public Mistake {
        requireNonNull(path, "path is null");
        requireNonNull(rule, "rule is null");
    }

    /**
     * The part as a JSON pointer (RFC 6901), such as {@code /commands/3}.
     *
     * @param document in which the mistake is: keys may have dots and brackets, so only the document tells where a key ends
     */
    public String pointer(JsonObject document) {
        var pointer = new StringBuilder();
        Object value = document;
        String rest = path.substring(1);
        while (!rest.isEmpty()) {
            boolean index = rest.startsWith("[");
            String step = index ? rest.substring(1, rest.indexOf(']')) : key(value, rest.substring(1));
            pointer.append('/').append(step.replace("~", "~0").replace("/", "~1"));
            value = index ? element(value, Integer.parseInt(step)) : field(value, step);
            rest = rest.substring(step.length() + (index ? 2 : 1));
        }
        return pointer.toString();
    }

    /** The longest key of the object that the path can mean; for a key that is absent, all up to the next step. */
    private static String key(@Nullable Object value, String path) {
        Optional<String> known = JsonObject.from(value).stream()
                .flatMap(object -> object.keySet().stream())
                .filter(key ->
                        path.startsWith(key) && path.substring(key.length()).matches("(?s)$|[.\\[].*"))
                .reduce((a, b) -> a.length() >= b.length() ? a : b);
        return known.orElseGet(() -> path.split("[.\\[]", 2)[0]);
    }

    private static @Nullable Object element(@Nullable Object value, int index) {
        return value instanceof List<?> list && index < list.size() ? list.get(index) : null;
    }

    private static @Nullable Object field(@Nullable Object value, String key) {
        return JsonObject.from(value).map(object -> object.get(key)).orElse(null);
    }

    @Override
    public String toString() {
        return path + ": " + rule;
    }
}
