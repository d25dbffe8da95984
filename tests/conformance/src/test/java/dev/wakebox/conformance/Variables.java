package dev.wakebox.conformance;

import dev.wakebox.conformance.Expected.Has;
import dev.wakebox.conformance.Expected.JsonText;
import dev.wakebox.conformance.Expected.Matches;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Replaces {@code ${name}} by values, in texts and in trees of them. Not thread-safe. */
final class Variables {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9_.-]+)}");

    private final Map<String, String> values = new TreeMap<>();

    Variables(Map<String, String> values) {
        this.values.putAll(values);
    }

    void put(String name, String value) {
        values.put(name, value);
    }

    /**
     * The text with all variables replaced.
     *
     * @throws IllegalArgumentException when a variable is unknown
     */
    String in(String text) {
        return in(text, UnaryOperator.identity());
    }

    /** A copy of the tree with all variables replaced. */
    @Nullable
    Object in(@Nullable Object tree) {
        return switch (tree) {
            case String text -> in(text);
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, value) -> copy.put(in(String.valueOf(key)), in(value)));
                yield copy;
            }
            case List<?> list ->
                list.stream().map(element -> in((Object) element)).toList();
            case Has has ->
                new Has(has.elements().stream()
                        .map(element -> in((Object) element))
                        .toList());
            case JsonText json -> new JsonText(in(json.value()));
            case Matches matches -> new Matches(in(matches.regex(), Pattern::quote));
            case null -> null;
            default -> tree;
        };
    }

    private String in(String text, UnaryOperator<String> quote) {
        return VARIABLE.matcher(text).replaceAll(found -> {
            String value = values.get(found.group(1));
            if (value == null) {
                throw new IllegalArgumentException(found.group() + " is unknown; there are " + values.keySet());
            }
            return Matcher.quoteReplacement(quote.apply(value));
        });
    }
}
