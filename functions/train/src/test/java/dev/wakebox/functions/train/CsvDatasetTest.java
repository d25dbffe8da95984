package dev.wakebox.functions.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvDatasetTest {
    private static final String NOT_TEXT = "Input column entries should be of type \"string\"";
    private static final String NOTHING_LEFT = "The dataset contains invalid entries";
    private static final String ONE_CLASS = "The dataset should contain a minimum of two classes";
    private static final String EMPTY =
            "There is nothing in the dataset; line 1 must be a header that names the columns.";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input,label\nhello,a\nbye,b\n",
                "input,label\r\nhello,a\r\nbye,b",
                "label,input\na,hello\nb,bye\n",
                "id,input,label,note\n1,hello,a,\n2,bye,b,x\n",
                "\uFEFFinput,label\nhello,a\nbye,b\n",
                "\n  \ninput,label\n\nhello,a\n\r\nbye,b\n\n",
                "input,label\n\"a \"\"quoted\"\", two\nline text\",a\n\"bye\r\nbye\",b\n",
                "\"input\",\"label\"\nhello,1\nbye,2\n",
                "input,label\nhello,a\nbye,b\n,a\nNA,b\nthe end,NULL\n  ,c\nwell,nan\n",
                "input,label\nşğıöç 你好 🎉,a\nbye,b\n",
                "Input ; LABEL\nhello;a\n\"bye;\";b\n",
                "sep=;\r\ninput;label\r\nhello;a\r\nbye;b\r\n",
                "INPUT\tlabel\nhello, you\ta\nbye\tb\n",
                "input,label\n1st of May,a\n12:30,b\n1.2.3,b\n5 EUR,b\n",
            })
    void classes_whenTheCsvIsGood_countsLabels(String csv) {
        assertThat(classes(csv)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"7", "-1.5", "+.5", "5.", "1e10", "1E-3", " 42 ", "inf", "-Infinity", "true", "False", "TRUE"})
    void classes_whenNoInputIsAText_refuses(String input) {
        refuses("input,label\n7,a\n" + input + ",b\n", NOT_TEXT);
    }

    @Test
    void classes_whenOneInputAmongTextsIsANumber_takesItAsAText() {
        assertThat(classes("input,label\nwhom do I call?,a\n911,b\n")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "#N/A", "<NA>", "\"NA\""})
    void classes_whenARowIsBlankOrNotAvailable_dropsIt(String missing) {
        refuses("input,label\n" + missing + ",a\nhello," + missing + "\n", NOTHING_LEFT);
    }

    @Test
    void classes_whenARuleIsBroken_saysWhichInTheContractsOrder() {
        refuses(
                "text,class\n1,2\n",
                "Dataset should have two columns with names \"input\" and \"label\"; line 1 has \"text\", \"class\"");
        refuses(
                "\ntext|class\n1|2\n",
                "Dataset should have two columns with names \"input\" and \"label\"; line 2 has \"text|class\"");
        refuses("text;label\n1;2\n", "Dataset does not have a column named \"input\"; line 1 has \"text\", \"label\"");
        refuses(
                "input,class\n1,2\n",
                "Dataset does not have a column named \"label\"; line 1 has \"input\", \"class\"");
        refuses("input,label\n7,NA\nNA,a\n", NOT_TEXT);
        refuses("input,label\n", NOTHING_LEFT + ": there are no rows below its header.");
        refuses("input;label\r\n\r\n", NOTHING_LEFT + ": there are no rows below its header.");
        refuses("input,label\n,\n", NOTHING_LEFT);
        refuses("input,label\nhello,a\nbye,a\n", ONE_CLASS);
        refuses("input,label\n" + "hello,a\n".repeat(10_001), ONE_CLASS);
    }

    @Test
    void classes_whenThereAreManyRows_countsThoseThatAreLeft() {
        String full = "input,label\n" + "hello,a\nbye,b\n".repeat(5_000);

        assertThat(classes(full + "NA,a\n")).isEqualTo(2);
        refuses(full + "more,a\n", "The dataset can contain atmost 10,000 rows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "  \r\n\n", "\uFEFF", "\uFEFF\n"})
    void classes_whenTheCsvIsEmpty_refuses(String csv) {
        refuses(csv, EMPTY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "input,label\\nhello,a\\nbye\\n|3|has 1 value, the header has 2.",
                "input,label\\nhello,a,b\\nbye,b\\n|2|has 3 values, the header has 2.",
                "input,label\\n\\n\\nhello,a\\n\\nbye,b,c|6|has 3 values, the header has 2.",
                "input,label\\r\\n\"two\\r\\nlines\",a\\r\\n\"x\\ny\",a,b\\r\\n|4|has 3 values, the header has 2.",
                "input,label\\nhello,a\\n\"bye,b\\nx,y\\n|3|begins a row that cannot be read: a quoted value has no closing quote, or something other than a comma follows it.",
                "input,label\\n\"hello\" there,a\\n|2|begins a row that cannot be read: a quoted value has no closing quote, or something other than a comma follows it.",
                "input,label\\nhello,a\\n\\n\"bye|4|begins a row that cannot be read: a quoted value has no closing quote, or something other than a comma follows it.",
                "\"input,label|1|begins a row that cannot be read: a quoted value has no closing quote, or something other than a comma follows it.",
                "input,label,input\\na,b,c\\n|1|names the column \"input\" more than once.",
            })
    void classes_whenARowIsMalformed_namesItsLine(String escaped, int line, String what) {
        String csv = escaped.replace("\\r", "\r").replace("\\n", "\n");
        refuses(csv, "Line " + line + " of the dataset " + what);
    }

    @Test
    void classes_whenItIsNotUtf8_namesTheLine() {
        refuses(
                "input,label\nhello,a\ncaf\u00e9,b\n".getBytes(StandardCharsets.ISO_8859_1),
                "Line 3 of the dataset is not UTF-8; save the CSV in the encoding UTF-8.");
        refuses(
                "input,label\n".getBytes(StandardCharsets.UTF_16),
                "The content of the dataset is UTF-16 text; save it as a CSV in the encoding UTF-8.");
        refuses(
                "input;label\r\nhello;a\r\n".getBytes(StandardCharsets.UTF_16LE),
                "The content of the dataset is UTF-16 text; save it as a CSV in the encoding UTF-8.");
        refuses(
                "<!DOCTYPE html><html></html>",
                "The content of the dataset is an HTML or XML page; save it as a CSV in the encoding UTF-8.");
        refuses(
                "PK\u0003\u0004 xl/workbook.xml",
                "The content of the dataset is an Excel workbook (.xlsx) or another ZIP file; save it as a CSV in the"
                        + " encoding UTF-8.");
        byte[] late = ("input,label\n" + "hello there,a\n".repeat(5_000) + "x").getBytes(StandardCharsets.UTF_8);
        late[late.length - 1] = (byte) 0xC3;
        refuses(late, "Line 5002 of the dataset is not UTF-8; save the CSV in the encoding UTF-8.");
    }

    @Test
    void classes_whenAValueIsHuge_staysLinear() {
        String digits = "1".repeat(2_000_000);

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(
                        classes("input,label\n" + digits + "x,a\n" + digits + "." + digits + "x,b\n"))
                .isEqualTo(2));
    }

    /** Every input is either a dataset or refused with a message to the caller. */
    @Test
    void classes_whenTheCsvIsMutated_neverFailsInAnotherWay() {
        long seed = Long.getLong("wakebox.seed", 20261122L);
        System.out.println("CsvDatasetTest: seed " + seed + " (repeat with -Dwakebox.seed=" + seed + ")");
        var random = new Random(seed);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] csv = mutated(random);
            try {
                CsvDataset.texts(csv);
                accepted++;
            } catch (WakeboxException e) {
                refused++;
                assertThat(e.code()).as("case %d of seed %d", i, seed).isEqualTo(ErrorCode.INVALID_REQUEST);
                assertThat(e.field()).isEqualTo("dataset");
            } catch (RuntimeException e) {
                throw new AssertionError("case " + i + " of seed " + seed, e);
            }
        }
        assertThat(accepted).as("accepted").isGreaterThan(500);
        assertThat(refused).as("refused").isGreaterThan(5_000);
    }

    private static byte[] mutated(Random random) {
        var fragments = List.of(
                "\"", "\"\"", ",", "\n", "\r", "\r\n", "\u0000", "\uFEFF", "NA", "7", "é", "🎉", " ", "\\", "input",
                "label");
        String base = "input,label\n"
                + IntStream.range(0, 1 + random.nextInt(8))
                        .mapToObj(row -> "\"text " + row + "\"," + "abc".charAt(random.nextInt(3)))
                        .collect(Collectors.joining(random.nextBoolean() ? "\n" : "\r\n"));
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(base.getBytes(StandardCharsets.UTF_8));
        for (int edits = random.nextInt(5); edits > 0; edits--) {
            byte[] before = bytes.toByteArray();
            int at = random.nextInt(before.length + 1);
            int skip = random.nextInt(4) == 0 ? Math.min(random.nextInt(10), before.length - at) : 0;
            bytes.reset();
            bytes.write(before, 0, at);
            if (random.nextInt(6) == 0) {
                bytes.write(random.nextInt(256));
            } else {
                bytes.writeBytes(fragments.get(random.nextInt(fragments.size())).getBytes(StandardCharsets.UTF_8));
            }
            bytes.write(before, at + skip, before.length - at - skip);
        }
        return bytes.toByteArray();
    }

    private static int classes(String csv) {
        return CsvDataset.texts(csv.getBytes(StandardCharsets.UTF_8)).classes();
    }

    private static void refuses(String csv, String message) {
        refuses(csv.getBytes(StandardCharsets.UTF_8), message);
    }

    private static void refuses(byte[] csv, String message) {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> CsvDataset.texts(csv))
                .withMessage(message)
                .satisfies(e -> assertThat(e.field()).isEqualTo("dataset"));
    }
}
