package dev.wakebox.local.ec2;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Filter;

/** EC2's filters: all must match, each by any of its values, with the wildcards {@code *} and {@code ?}. */
record Filters(List<Condition> conditions) {
    /** A character: a wildcard, escaped by a backslash, or itself. */
    private static final Pattern TOKEN = Pattern.compile("\\\\.|.", Pattern.DOTALL);

    record Condition(String name, List<Pattern> values) {}

    /**
     * A resource that can be filtered.
     *
     * @param values those that the filter of a name compares; null when there is no such filter
     */
    record Subject(Map<String, String> tags, Function<String, @Nullable List<String>> values) {}

    static Filters of(List<Filter> filters) {
        return new Filters(filters.stream()
                .map(filter -> new Condition(
                        ApiException.required("Name", filter.name()),
                        filter.values().stream().map(Filters::pattern).toList()))
                .toList());
    }

    boolean match(Subject subject) {
        return conditions.stream()
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
                    default -> subject.values().apply(name);
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
