package dev.wakebox.csv;

import java.util.List;

/**
 * One row of a CSV below its header.
 *
 * @param line the number of its first line, from 1
 * @param values one for each column of the header
 */
public record CsvRow(long line, List<String> values) {
    public CsvRow {
        values = List.copyOf(values);
    }

    /** The value of the column with this index, from 0. */
    public String get(int column) {
        return values.get(column);
    }
}
