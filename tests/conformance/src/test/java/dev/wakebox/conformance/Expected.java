package dev.wakebox.conformance;

import dev.wakebox.runtime.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of an answer that a client reads. Plain values must be equal, a list must have the same
 * elements, an object must have at least these keys; the records of this class describe a value less or more strictly.
 *
 * @param status of the answer
 * @param headers by their names, as strings or {@link Matches}
 * @param json the expected body as JSON; null if the client doesn't read it
 * @param text the expected body as text; null if the client doesn't read it
 */
record Expected(
        int status,
        Map<String, Object> headers,
        @Nullable Object json,
        @Nullable Object text) {
    /**
     * {@code !matches}: a string that matches this regular expression as a whole, in which {@code .} is any character.
     */
    record Matches(String regex) {
        Matcher in(String text) {
            return Pattern.compile(regex, Pattern.DOTALL).matcher(text);
        }
    }

    /** {@code !is}: a value of this kind. */
    record Is(Kind kind) {}

    /** {@code !json}: a string that is JSON. */
    record JsonText(@Nullable Object value) {}

    /** {@code !has}: a list with an element for each of these. */
    record Has(List<?> elements) {}

    /** {@code !absent}: no such key. */
    record Absent() {}

    enum Kind {
        STRING,
        NUMBER,
        BOOLEAN,
        OBJECT,
        LIST
    }

    /** The differences, each with its path; empty when the answer is as expected. */
    List<String> faults(Answer answer) {
        var faults = new ArrayList<String>();
        if (answer.status() != status) {
            faults.add("status: must be " + status + ", is " + answer.status());
        }
        headers.forEach((name, value) -> check(value, answer.header(name), "header " + name, faults));
        if (text != null) {
            check(text, answer.text(), "text", faults);
        }
        if (json != null) {
            parse(json, answer.text(), "json", faults);
        }
        return faults;
    }

    /** Answers that differ from a correct one in one value that is read. Each must have differences. */
    List<Answer> altered(Answer good) {
        var altered = new ArrayList<Answer>();
        altered.add(new Answer(status == 200 ? 299 : 200, good.headers(), good.body()));
        for (String key : keys(json, new TreeSet<>())) {
            var quoted = Pattern.compile("\"" + Pattern.quote(key) + "(\\\\*\")");
            altered.add(good.with(quoted.matcher(good.text()).replaceAll("\"" + key.replace("$", "\\$") + "_$1")));
        }
        if (text != null) {
            altered.add(good.with(""));
        }
        headers.keySet().forEach(name -> altered.add(good.without(name)));
        return altered;
    }

    private static TreeSet<String> keys(@Nullable Object expected, TreeSet<String> into) {
        switch (expected) {
            case Map<?, ?> map ->
                map.forEach((key, value) -> {
                    if (!(value instanceof Absent)) {
                        into.add(String.valueOf(key));
                    }
                    keys(value, into);
                });
            case List<?> list -> list.forEach(element -> keys(element, into));
            case Has has -> has.elements().forEach(element -> keys(element, into));
            case JsonText text -> keys(text.value(), into);
            case null, default -> {}
        }
        return into;
    }

    private static void check(@Nullable Object expected, @Nullable Object found, String place, List<String> faults) {
        boolean good =
                switch (expected) {
                    case Map<?, ?> map -> {
                        if (found instanceof Map<?, ?> object) {
                            map.forEach((key, value) -> checkKey(value, object, key, place, faults));
                            yield true;
                        }
                        yield false;
                    }
                    case List<?> list -> {
                        if (found instanceof List<?> elements && elements.size() == list.size()) {
                            for (int i = 0; i < list.size(); i++) {
                                check(list.get(i), elements.get(i), place + "[" + i + "]", faults);
                            }
                            yield true;
                        }
                        yield false;
                    }
                    case Has has ->
                        found instanceof List<?> elements
                                && has.elements().stream()
                                        .allMatch(each -> elements.stream().anyMatch(element -> isGood(each, element)));
                    case Matches matches ->
                        found instanceof String string && matches.in(string).matches();
                    case Is is ->
                        switch (is.kind()) {
                            case STRING -> found instanceof String;
                            case NUMBER -> found instanceof Number;
                            case BOOLEAN -> found instanceof Boolean;
                            case OBJECT -> found instanceof Map;
                            case LIST -> found instanceof List;
                        };
                    case JsonText text -> {
                        if (found instanceof String string) {
                            parse(text.value(), string, place, faults);
                            yield true;
                        }
                        yield false;
                    }
                    case Number number ->
                        found instanceof Number other && decimal(number).compareTo(decimal(other)) == 0;
                    case null -> found == null;
                    default -> expected.equals(found);
                };
        if (!good) {
            faults.add(place + ": must be " + show(expected) + ", is " + show(found));
        }
    }

    private static void checkKey(
            @Nullable Object expected, Map<?, ?> object, Object key, String place, List<String> faults) {
        String where = place + "." + key;
        if (expected instanceof Absent) {
            if (object.containsKey(key)) {
                faults.add(where + ": must not be there, is " + show(object.get(key)));
            }
        } else if (object.containsKey(key)) {
            check(expected, object.get(key), where, faults);
        } else {
            faults.add(where + ": is missing; there are " + object.keySet());
        }
    }

    private static boolean isGood(@Nullable Object expected, @Nullable Object found) {
        var faults = new ArrayList<String>();
        check(expected, found, "", faults);
        return faults.isEmpty();
    }

    private static void parse(@Nullable Object expected, String text, String place, List<String> faults) {
        try {
            var wrapped = Json.object(("{\"value\":" + text + "}").getBytes(StandardCharsets.UTF_8));
            check(expected, wrapped.get("value"), place, faults);
        } catch (RuntimeException e) {
            faults.add(place + ": must be JSON, is " + show(text));
        }
    }

    private static BigDecimal decimal(Number number) {
        return new BigDecimal(number.toString());
    }

    private static String show(@Nullable Object value) {
        String shown = String.valueOf(value);
        return shown.length() > 2000 ? shown.substring(0, 2000) + "…" : shown;
    }
}
