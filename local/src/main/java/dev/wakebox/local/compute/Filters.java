package dev.wakebox.local.compute;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** EC2's filters: all of them have to match, each through any of its values, with {@code *} and {@code ?}. */
record Filters(List<Filter> filters) {
    /** A character: a wildcard, escaped by a backslash, or itself. */
    private static final Pattern TOKEN = Pattern.compile("\\\\.|.", Pattern.DOTALL);

    record Filter(String name, List<Pattern> values) {}

    /** A thing that can be filtered. */
    interface Subject {
        Map<String, String> tags();

        /** The values that the filter of that name looks at; null when there is no such filter. */
        @Nullable
        Collection<String> filterable(String name);
    }

    static Filters of(Parameters request) {
        return new Filters(request.structures("Filter").stream()
                .map(filter -> new Filter(
                        filter.require("Name"),
                        filter.values("Value").stream().map(Filters::pattern).toList()))
                .toList());
    }

    boolean match(Subject subject) {
        return filters.stream()
                .allMatch(filter -> values(filter.name(), subject).anyMatch(value -> filter.values().stream()
                        .anyMatch(pattern -> pattern.matcher(value).matches())));
    }

    private static Stream<String> values(String name, Subject subject) {
        if (name.startsWith("tag:")) {
            return Stream.ofNullable(subject.tags().get(name.substring("tag:".length())));
        }
        Collection<String> values =
                switch (name) {
                    case "tag-key" -> subject.tags().keySet();
                    case "tag-value" -> subject.tags().values();
                    default -> subject.filterable(name);
                };
        if (values == null) {
            throw new ApiException("InvalidParameterValue", "The filter '" + name + "' is invalid");
        }
        return values.stream();
    }

    private static Pattern pattern(String value) {
        String regex = TOKEN.matcher(value)
                .replaceAll(token -> Matcher.quoteReplacement(
                        switch (token.group()) {
                            case "*" -> ".*";
                            case "?" -> ".";
                            case String text -> Pattern.quote(text.startsWith("\\") ? text.substring(1) : text);
                        }));
        return Pattern.compile(regex, Pattern.DOTALL);
    }
}
