package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Many runs of one document: {@code run_options.array} of a document for the state machine of arrays, validated and with
 * defaults. Exactly one of size and list is given. Immutable.
 *
 * @param size the number of runs
 * @param list the object in S3 with an item for each run
 * @param concurrency the number of runs at the same time
 * @param toleratedCount failed runs with which the array still succeeds
 * @param toleratedPercentage the same, in percent of its runs
 * @param indexes of the runs that are wanted; empty for all
 */
public record RunArray(
        Optional<Integer> size,
        Optional<OutputLocation> list,
        int concurrency,
        Optional<Integer> toleratedCount,
        Optional<BigDecimal> toleratedPercentage,
        Optional<ArrayIndexes> indexes) {
    /** AWS Batch's limit for an array. */
    public static final int MOST_RUNS = 10_000;

    /** The longest name that an array can have: a hyphen and an index follow in the names of its runs. */
    public static final int LONGEST_NAME = 75;

    /** The path of the option. */
    public static final String PATH = "$.run_options.array";

    private static final int MOST_AT_ONCE = 1000;
    private static final int USUALLY_AT_ONCE = 50;

    /** As in api/execution.schema.json. */
    private static final Pattern LIST =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.{1,1000}\\.(json|jsonl|csv))");

    public RunArray {
        requireNonNull(size, "size is null");
        requireNonNull(list, "list is null");
    }

    /** Whether a document is for the state machine of arrays, valid or not. */
    public static boolean isOne(RunDocument document) {
        JsonObject array = document.json().object("run_options").object("array");
        return !array.isEmpty() && !ArrayPlace.isOne(array);
    }

    static RunArray of(OptionReader array, Problems problems) {
        boolean counted = array.get("size") != null;
        Object list = array.get("list");
        if (counted == (list != null)) {
            problems.add(PATH, "must have either size or list" + (counted ? ", has both" : ""));
        }
        Optional<Integer> size =
                counted ? Optional.of((int) array.wholeNumber("size", 1, 1, MOST_RUNS, " of runs")) : Optional.empty();
        Optional<OutputLocation> place = Optional.empty();
        if (list != null) {
            var matcher = LIST.matcher(list instanceof String text ? text : "");
            if (matcher.matches()) {
                place = Optional.of(new OutputLocation(matcher.group(1), matcher.group(2)));
            } else {
                problems.add(
                        array.path("list"),
                        "must be s3://BUCKET/KEY of an object whose key ends with .json (a list), .jsonl or .csv",
                        list);
            }
        }
        int concurrency = (int) array.wholeNumber("concurrency", USUALLY_AT_ONCE, 1, MOST_AT_ONCE, "");
        Optional<Integer> count = array.get("tolerated_failure_count") == null
                ? Optional.empty()
                : Optional.of((int) array.wholeNumber("tolerated_failure_count", 0, 0, MOST_RUNS, " of runs"));
        var _ = array.amount("tolerated_failure_percentage", 0, 0, 100, "");
        Optional<BigDecimal> percentage = array.get("tolerated_failure_percentage") instanceof Number number
                        && Double.isFinite(number.doubleValue())
                ? Optional.of(new BigDecimal(number.toString()))
                : Optional.empty();
        Optional<ArrayIndexes> indexes = indexes(array, size, problems);
        array.refuseOthers(Set.of());
        return new RunArray(size, place, concurrency, count, percentage, indexes);
    }

    private static Optional<ArrayIndexes> indexes(OptionReader array, Optional<Integer> size, Problems problems) {
        Object value = array.get("indexes");
        if (value == null) {
            return Optional.empty();
        }
        Optional<ArrayIndexes> indexes = ArrayIndexes.read(value instanceof String text ? text : "");
        if (indexes.isEmpty()) {
            problems.add(
                    array.path("indexes"),
                    "must be indexes and ascending ranges of them, such as \"3,17,40-52\"",
                    value);
        }
        indexes.flatMap(wanted -> tooHigh(wanted, size.orElse(MOST_RUNS)))
                .ifPresent(rule -> problems.add(array.path("indexes"), rule));
        return indexes;
    }

    /** The rule that an index breaks which is not below the size; empty if all are. */
    private static Optional<String> tooHigh(ArrayIndexes indexes, int size) {
        int last = indexes.values().getLast();
        return last < size
                ? Optional.empty()
                : Optional.of("must be below the number of items or the size, which is " + size + "; has " + last);
    }

    /**
     * The indexes of the runs to start.
     *
     * @param all the number of runs that the size or the list gives
     * @throws dev.wakebox.runtime.WakeboxException {@code INVALID_REQUEST} if an index is not below that number
     */
    public ArrayIndexes chosen(int all) {
        ArrayIndexes chosen = indexes.orElseGet(() -> ArrayIndexes.below(all));
        var problems = new Problems();
        tooHigh(chosen, all).ifPresent(rule -> problems.add(PATH + ".indexes", rule));
        problems.throwIfAny();
        return chosen;
    }

    /** Whether the array ends early when more of its runs have failed than it tolerates. */
    public boolean endsEarly() {
        return toleratedCount.isPresent() || toleratedPercentage.isPresent();
    }

    /** The number of failed runs with which the array still succeeds; the lower one if both kinds are given. */
    public int tolerated(int runs) {
        int byPercentage = toleratedPercentage
                .map(percent -> percent.multiply(BigDecimal.valueOf(runs))
                        .divide(BigDecimal.valueOf(100), 0, RoundingMode.FLOOR)
                        .intValue())
                .orElse(toleratedCount.isPresent() ? runs : 0);
        return Math.min(byPercentage, toleratedCount.orElse(runs));
    }
}
