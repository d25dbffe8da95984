package dev.wakebox.status;

import java.util.Set;

/**
 * The values of a dataset that count as missing: those that {@code pandas.read_csv} treats as "not available", because
 * the front end relies on it.
 */
public final class MissingValues {
    private static final Set<String> NOT_AVAILABLE = Set.of(
            "",
            "#N/A",
            "#N/A N/A",
            "#NA",
            "-1.#IND",
            "-1.#QNAN",
            "-NaN",
            "-nan",
            "1.#IND",
            "1.#QNAN",
            "<NA>",
            "N/A",
            "NA",
            "NULL",
            "NaN",
            "None",
            "n/a",
            "nan",
            "null");

    private MissingValues() {}

    /** Whether the value is missing; blanks around it are ignored. */
    public static boolean contain(String value) {
        return NOT_AVAILABLE.contains(value.strip());
    }
}
