package dev.wakebox.compute.execution;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.webhooks.WebhookUrl;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one object of a document, each with a default. It remembers the fields that were read, to find
 * unknown ones.
 */
final class OptionReader {
    private static final int MOST_TAGS = 30;
    private static final int LONGEST_TAG = 256;
    private static final Pattern TAG_KEY = Pattern.compile("(?!aws:|wakebox:).{1,128}", Pattern.CASE_INSENSITIVE);

    private final JsonObject given;
    private final String path;
    private final Problems problems;
    private final Set<String> known = new HashSet<>();

    private OptionReader(JsonObject given, String path, Problems problems) {
        this.given = given;
        this.path = path;
        this.problems = problems;
    }

    /** The fields of an object. A value of another kind is a problem; null is an object without fields. */
    static OptionReader of(@Nullable Object value, String path, Problems problems) {
        Optional<JsonObject> object = JsonObject.from(value);
        if (value != null && object.isEmpty()) {
            problems.add(path, "must be an object", value);
        }
        return new OptionReader(object.orElse(JsonObject.of()), path, problems);
    }

    String path(String name) {
        return path + "." + name;
    }

    @Nullable
    Object get(String name) {
        known.add(name);
        return given.get(name);
    }

    /** The string, or an empty one if there is none. */
    String text(String name) {
        known.add(name);
        return given.text(name);
    }

    /** The fields of an option that is an object; empty if it isn't given. */
    Optional<OptionReader> object(String name, Problems problems) {
        Object value = get(name);
        return value == null ? Optional.empty() : Optional.of(of(value, path(name), problems));
    }

    boolean flag(String name) {
        Object value = get(name);
        if (value != null && !(value instanceof Boolean)) {
            problems.add(path(name), "must be true or false", value);
        }
        return Boolean.TRUE.equals(value);
    }

    /** A flag that has two names. */
    boolean flags(String name, String alias) {
        boolean byName = flag(name);
        return flag(alias) || byName;
    }

    /** Checks a number that other code reads. */
    double amount(String name, double usual, long least, long most, String unit) {
        Object value = get(name);
        if (value == null) {
            return usual;
        }
        if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
            return number.doubleValue();
        }
        problems.add(path(name), "must be a number" + unit + " from " + least + " to " + most, value);
        return usual;
    }

    /** Checks a URL to which webhooks are sent. The message doesn't show it, because it may have a token. */
    void webhookUrl(String name) {
        Object value = get(name);
        if (value != null && !(value instanceof String text && WebhookUrl.isPublic(text))) {
            problems.add(path(name), WebhookUrl.RULE);
        }
    }

    /** Checks the two values that name the run's place in a trace. */
    void traceContext() {
        Object parent = get(TraceContext.TRACEPARENT);
        Object state = get(TraceContext.TRACESTATE);
        if (parent != null && !(parent instanceof String text && TraceContext.isParent(text))) {
            problems.add(
                    path(TraceContext.TRACEPARENT),
                    "must be a traceparent of W3C Trace Context, such as"
                            + " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                    parent);
        }
        if (state != null && !(state instanceof String text && TraceContext.isState(text))) {
            problems.add(
                    path(TraceContext.TRACESTATE),
                    "must be a tracestate of W3C Trace Context: up to 32 members key=value, separated by commas, and"
                            + " up to 512 characters",
                    state);
        } else if (state != null && parent == null) {
            problems.add(
                    path(TraceContext.TRACESTATE), "needs " + path(TraceContext.TRACEPARENT) + ", which is absent");
        }
    }

    /** @param unit as in {@code " of seconds"} */
    long wholeNumber(String name, long otherwise, long least, long most, String unit) {
        Object value = get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            var exact = new BigDecimal(number.toString());
            if (exact.stripTrailingZeros().scale() <= 0
                    && exact.compareTo(BigDecimal.valueOf(least)) >= 0
                    && exact.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return exact.longValue();
            }
        }
        problems.add(path(name), "must be a whole number" + unit + " from " + least + " to " + most, value);
        return otherwise;
    }

    List<String> strings(String name) {
        return switch (get(name)) {
            case null -> List.of();
            case List<?> list -> strings(list, path(name), problems);
            case Object other -> {
                problems.add(path(name), "must be a list of strings", other);
                yield List.of();
            }
        };
    }

    static List<String> strings(List<?> list, String path, Problems problems) {
        var strings = new ArrayList<String>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof String text && !text.isBlank()) {
                strings.add(text);
            } else {
                problems.add(path + "[" + i + "]", "must be a string that isn't blank", list.get(i));
            }
        }
        return strings;
    }

    /** Tags as EC2 accepts them; those of Wakebox and of AWS can't be given. */
    Map<String, String> tags(String name) {
        Object value = get(name);
        Optional<JsonObject> object = JsonObject.from(value);
        var tags = new TreeMap<String, String>();
        if (value != null && (object.isEmpty() || object.get().size() > MOST_TAGS)) {
            problems.add(path(name), "must be an object with up to " + MOST_TAGS + " tags", value);
        }
        object.orElse(JsonObject.of()).forEach((key, text) -> {
            if (!TAG_KEY.matcher(key).matches()) {
                problems.add(
                        path(name),
                        "must have keys of 1 to 128 characters that don't begin with aws: or wakebox:, has \"" + key
                                + "\"");
            } else if (text instanceof String word && word.length() <= LONGEST_TAG) {
                tags.put(key, word);
            } else {
                problems.add(path(name + "." + key), "must be a string of up to " + LONGEST_TAG + " characters", text);
            }
        });
        return tags;
    }

    /** @param what as in {@code a price in USD an hour} */
    Optional<BigDecimal> usd(String name, BigDecimal most, String what) {
        Object value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            var price = new BigDecimal(value.toString());
            if (price.signum() > 0 && price.compareTo(most) <= 0) {
                return Optional.of(price);
            }
        } catch (NumberFormatException e) {
            // both cases have the same message
        }
        problems.add(path(name), "must be " + what + " above 0 and up to " + most.toPlainString(), value);
        return Optional.empty();
    }

    /** Reports each field that was not read as a problem, because it would be ignored silently. */
    void refuseOthers(Set<String> ignored) {
        for (String name : given.keySet()) {
            if (!known.contains(name) && !ignored.contains(name)) {
                problems.add(path(name), "is not an option" + Spelling.suggestion(known, name));
            }
        }
    }
}
