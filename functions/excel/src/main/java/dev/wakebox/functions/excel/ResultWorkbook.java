package dev.wakebox.functions.excel;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
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
 * Writes a workbook of two sheets: what is known of the results, and the results, one row each, from row 10 on. Rows are
 * streamed: a workbook of any length needs the memory of some hundred rows.
 *
 * <p>Texts are written as texts, so that none is ever taken for a formula.
 */
final class ResultWorkbook {
    /** Counted from 0, as in all of fastexcel; row 10 in the workbook. */
    static final int FIRST_ROW = 9;

    private static final int HEADER_ROW = FIRST_ROW - 1;
    private static final int SAMPLE = 100;
    private static final int FLUSH_EVERY = 500;
    private static final int LONGEST_TEXT = 32_767;
    private static final double NARROWEST = 10;
    private static final double WIDEST = 60;
    private static final String HEADER_COLOR = "DDE3EE";

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setIgnoreEmptyLines(true)
            .setTrailingData(false)
            .get();

    /** What XML cannot hold, and the underscore of what a workbook would read as a code for such a character. */
    private static final Pattern CODED = Pattern.compile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]|_(?=x[0-9A-Fa-f]{4}_)");

    private ResultWorkbook() {}

    /**
     * Writes the workbook of a CSV file with a header.
     *
     * @param facts of the first sheet, in their order; the number of rows comes after them
     * @return the number of rows
     * @throws WakeboxException {@code INVALID_REQUEST} when the CSV is malformed or longer than a sheet can be
     */
    static int write(Reader csv, Map<String, String> facts, OutputStream out) {
        try (CSVParser parser = FORMAT.parse(csv);
                var workbook = new Workbook(out, "Wakebox", "1.0")) {
            Worksheet overview = workbook.newWorksheet("Summary");
            Worksheet events = workbook.newWorksheet("Events");
            int rows = events(events, parser.iterator(), facts);
            events.close();
            overview(overview, facts, rows);
            overview.close();
            return rows;
        } catch (UncheckedIOException | IllegalStateException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The results are no well-formed CSV file.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void overview(Worksheet sheet, Map<String, String> facts, int rows) {
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
    }

    private static void label(Worksheet sheet, int row, String text) {
        sheet.inlineString(row, 0, text);
        sheet.style(row, 0).bold().set();
    }

    private static int events(Worksheet sheet, Iterator<CSVRecord> records, Map<String, String> facts)
            throws IOException {
        var sample = new ArrayList<CSVRecord>();
        while (records.hasNext() && sample.size() <= SAMPLE) {
            sample.add(records.next());
        }
        sheet.freezePane(0, FIRST_ROW);
        if (sample.isEmpty()) {
            return 0;
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
            row(sheet, FIRST_ROW + rows++, records.next());
            if (rows % FLUSH_EVERY == 0) {
                sheet.flush();
            }
        }
        return rows;
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

    private static void header(Worksheet sheet, CSVRecord names) {
        for (int column = 0; column < names.size(); column++) {
            sheet.inlineString(HEADER_ROW, column, text(names.get(column)));
            sheet.style(HEADER_ROW, column).bold().fillColor(HEADER_COLOR).set();
        }
    }

    private static void row(Worksheet sheet, int row, CSVRecord line) {
        for (int column = 0; column < line.size(); column++) {
            put(sheet, row, column, line.get(column));
        }
    }

    private static void put(Worksheet sheet, int row, int column, String value) {
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

    /** Control characters as the format's codes, and no more than a cell takes. */
    private static String text(String text) {
        String shortened = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
        return CODED.matcher(shortened)
                .replaceAll(match -> String.format(
                        Locale.ROOT, "_x%04X_", (int) match.group().charAt(0)));
    }
}
