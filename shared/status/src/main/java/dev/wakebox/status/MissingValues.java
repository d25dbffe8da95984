package dev.wakebox.status;

import java.util.Set;

/**
 * The values of a dataset that count as none: what {@code pandas.read_csv} takes for "not available", for the front end
 * was written against it.
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

    /** Whether this is none, whatever blanks are around it. */
    public static boolean contain(String value) {
        return NOT_AVAILABLE.contains(value.strip());
    }
}
