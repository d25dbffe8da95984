package dev.wakebox.images.trainer;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetRowsTest {
    @Test
    void texts_whenColumnsAreSwappedAndQuoted_readsTheRows() {
        assertThat(parse("id,label,input\n1,a,\"one, \"\"two\"\"\nthree\"\n2, b ,four\n")
                        .rows())
                .containsExactly(new Row<>("one, \"two\"\nthree", "one, \"two\" three", "a"), row("four", "b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",input,label\n0,x,a\n1,y,b\n",
                "input,label,,\nx,a,,\ny,b,,\n",
                "id,id,input,label\n0,0,x,a\n1,1,y,b\n"
            })
    void texts_whenOtherColumnsHaveNoOrTheSameName_ignoresThem(String csv) {
        assertThat(parse(csv).rows()).containsExactly(row("x", "a"), row("y", "b"));
    }

    @Test
    void texts_whenRowsLackSomething_leavesThemOut() {
        assertThat(parse("\uFEFFinput,label\r\nx,a\r\n ,a\r\ny,\r\nNaN,b\r\nz,n/a\r\n\r\ny,b\r\n")
                        .rows())
                .containsExactly(row("x", "a"), row("y", "b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '^', textBlock = """
            text,label\\nx,a\\n^ It needs two columns with names "input" and "label"; line 1 has "text", "label".
            ''^ There is nothing in the dataset; line 1 must be a header that names the columns.
            input,label\\nx,a\\ny,a\\n^ A classifier needs usable rows of at least two labels.
            input,label\\n^ A classifier needs usable rows of at least two labels.
            input,label\\nx,a\\ny\\n^ Line 3 of the dataset has 1 value, the header has 2.
            input,label\\nx,"a\\n^ Line 2 of the dataset begins a row that cannot be read: a quoted value has no closing quote, or something other than a comma follows it.
            """)
    void texts_whenNothingCanBeLearned_saysWhy(String csv, String why) {
        assertThatThrownBy(() -> parse(csv.replace("\\n", "\n"))).hasMessage("The dataset cannot be used. " + why);
    }

    @Test
    void texts_whenItIsNotUtf8_namesTheLine() {
        assertThatThrownBy(() -> DatasetReader.texts("input,label\nä,a\nb,b".getBytes(StandardCharsets.ISO_8859_1), 0))
                .hasMessage("The dataset cannot be used. Line 2 of the dataset is not UTF-8; save the CSV in the"
                        + " encoding UTF-8.");
    }

    @Test
    void texts_whenRowsAreLeftOut_countsThem() {
        assertThat(DatasetReader.texts("input;label\nx;a\n;a\ny;\ny;b\n".getBytes(StandardCharsets.UTF_8), 4)
                        .leftOut())
                .isEqualTo(6);
    }

    @Test
    void split_whenRowsAreRepeated_keepsCopiesOnOneSide() {
        var csv = new StringBuilder("input,label\n");
        for (int row = 0; row < 12; row++) {
            String label = row % 2 == 0 ? "a" : "b";
            csv.append("Question ").append(row).append(',').append(label).append('\n');
            csv.append("question  ")
                    .append(row)
                    .append(' ')
                    .append(',')
                    .append(label)
                    .append('\n');
            csv.append("QUESTION ").append(row).append(',').append(label).append('\n');
        }
        DatasetRows<String> dataset = parse(csv.toString());

        for (int seed = 0; seed < 20; seed++) {
            var split = dataset.split(30, new Random(seed));
            assertThat(split.heldOut()).hasSizeBetween(6, 12);
            assertThat(split.train()).hasSize(36 - split.heldOut().size());
            assertThat(split.train())
                    .extracting(Row::identity)
                    .doesNotContainAnyElementsOf(
                            split.heldOut().stream().map(Row::identity).toList());
        }
        assertThat(dataset.repeated()).isEqualTo(24);
    }

    @Test
    void split_whenALabelHasNothingButCopies_learnsFromThem() {
        DatasetRows<String> dataset = parse("input,label\nx,a\nx,a\nx,a\nx,a\ny,b\nz,b\nw,b\n");

        var split = dataset.split(50, new Random(1));

        assertThat(counts(split.train())).containsEntry("a", 4L);
        assertThat(counts(split.heldOut())).containsOnlyKeys("b");
        assertThat(dataset.repeated()).isEqualTo(3);
    }

    @Test
    void repeated_whenTheSameTextHasTwoLabels_isNone() {
        assertThat(parse("input,label\nx,a\nx,b\n").repeated()).isZero();
    }

    @Test
    void split_givesEachLabelItsShareToWithinARow() {
        var dataset = rows(Map.of("a", 50, "b", 25, "c", 13));

        var split = dataset.split(30, new Random(1));

        assertThat(split.heldOut()).hasSize(26);
        assertThat(counts(split.heldOut())).satisfies(counts -> {
            assertThat(counts.get("a")).isBetween(14L, 16L);
            assertThat(counts.get("b")).isBetween(7L, 8L);
            assertThat(counts.get("c")).isBetween(3L, 4L);
        });
        var together = new ArrayList<>(split.train());
        together.addAll(split.heldOut());
        assertThat(together).containsExactlyInAnyOrderElementsOf(dataset.rows());
    }

    @Test
    void split_whenALabelHasOneRow_learnsFromIt() {
        var split = rows(Map.of("a", 1, "b", 1, "c", 9)).split(99, new Random(1));

        assertThat(counts(split.train())).containsOnly(Map.entry("a", 1L), Map.entry("b", 1L), Map.entry("c", 1L));
    }

    @Test
    void split_dependsOnTheSeedOnly() {
        var dataset = rows(Map.of("a", 40, "b", 40));

        assertThat(dataset.split(30, new Random(5))).isEqualTo(dataset.split(30, new Random(5)));
        assertThat(dataset.split(30, new Random(5))).isNotEqualTo(dataset.split(30, new Random(6)));
    }

    private static DatasetRows<String> parse(String csv) {
        return DatasetReader.texts(csv.getBytes(StandardCharsets.UTF_8), 0);
    }

    private static Row<String> row(String input, String label) {
        return new Row<>(input, input, label);
    }

    private static DatasetRows<String> rows(Map<String, Integer> counts) {
        var rows = new ArrayList<Row<String>>();
        counts.forEach((label, count) -> {
            for (int row = 0; row < count; row++) {
                rows.add(row(label + row, label));
            }
        });
        return new DatasetRows<>(rows, 0);
    }

    private static Map<String, Long> counts(List<Row<String>> rows) {
        return rows.stream().collect(groupingBy(Row::label, counting()));
    }
}
