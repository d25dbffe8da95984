package dev.wakebox.compute.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place of one run in an array: {@code run_options.array} of a run that an array has started. Immutable.
 *
 * @param index from 0; replaces {@code $INDEX} in the document, and is {@code WAKEBOX_INDEX} in the commands' environment
 * @param item of the array's list, {@code WAKEBOX_ITEM} in the commands' environment: a string as it is, another value as
 *     JSON; empty for an array of a size
 */
public record ArrayPlace(int index, Optional<String> item) {
    private static final String INDEX = "index";
    private static final int LONGEST_ITEM_BYTES = 8 * 1024;
    private static final List<String> FILLED =
            List.of("commands", "datastream_command_options", "instance_parameters", "run_options");

    /** {@code $INDEX}, but not the beginning of {@code $INDEX_OF_SOMETHING}. */
    private static final Pattern VARIABLE = Pattern.compile("\\$INDEX(?![A-Za-z0-9_])");

    public ArrayPlace {
        requireNonNull(item, "item is null");
    }

    /** Whether the value of {@code run_options.array} is such a place, and no whole array. */
    static boolean isOne(JsonObject array) {
        return array.has(INDEX);
    }

    static ArrayPlace of(OptionReader array, Problems problems) {
        int index = (int) array.wholeNumber(INDEX, 0, 0, RunArray.MOST_RUNS - 1, "");
        Object execution = array.get("execution");
        if (execution != null && !(execution instanceof String)) {
            problems.add(array.path("execution"), "must be the ARN of the array's execution", execution);
        }
        Object item = array.get("item");
        problem(item).ifPresent(rule -> problems.add(array.path("item"), rule));
        array.refuseOthers(Set.of());
        return new ArrayPlace(index, text(item));
    }

    /** What is wrong with an item of a list; empty if nothing is. The message doesn't show the item, which may be a secret. */
    public static Optional<String> problem(@Nullable Object item) {
        String text = text(item).orElse("");
        int bytes = text.getBytes(UTF_8).length;
        if (bytes > LONGEST_ITEM_BYTES) {
            return Optional.of("must have at most " + LONGEST_ITEM_BYTES + " bytes, has " + bytes
                    + ": keep the rest in S3, and give its key as the item");
        }
        if (text.indexOf('\0') >= 0) {
            return Optional.of("must not have the character NUL");
        }
        return PlainTextKey.in("WAKEBOX_ITEM", text)
                .map(
                        kind -> "looks like " + kind
                                + ", which everyone who sees the run can read: give the ARN of a secret and read it in the commands");
    }

    /** A document with {@code $INDEX} replaced in every string, unless its run is none of an array. */
    static RunDocument filled(RunDocument document) {
        JsonObject options = document.json().object("run_options");
        JsonObject array = options.object("array");
        if (array.isEmpty()) {
            return document;
        }
        // A whole array is checked with the place of its first run.
        Number given = array.number(INDEX);
        String index = given == null ? "0" : String.valueOf(given.longValue());
        JsonObject filled = document.json();
        for (String part : FILLED) {
            if (filled.has(part)) {
                filled = filled.with(part, filled(filled.get(part), index));
            }
        }
        // The item reaches the commands by their environment alone.
        return RunDocument.of(
                filled.with("run_options", filled.object("run_options").with("array", array)));
    }

    private static @Nullable Object filled(@Nullable Object value, String index) {
        return switch (value) {
            case String text -> VARIABLE.matcher(text).replaceAll(Matcher.quoteReplacement(index));
            case List<?> list ->
                list.stream().map(entry -> filled(entry, index)).toList();
            case null -> null;
            default ->
                JsonObject.from(value)
                        .<Object>map(object -> filled(object, index))
                        .orElse(value);
        };
    }

    private static JsonObject filled(JsonObject object, String index) {
        JsonObject filled = object;
        for (String key : object.keySet()) {
            filled = filled.with(key, filled(object.get(key), index));
        }
        return filled;
    }

    private static Optional<String> text(@Nullable Object item) {
        return item == null ? Optional.empty() : Optional.of(item instanceof String text ? text : Json.string(item));
    }
}
