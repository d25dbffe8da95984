package dev.wakebox.functions.excel;

import dev.wakebox.csv.CsvText;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/**
 * Writes a workbook of two sheets: facts about the results, and the results from row 10 on. Rows are streamed, so a
 * workbook of any length needs the memory of some hundred rows.
 *
 * <p>Texts are written as texts, so that none is interpreted as a formula.
 */
final class ResultWorkbook {
    /** From 0, as everywhere in fastexcel; this is row 10 of the workbook. */
    static final int FIRST_ROW = 9;

    private static final int HEADER_ROW = FIRST_ROW - 1;
    private static final int SAMPLE = 100;
    private static final int FLUSH_EVERY = 500;
    private static final int LONGEST_TEXT = 32_767;
    private static final double NARROWEST = 10;
    private static final double WIDEST = 60;
    private static final String HEADER_COLOR = "DDE3EE";

    /** Characters that XML can't hold, and underscores that a workbook would read as the escape of such a character. */
    private static final Pattern CODED = Pattern.compile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]|_(?=x[0-9A-Fa-f]{4}_)");

    /**
     * A summary of the workbook.
     *
     * @param shortened number of texts that were longer than a cell
     */
    record Written(int rows, int shortened) {}

    private int shortened;

    private ResultWorkbook() {}

    /**
     * Writes the workbook of a CSV file with a header.
     *
     * @param facts for the first sheet, in their order; the number of rows follows them
     * @throws WakeboxException {@code INVALID_REQUEST} when the CSV is empty, malformed, or longer or wider than a
     *     sheet can be
     */
    static Written write(CsvText csv, Map<String, String> facts, OutputStream out) {
        return new ResultWorkbook().writeTo(out, csv, facts);
    }

    private Written writeTo(OutputStream out, CsvText csv, Map<String, String> facts) {
        CSVFormat format = csv.format().builder().setIgnoreEmptyLines(true).get();
        try (CSVParser parser = format.parse(csv.reader());
                var workbook = new Workbook(out, "Wakebox", "1.0")) {
            Worksheet overview = workbook.newWorksheet("Summary");
            Worksheet events = workbook.newWorksheet("Events");
            int rows = events(events, parser.iterator(), facts);
            events.close();
            overview(overview, facts, rows);
            overview.close();
            return new Written(rows, shortened);
        } catch (UncheckedIOException | IllegalStateException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The results are not a well-formed CSV file.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void overview(Worksheet sheet, Map<String, String> facts, int rows) {
        sheet.width(0, 24);
        sheet.width(1, WIDEST);
        int row = 0;
        for (var fact : facts.entrySet()) {
            label(sheet, row, fact.getKey());
            put(sheet, row, 1, fact.getValue());
            row++;
        }
        label(sheet, row, "Rows");
        sheet.value(row, 1, rows);
        if (shortened > 0) {
            label(sheet, row + 1, "Shortened cells");
            sheet.inlineString(
                    row + 1,
                    1,
                    shortened + " end with \"…\": a cell takes " + LONGEST_TEXT
                            + " characters. The CSV has the complete values.");
        }
    }

    private static void label(Worksheet sheet, int row, String text) {
        sheet.inlineString(row, 0, text);
        sheet.style(row, 0).bold().set();
    }

    private int events(Worksheet sheet, Iterator<CSVRecord> records, Map<String, String> facts) throws IOException {
        var sample = new ArrayList<CSVRecord>();
        while (records.hasNext() && sample.size() <= SAMPLE) {
            sample.add(narrowEnough(records.next()));
        }
        sheet.freezePane(0, FIRST_ROW);
        if (sample.stream().allMatch(line -> line.size() == 1 && line.get(0).isBlank())) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The results are empty.");
        }
        widths(sheet, sample);
        int row = 0;
        for (var fact : facts.entrySet()) {
            if (row < HEADER_ROW - 1) {
                label(sheet, row, fact.getKey());
                sheet.inlineString(row, 1, text(fact.getValue()));
                row++;
            }
        }
        header(sheet, sample.getFirst());
        int rows = 0;
        for (CSVRecord event : sample.subList(1, sample.size())) {
            row(sheet, FIRST_ROW + rows++, event);
        }
        while (records.hasNext()) {
            if (FIRST_ROW + rows == Worksheet.MAX_ROWS) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "The results have more rows than a sheet can have (" + Worksheet.MAX_ROWS + ").");
            }
            row(sheet, FIRST_ROW + rows++, narrowEnough(records.next()));
            if (rows % FLUSH_EVERY == 0) {
                sheet.flush();
            }
        }
        return rows;
    }

    private static CSVRecord narrowEnough(CSVRecord line) {
        if (line.size() > Worksheet.MAX_COLS) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The results have " + line.size() + " columns in record " + line.getRecordNumber()
                            + "; a sheet can have " + Worksheet.MAX_COLS + ".");
        }
        return line;
    }

    private static void widths(Worksheet sheet, List<CSVRecord> sample) {
        var longest = new ArrayList<Integer>();
        for (CSVRecord line : sample) {
            for (int column = 0; column < line.size(); column++) {
                int length = line.get(column).length();
                if (column == longest.size()) {
                    longest.add(length);
                } else {
                    longest.set(column, Math.max(longest.get(column), length));
                }
            }
        }
        for (int column = 0; column < longest.size(); column++) {
            sheet.width(column, Math.clamp(longest.get(column) + 2.0, NARROWEST, WIDEST));
        }
    }

    private void header(Worksheet sheet, CSVRecord names) {
        for (int column = 0; column < names.size(); column++) {
            sheet.inlineString(HEADER_ROW, column, text(names.get(column)));
            sheet.style(HEADER_ROW, column).bold().fillColor(HEADER_COLOR).set();
        }
    }

    private void row(Worksheet sheet, int row, CSVRecord line) {
        for (int column = 0; column < line.size(); column++) {
            put(sheet, row, column, line.get(column));
        }
    }

    private void put(Worksheet sheet, int row, int column, String value) {
        switch (CellValue.of(value)) {
            case CellValue.Numeric(double number) -> sheet.value(row, column, number);
            case CellValue.Day(var day) -> {
                sheet.value(row, column, day);
                sheet.style(row, column).format("yyyy-mm-dd").set();
            }
            case CellValue.Moment(var moment) -> {
                sheet.value(row, column, moment);
                sheet.style(row, column).format("yyyy-mm-dd hh:mm:ss").set();
            }
            case CellValue.Text(String text) when text.isEmpty() -> {}
            case CellValue.Text(String text) -> sheet.inlineString(row, column, text(text));
        }
    }

    /** Escapes control characters, and shortens the text to the length of a cell. */
    private String text(String text) {
        return CODED.matcher(text.length() <= LONGEST_TEXT ? text : shortened(text))
                .replaceAll(match -> String.format(
                        Locale.ROOT, "_x%04X_", (int) match.group().charAt(0)));
    }

    /** Shortens the text to the length of a cell, without splitting a surrogate pair. */
    private String shortened(String text) {
        shortened++;
        int end = LONGEST_TEXT - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
