package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.MissingValues;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a CSV of texts ({@code input}) and labels ({@code label}).
 *
 * <p>The front end was written against pandas, so its readings hold: the same spellings of "not available", blank lines
 * don't count, other columns are allowed, and the inputs are "not texts" when pandas would read the column as numbers or
 * booleans: when none of its values is anything else. One question that is a number ("911") among texts is a text.
 * Blank and NA rows are dropped before labels and rows are counted.
 */
final class CsvDataset {
    private static final int MAX_ROWS = 10_000;
    private static final int MIN_CLASSES = 2;
    private static final String INPUT = "input";
    private static final String LABEL = "label";
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private static final Pattern NUMBER_OR_BOOLEAN = Pattern.compile(
            "[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)(?:[eE][+-]?+\\d++)?+|[+-]?+[iI]nf(?:inity)?+|[Tt]rue|TRUE|[Ff]alse|FALSE");

    private CsvDataset() {}

    /**
     * Checks every rule and returns the number of labels.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} on the field {@code dataset}, naming the first rule broken
     */
    static int classes(byte[] csv) {
        checkEncoding(csv);
        int start = startsWithByteOrderMark(csv) ? BYTE_ORDER_MARK.length : 0;
        var reader =
                new InputStreamReader(new ByteArrayInputStream(csv, start, csv.length - start), StandardCharsets.UTF_8);
        try (CSVParser parser = CSVFormat.DEFAULT.parse(reader)) {
            return classes(new Rows(parser, csv));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int classes(Rows rows) {
        if (!rows.next()) {
            throw refused("The dataset is empty: line 1 must be a header with the columns \"input\" and \"label\".");
        }
        List<String> header = rows.current().toList();
        checkHeader(header, rows);
        int input = header.indexOf(INPUT);
        int label = header.indexOf(LABEL);
        boolean anyInput = false;
        boolean anyText = false;
        int kept = 0;
        var labels = new HashSet<String>();
        while (rows.next()) {
            CSVRecord row = rows.current();
            if (row.size() != header.size()) {
                throw refused("Line " + rows.line() + " of the dataset has " + row.size()
                        + (row.size() == 1 ? " value" : " values") + ", the header has " + header.size() + ".");
            }
            String text = row.get(input).strip();
            if (!MissingValues.contain(text)) {
                anyInput = true;
                anyText |= !NUMBER_OR_BOOLEAN.matcher(text).matches();
            }
            if (!MissingValues.contain(text) && !MissingValues.contain(row.get(label))) {
                kept++;
                labels.add(row.get(label));
            }
        }
        if (anyInput && !anyText) {
            throw refused("Input column entries should be of type \"string\"");
        }
        if (kept == 0) {
            throw refused("The dataset contains invalid entries");
        }
        if (labels.size() < MIN_CLASSES) {
            throw refused("The dataset should contain a minimum of two classes");
        }
        if (kept > MAX_ROWS) {
            throw refused("The dataset can contain atmost 10,000 rows");
        }
        return labels.size();
    }

    private static void checkHeader(List<String> header, Rows rows) {
        boolean input = header.contains(INPUT);
        boolean label = header.contains(LABEL);
        if (!input && !label) {
            throw refused("Dataset should have two columns with names \"input\" and \"label\"");
        }
        if (!input || !label) {
            throw refused("Dataset does not have a column named \"" + (input ? LABEL : INPUT) + "\"");
        }
        for (String column : List.of(INPUT, LABEL)) {
            if (Collections.frequency(header, column) > 1) {
                throw refused(
                        "Line " + rows.line() + " of the dataset names the column \"" + column + "\" more than once.");
            }
        }
    }

    private static void checkEncoding(byte[] csv) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(csv);
        CharBuffer chars = CharBuffer.allocate(8192);
        while (true) {
            var result = decoder.decode(bytes, chars.clear(), true);
            if (result.isError()) {
                long line = new String(csv, 0, bytes.position(), StandardCharsets.UTF_8)
                        .concat("x")
                        .lines()
                        .count();
                throw refused("Line " + line + " of the dataset is not UTF-8; save the CSV in the encoding UTF-8.");
            }
            if (result.isUnderflow()) {
                return;
            }
        }
    }

    private static boolean startsWithByteOrderMark(byte[] csv) {
        return csv.length >= BYTE_ORDER_MARK.length
                && ByteBuffer.wrap(csv, 0, BYTE_ORDER_MARK.length).equals(ByteBuffer.wrap(BYTE_ORDER_MARK));
    }

    private static WakeboxException refused(String message) {
        return WakeboxException.invalidField(Dataset.FIELD, message);
    }

    /** The rows that aren't blank, one at a time, with the line that each begins on. */
    private static final class Rows {
        private final CSVParser parser;
        private final Iterator<CSVRecord> records;
        private final byte[] csv;
        private long linesBefore;
        private @Nullable CSVRecord current;

        Rows(CSVParser parser, byte[] csv) {
            this.parser = parser;
            this.records = parser.iterator();
            this.csv = csv;
        }

        boolean next() {
            try {
                do {
                    linesBefore = parser.getCurrentLineNumber();
                    if (!records.hasNext()) {
                        return false;
                    }
                    current = records.next();
                } while (current.size() == 1 && current.get(0).isBlank());
                return true;
            } catch (UncheckedIOException e) {
                throw refused("Line " + line() + " of the dataset begins a row that cannot be read:"
                        + " a quoted value has no closing quote, or something other than a comma follows it.");
            }
        }

        CSVRecord current() {
            return requireNonNull(current, "next() has not been called");
        }

        /** Only a refusal asks, so that nothing is counted for a good file. */
        long line() {
            long blank = new String(csv, StandardCharsets.UTF_8)
                    .lines()
                    .skip(linesBefore)
                    .takeWhile(String::isBlank)
                    .count();
            return linesBefore + blank + 1;
        }
    }
}
