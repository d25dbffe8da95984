package dev.wakebox.functions.excel;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wakebox.csv.CsvText;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultWorkbookTest {
    private static final Map<String, String> FACTS = Map.of("File", "=cmd()|' /C calc'!A0 \"<b>\"\n🚦.mp4");

    @TempDir
    Path directory;

    @Test
    void workbook_whenWritten_hasTheColumnsOfTheCsvAndItsRowsFromRow10() throws IOException {
        var rows = events("id_i,class_i,TTC_ij_mean\n1,car,0.5\n2,bus,-3\n");

        assertThat(rows.get(9)).extracting(Cell::getText).containsExactly("id_i", "class_i", "TTC_ij_mean");
        assertThat(rows.get(10).getCell(0).asNumber()).isEqualByComparingTo("1");
        assertThat(rows.get(10).getCell(1).asString()).isEqualTo("car");
        assertThat(rows.get(11).getCell(2).asNumber()).isEqualByComparingTo("-3");
        assertThat(rows.byNumber()).containsKeys(10, 11).doesNotContainKey(12);
    }

    @Test
    void workbook_whenWritten_hasAHeaderSheetAndAFrozenHeader() throws IOException {
        byte[] workbook = workbook("a,b\n1,2\n3,4\n");

        try (var read = new ReadableWorkbook(new ByteArrayInputStream(workbook))) {
            var summary = read.getSheet(0).orElseThrow().read();
            assertThat(summary.getFirst()).extracting(Cell::getText).containsExactly("File", FACTS.get("File"));
            assertThat(summary.get(1).getCell(1).asNumber()).isEqualByComparingTo("2");
        }
        assertThat(part(workbook, "xl/worksheets/sheet2.xml"))
                .contains("state=\"frozen\"", "ySplit=\"9\"", "<cols>")
                .doesNotContain("<f>");
    }

    @ParameterizedTest
    @CsvSource({
        "0, NUMBER",
        "-12.5, NUMBER",
        "1.5e-7, NUMBER",
        "123456789012345, NUMBER",
        "0.12345678901234567, NUMBER",
        "1234567890123456, STRING",
        "007, STRING",
        "1e999, STRING",
        "+34600111222, STRING",
        "NaN, STRING",
        "2026-11-22, NUMBER",
        "2026-11-22 12:30:00, NUMBER",
        "2026-11-22T12:30:00.250Z, NUMBER",
        "2026-13-45, STRING",
        "1234-01-01, STRING",
        "=1+1, STRING",
        "'-1+1', STRING",
        "@SUM(A1), STRING"
    })
    void cell_whenWritten_hasTheTypeOfItsText(String text, CellType type) throws IOException {
        assertThat(events("value\n" + text + "\n").get(10).getCell(0).getType()).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22 12:30:00, 2026-11-22T12:30:00",
        "2026-11-22T13:30:00+01:00, 2026-11-22T12:30:00",
        "2026-11-22, 2026-11-22T00:00:00"
    })
    void date_whenWritten_isThatMomentInUtc(String text, LocalDateTime moment) throws IOException {
        assertThat(events("value\n" + text + "\n").get(10).getCell(0).asDate()).isEqualTo(moment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"quoted\"",
                "<b>&amp;</b>",
                "a,b;c",
                "two\nlines",
                "=cmd()|' /C calc'!A0",
                "🚦👩‍👩‍👧",
                "_x0041_",
                " blanks around ",
                "مرحبا"
            })
    void text_whenHostile_isReadBackAsItWas(String text) throws IOException {
        Cell cell = events("value\n\"" + text.replace("\"", "\"\"") + "\"\n")
                .get(10)
                .getCell(0);

        assertThat(cell.getType()).isEqualTo(CellType.STRING);
        assertThat(cell.asString().replace("_x005F_x0041_", "_x0041_")).isEqualTo(text);
        assertThat(cell.getFormula()).isNull();
    }

    @Test
    void text_whenLong_isWholeUpToWhatACellTakes() throws IOException {
        assertThat(events("v\n" + "é".repeat(300) + "\n").get(10).getCell(0).asString())
                .hasSize(300);
        assertThat(events("v\n" + "x".repeat(40_000) + "\n").get(10).getCell(0).asString())
                .hasSize(32_767)
                .endsWith("…");
    }

    @Test
    void csv_whenOnlyAHeader_isAWorkbookWithoutRows() throws IOException {
        assertThat(events("a,b\n").byNumber()).containsKey(9).doesNotContainKey(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", " \r\n", "\uFEFF"})
    void csv_whenEmpty_isRefused(String csv) {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> workbook(csv))
                .withMessage("The results are empty.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id;class\n7;\"a,b\"\n", "id\tclass\n7\ta,b\n", "sep=|\nid|class\n7|a,b\n"})
    void csv_whateverItsSeparator_hasItsColumns(String csv) throws IOException {
        Rows rows = events(csv);

        assertThat(rows.get(9)).extracting(Cell::getText).containsExactly("id", "class");
        assertThat(rows.get(10).getCell(0).asNumber()).isEqualByComparingTo("7");
        assertThat(rows.get(10).getCell(1).asString()).isEqualTo("a,b");
    }

    @Test
    void cells_whenShortened_areCountedOnTheFirstSheet() throws IOException {
        String csv = "a,b\n" + "x".repeat(32_768) + ",y\nz," + "🚦".repeat(20_000) + "\n";
        var out = new ByteArrayOutputStream();

        assertThat(ResultWorkbook.write(text(csv), FACTS, out)).isEqualTo(new ResultWorkbook.Written(2, 2));

        try (var read = new ReadableWorkbook(new ByteArrayInputStream(out.toByteArray()))) {
            var last = read.getFirstSheet().read().getLast();
            assertThat(last.getCell(0).asString()).isEqualTo("Shortened cells");
            assertThat(last.getCell(1).asString()).startsWith("2 end with ");
        }
        assertThat(events(csv).get(11).getCell(1).asString()).endsWith("🚦…").hasSizeLessThanOrEqualTo(32_767);
        assertThat(ResultWorkbook.write(text("a\n" + "x".repeat(32_767) + "\n"), FACTS, new ByteArrayOutputStream()))
                .isEqualTo(new ResultWorkbook.Written(1, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 300})
    void csv_whenALineHasMoreColumnsThanASheet_isRefusedWithTheirNumber(int line) {
        String csv = "a,b\n" + "1,2\n".repeat(line - 1) + ",".repeat(16_384) + "\n";

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> workbook(csv))
                .withMessage("The results have 16385 columns in record " + (line + 1) + "; a sheet can have 16384.");
    }

    @Test
    void csv_whenBroken_isRefused() {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> workbook("a,b\n\"never closed,2\n"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void workbook_whenConvertedByLibreOffice_isUnderstood() throws Exception {
        Path file = directory.resolve("results.xlsx");
        Files.write(file, workbook("id,when,note\n7,2026-11-22 12:30:00,=1+1\n8,2026-11-23,\"a, \"\"b\"\"\n🚦\"\n"));
        assumeTrue(installed("soffice"), "LibreOffice (soffice) is not installed: no conversion is tried");

        Process soffice = new ProcessBuilder(
                        "soffice",
                        "-env:UserInstallation=file://" + directory.resolve("profile"),
                        "--headless",
                        "--convert-to",
                        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
                        "--outdir",
                        directory.toString(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("soffice.log").toFile())
                .start();
        assertThat(soffice.waitFor(3, TimeUnit.MINUTES)).isTrue();

        assertThat(Files.readString(directory.resolve("soffice.log"))).doesNotContainIgnoringCase("error");
        assertThat(Files.readString(directory.resolve("results-Events.csv")))
                .contains("id,when,note", "7,2026-11-22 12:30:00,=1+1", "8,2026-11-23,\"a, \"\"b\"\"\n🚦\"");
    }

    @Test
    void workbook_whenOf100000Rows_takesLessThan10SecondsOfCpuIn512Megabytes() throws Exception {
        // Heap and compiler as in a function of 512 MB. The time is that of the whole process with its start.
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx435m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeWorkbook.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();

        var figures = output.lines()
                .filter(line -> line.startsWith("rows="))
                .findFirst()
                .orElseThrow();
        System.out.println("Workbook of 100,000 rows: " + figures);
        assertThat(figures).startsWith("rows=100000 ");
        double seconds = Double.parseDouble(figures.substring(figures.indexOf("cpu=") + 4));
        assertThat(seconds).isLessThan(10);
    }

    /** The rows of the second sheet by their number in the workbook. */
    private record Rows(Map<Integer, Row> byNumber) {
        Row get(int number) {
            return requireNonNull(byNumber.get(number), () -> "there is no row " + number);
        }
    }

    private static Rows events(String csv) throws IOException {
        try (var read = new ReadableWorkbook(new ByteArrayInputStream(workbook(csv)))) {
            return new Rows(read.getSheet(1).orElseThrow().read().stream().collect(toMap(Row::getRowNum, row -> row)));
        }
    }

    private static CsvText text(String csv) {
        return CsvText.of("the results", csv.getBytes(StandardCharsets.UTF_8), List.of());
    }

    private static byte[] workbook(String csv) {
        var out = new ByteArrayOutputStream();
        ResultWorkbook.write(text(csv), FACTS, out);
        return out.toByteArray();
    }

    private String part(byte[] workbook, String name) throws IOException {
        Path file = Files.write(directory.resolve("part.xlsx"), workbook);
        try (var zip = new ZipFile(file.toFile())) {
            return new String(zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
