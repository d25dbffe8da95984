package dev.wakebox.csv;

import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The rows of a CSV file below its header. They can be iterated once; blank lines are skipped. The iterator throws
 * {@link UnreadableCsvException} for a row that can't be read, or that doesn't have one value for each column.
 */
public final class CsvRows implements Iterable<CsvRow> {
    private final String name;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final long linesBefore;
    private final char separator;
    private final CsvHeader header;

    CsvRows(String name, CSVParser parser, long linesBefore, char separator) {
        this.name = name;
        this.parser = parser;
        this.records = parser.iterator();
        this.linesBefore = linesBefore;
        this.separator = separator;
        this.header = next().map(row -> new CsvHeader(row.line(), row.values()))
                .orElseThrow(() -> new UnreadableCsvException(
                        "There is nothing in " + name + "; line 1 must be a header that names the columns."));
    }

    /**
     * The index of a column, from 0. Blanks around its name and the case of its letters are ignored, but a column with
     * exactly this name takes precedence.
     *
     * @throws UnreadableCsvException when several columns have this name
     */
    public OptionalInt column(String column) {
        return header.column(column, name);
    }

    /** The names of the columns as the file has them. */
    public List<String> names() {
        return header.names();
    }

    /** Quotes the header, for a message about a missing column: {@code line 1 has "question", "answer"}. */
    public String shownHeader() {
        return header.shown();
    }

    @Override
    public Iterator<CsvRow> iterator() {
        return new Iterator<>() {
            private Optional<CsvRow> ahead = CsvRows.this.next();

            @Override
            public boolean hasNext() {
                return ahead.isPresent();
            }

            @Override
            public CsvRow next() {
                CsvRow row = ahead.orElseThrow(NoSuchElementException::new);
                int expected = header.names().size();
                if (row.values().size() != expected) {
                    throw new UnreadableCsvException("Line " + row.line() + " of " + name + " has "
                            + row.values().size()
                            + (row.values().size() == 1 ? " value" : " values") + ", the header has " + expected + ".");
                }
                ahead = CsvRows.this.next();
                return row;
            }
        };
    }

    static boolean isBlank(CSVRecord row) {
        return row.size() == 1 && row.get(0).isBlank();
    }

    private Optional<CsvRow> next() {
        long line = line();
        try {
            while (records.hasNext()) {
                CSVRecord row = records.next();
                if (!isBlank(row)) {
                    return Optional.of(new CsvRow(line, row.toList()));
                }
                line = line();
            }
            return Optional.empty();
        } catch (UncheckedIOException e) {
            throw new UnreadableCsvException(
                    "Line " + line + " of " + name + " begins a row that cannot be read: a quoted value has no closing"
                            + " quote, or something other than " + separatorName() + " follows it.");
        }
    }

    private long line() {
        return linesBefore + parser.getCurrentLineNumber() + 1;
    }

    private String separatorName() {
        return switch (separator) {
            case ',' -> "a comma";
            case ';' -> "a semicolon";
            case '\t' -> "a tab";
            default -> "\"" + separator + "\"";
        };
    }
}
