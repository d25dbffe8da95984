package dev.wakebox.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTextTest {
    private static final List<String> COLUMNS = List.of("input", "label");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input,label\nhello; you,a\n",
                "input;label\n\"hello; you\";a\n",
                "input\tlabel\nhello; you\ta\n",
                "\uFEFFinput\tlabel\r\nhello; you\ta\r\n",
                "\"input\";\"label\"\n\"hello; you\";\"a\"\n",
                "sep=|\ninput|label\nhello; you|a\n",
                "SEP=\t\r\ninput\tlabel\r\nhello; you\ta\r\n",
                "\"sep=,\"\r\ninput,label\r\nhello; you,a\r\n",
                "\uFEFFsep=,\rinput,label\rhello; you,a\r",
                " Input , LABEL \nhello; you,a\n",
                "\u00A0INPUT\u00A0;Label\n\"hello; you\";a\n",
                "\n\n  \ninput;label\n\n\"hello; you\";a\n\n",
                "label;input;notes, remarks, and more\na;\"hello; you\";x\n",
                "input,label,a;b;c;d\nhello; you,a,x\n",
            })
    void rows_whateverTheSeparatorAndTheHeadersCase_findsTheColumns(String csv) {
        CsvRows rows = rows(csv);
        int input = rows.column("input").orElseThrow();
        int label = rows.column("label").orElseThrow();

        assertThat(rows)
                .extracting(row -> List.of(row.get(input), row.get(label)))
                .containsExactly(List.of("hello; you", "a"));
    }

    @Test
    void rows_whenARowHasMoreSeparatorsThanTheHeader_goesByTheHeader() {
        assertThat(rows("input,label\n\"a;b;c;d;e\",x\n\"f\tg\",y\n"))
                .extracting(CsvRow::values)
                .containsExactly(List.of("a;b;c;d;e", "x"), List.of("f\tg", "y"));
    }

    @Test
    void rows_whenNoColumnIsWanted_takesTheSeparatorThatIsThereMostOften() {
        assertThat(CsvText.of("it", utf8("Price, net;Amount;Who\n1,5;2;3\n"), List.of())
                        .rows())
                .extracting(CsvRow::values)
                .containsExactly(List.of("1,5", "2", "3"));
        assertThat(CsvText.of("it", utf8("alone\nx;y\n"), List.of()).format().getDelimiterString())
                .isEqualTo(",");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void rows_whenThereAreBlankAndQuotedLines_tellTheLineThatEachBeginsOn(String end) {
        String csv = "sep=;@@input;label@\"two@lines\";a@@  @b;c@@\"d\";\"e@f\"@last;g".replace("@", end);

        assertThat(rows(csv)).extracting(CsvRow::line).containsExactly(4L, 8L, 10L, 12L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "input;label\\nhello;a\\nbye\\n|Line 3 of the dataset has 1 value, the header has 2.",
                "sep=;\\ninput;label\\n\\nhello;a;b\\n|Line 4 of the dataset has 3 values, the header has 2.",
                "input;label\\nhello;a\\n\"bye;b\\n|Line 3 of the dataset begins a row that cannot be read: a quoted value has no closing quote, or something other than a semicolon follows it.",
                "input\\tlabel\\n\"x\" y\\ta\\n|Line 2 of the dataset begins a row that cannot be read: a quoted value has no closing quote, or something other than a tab follows it.",
                "sep=^\\ninput^label\\n\"x\" y^a\\n|Line 3 of the dataset begins a row that cannot be read: a quoted value has no closing quote, or something other than \"^\" follows it.",
                "\"input;label|Line 1 of the dataset begins a row that cannot be read: a quoted value has no closing quote, or something other than a comma follows it.",
                "\\n  \\n|There is nothing in the dataset; line 1 must be a header that names the columns.",
                "sep=;\\n|There is nothing in the dataset; line 1 must be a header that names the columns.",
            })
    void rows_whenOneIsMalformed_nameItsLine(String escaped, String message) {
        String csv = escaped.replace("\\n", "\n").replace("\\t", "\t");
        assertThatExceptionOfType(UnreadableCsvException.class)
                .isThrownBy(() -> rows(csv).forEach(row -> {}))
                .withMessage(message);
    }

    @Test
    void column_whenItIsNamedTwice_refusesUnlessOneIsExact() {
        assertThat(rows("Input,input,label\na,b,c\n").column("input")).hasValue(1);
        assertThatExceptionOfType(UnreadableCsvException.class)
                .isThrownBy(() -> rows("INPUT,Input,label\na,b,c\n").column("input"))
                .withMessage("Line 1 of the dataset names the column \"input\" more than once.");
        assertThatExceptionOfType(UnreadableCsvException.class)
                .isThrownBy(() -> rows("\ninput,input,label\na,b,c\n").column("input"))
                .withMessage("Line 2 of the dataset names the column \"input\" more than once.");
        assertThat(rows("inputs,label\na,b\n").column("input")).isEmpty();
    }

    @Test
    void shownHeader_isShort() {
        assertThat(rows("sep=;\n question ; Answer \n").shownHeader()).isEqualTo("line 2 has \"question\", \"Answer\"");
        assertThat(rows("x".repeat(500) + "\n").shownHeader()).isEqualTo("line 1 has \"" + "x".repeat(40) + "…\"");
        assertThat(rows("a,b,c,d,e,f,g,h,i,j\n").shownHeader()).endsWith("\"h\", …");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "504b03041400060008000000|an Excel workbook (.xlsx) or another ZIP file",
                "d0cf11e0a1b11ae10000|an Excel workbook (.xls)",
                "255044462d312e37|a PDF",
                "1f8b0800000000000003|compressed with gzip",
                "fffe69006e007000|UTF-16 text",
                "feff0069006e0070|UTF-16 text",
                "69006e007000750074002c006c00610062006500|UTF-16 text",
                "0069006e007000750074002c006c00610062|UTF-16 text",
                "fffe000069000000|UTF-32 text",
                "690000006e0000007000000075000000|UTF-32 text",
            })
    void of_whenItIsNoText_saysWhatItIs(String hex, String what) {
        refuses(
                HexFormat.of().parseHex(hex),
                "The content of the dataset is " + what + "; save it as a CSV in the encoding UTF-8.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><html><body>Log in, please</body></html>",
                "\uFEFF\r\n  <HTML>\n<head>",
                "<table><tr><td>input</td></tr></table>",
                "<?xml version=\"1.0\"?><Workbook/>",
                "<!-- saved from --><html/>"
            })
    void of_whenItIsAPage_saysSo(String page) {
        refuses(
                utf8(page),
                "The content of the dataset is an HTML or XML page; save it as a CSV in the encoding UTF-8.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"message\": \"not found\"}", " { }", "[\n {\"a\": 1}]", "[[1, 2]]", "[]"})
    void of_whenItIsJson_saysSo(String json) {
        refuses(utf8(json), "The content of the dataset is JSON; save it as a CSV in the encoding UTF-8.");
    }

    @Test
    void of_whenAHeaderOnlyLooksLikeJson_readsIt() {
        assertThat(rows("[id],{name}\n1,x\n").shownHeader()).isEqualTo("line 1 has \"[id]\", \"{name}\"");
    }

    @Test
    void of_whenAHeaderOnlyLooksLikeMarkup_readsIt() {
        assertThat(rows("<input>,label\na,b\n").shownHeader()).isEqualTo("line 1 has \"<input>\", \"label\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "windows-1252"})
    void of_whenItIsAnotherEncoding_namesTheLine(String encoding) {
        refuses(
                "input;label\r\nhello;a\r\ncaf\u00e9;b\r\n".getBytes(Charset.forName(encoding)),
                "Line 3 of the dataset is not UTF-8; save the CSV in the encoding UTF-8.");
    }

    @Test
    void reader_givesTheTextFromTheHeaderOn() throws IOException {
        CsvText csv = CsvText.of("it", utf8("\uFEFFsep=;\r\nGröße;Wert\r\n1;2\r\n"), List.of());

        try (Reader reader = csv.reader()) {
            var text = new StringBuilder();
            for (int letter = reader.read(); letter >= 0; letter = reader.read()) {
                text.append((char) letter);
            }
            assertThat(text).hasToString("Größe;Wert\r\n1;2\r\n");
        }
        assertThat(csv.format().getDelimiterString()).isEqualTo(";");
    }

    @Test
    void rows_whenTheFileIsLarge_areReadOneByOne() {
        var lines = new ArrayList<Long>();
        rows("input;label\n" + "hello;a\n".repeat(200_000)).forEach(row -> lines.add(row.line()));

        assertThat(lines).hasSize(200_000).startsWith(2L).endsWith(200_001L);
    }

    private static CsvRows rows(String csv) {
        return CsvText.of("the dataset", utf8(csv), COLUMNS).rows();
    }

    private static void refuses(byte[] bytes, String message) {
        assertThatExceptionOfType(UnreadableCsvException.class)
                .isThrownBy(() -> CsvText.of("the dataset", bytes, COLUMNS))
                .withMessage(message);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
