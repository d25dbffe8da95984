package dev.wakebox.csv;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file in UTF-8, with the separator of its values. The file may begin with a byte-order mark and with a line such
 * as {@code sep=;}. Otherwise the separator is a comma, a semicolon or a tab, detected in the header.
 *
 * <p>Decoding is strict: a wrong letter that stays unnoticed is worse than a file that is refused.
 */
public final class CsvText {
    private static final char[] SEPARATORS = {',', ';', '\t'};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** The first line by which spreadsheets declare the separator. */
    private static final Pattern SEPARATOR_LINE =
            Pattern.compile("\"?+sep=([^\\w\\s\"]|\\t)\"?+[ \\t]*+(?:\\r\\n|\\r|\\n)", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_SEPARATOR_LINE = 16;

    private final String name;
    private final byte[] bytes;
    private final int start;
    private final long linesBefore;
    private final char separator;

    private CsvText(String name, byte[] bytes, int start, long linesBefore, char separator) {
        this.name = name;
        this.bytes = bytes;
        this.start = start;
        this.linesBefore = linesBefore;
        this.separator = separator;
    }

    /**
     * Checks the encoding of a file and detects its separator.
     *
     * @param name the name of the file in messages, such as "the dataset"
     * @param columns expected in the header: of several possible separators, the one that finds most of them is used
     * @throws UnreadableCsvException when the bytes are not UTF-8 text; the message names the file type or the line
     */
    public static CsvText of(String name, byte[] bytes, List<String> columns) {
        requireNonNull(name, "name is null");
        requireNonNull(columns, "columns is null");
        CsvContent.foreign(bytes).ifPresent(foreign -> {
            throw new UnreadableCsvException(
                    "The content of " + name + " is " + foreign + "; save it as a CSV in the encoding UTF-8.");
        });
        long line = CsvContent.firstLineNotUtf8(bytes);
        if (line > 0) {
            throw new UnreadableCsvException(
                    "Line " + line + " of " + name + " is not UTF-8; save the CSV in the encoding UTF-8.");
        }
        int start = startsWithByteOrderMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        Matcher declared = SEPARATOR_LINE.matcher(new String(
                bytes, start, Math.min(bytes.length - start, LONGEST_SEPARATOR_LINE), StandardCharsets.US_ASCII));
        if (declared.lookingAt()) {
            return new CsvText(
                    name, bytes, start + declared.end(), 1, declared.group(1).charAt(0));
        }
        return new CsvText(name, bytes, start, 0, separator(bytes, start, columns));
    }

    /** The format of the values: separator and quotes. */
    public CSVFormat format() {
        return format(separator);
    }

    /** The text, beginning with the header. */
    public Reader reader() {
        return reader(bytes, start);
    }

    /**
     * The header, and the rows below it.
     *
     * @throws UnreadableCsvException when there is no header
     */
    public CsvRows rows() {
        return new CsvRows(name, parser(reader(), format()), linesBefore, separator);
    }

    private static char separator(byte[] bytes, int start, List<String> columns) {
        char best = SEPARATORS[0];
        long most = -1;
        int widest = 0;
        for (char candidate : SEPARATORS) {
            List<String> header = header(parser(reader(bytes, start), format(candidate)));
            long found = columns.stream()
                    .filter(column -> header.stream().anyMatch(value -> CsvHeader.matches(value, column)))
                    .count();
            if (found > most || (found == most && header.size() > widest)) {
                best = candidate;
                most = found;
                widest = header.size();
            }
        }
        return best;
    }

    /** The first row that is not blank; empty when there is none or it can't be read with this separator. */
    private static List<String> header(CSVParser parser) {
        try {
            for (CSVRecord row : parser) {
                if (!CsvRows.isBlank(row)) {
                    return row.toList();
                }
            }
        } catch (UncheckedIOException e) {
            // a character other than this separator follows a quoted value
        }
        return List.of();
    }

    private static CSVFormat format(char separator) {
        return CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreEmptyLines(false)
                .get();
    }

    private static Reader reader(byte[] bytes, int start) {
        return new InputStreamReader(
                new ByteArrayInputStream(bytes, start, bytes.length - start), StandardCharsets.UTF_8);
    }

    private static CSVParser parser(Reader reader, CSVFormat format) {
        try {
            return format.parse(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean startsWithByteOrderMark(byte[] bytes) {
        return bytes.length >= BYTE_ORDER_MARK.length
                && bytes[0] == BYTE_ORDER_MARK[0]
                && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2];
    }
}
