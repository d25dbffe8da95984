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

class DatasetTest {
    @Test
    void parse_whenColumnsAreSwappedAndQuoted_readsTheRows() {
        assertThat(parse("id,label,input\n1,a,\"one, \"\"two\"\"\nthree\"\n2, b ,four\n")
                        .rows())
                .containsExactly(new Row("one, \"two\"\nthree", "a"), new Row("four", "b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",input,label\n0,x,a\n1,y,b\n",
                "input,label,,\nx,a,,\ny,b,,\n",
                "id,id,input,label\n0,0,x,a\n1,1,y,b\n"
            })
    void parse_whenOtherColumnsHaveNoOrTheSameName_ignoresThem(String csv) {
        assertThat(parse(csv).rows()).containsExactly(new Row("x", "a"), new Row("y", "b"));
    }

    @Test
    void parse_whenRowsLackSomething_leavesThemOut() {
        assertThat(parse("\uFEFFinput,label\r\nx,a\r\n ,a\r\ny,\r\nNaN,b\r\nz,n/a\r\n\r\ny,b\r\n")
                        .rows())
                .containsExactly(new Row("x", "a"), new Row("y", "b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            text,label\\nx,a\\n; it needs two columns with names "input" and "label"
            ''; it needs two columns with names "input" and "label"
            input,label\\nx,a\\ny,a\\n; a classifier needs rows of at least two labels
            input,label\\n; a classifier needs rows of at least two labels
            input,label\\nx,a\\ny\\n; the row that ends at line 3 has not as many columns as the header
            input,label\\nx,"a\\n; it is not a well-formed CSV
            """)
    void parse_whenNothingCanBeLearned_saysWhy(String csv, String why) {
        assertThatThrownBy(() -> parse(csv.replace("\\n", "\n")))
                .hasMessage("The dataset cannot be used: " + why + ".");
    }

    @Test
    void parse_whenItIsNotUtf8_saysSo() {
        assertThatThrownBy(() -> Dataset.parse("input,label\nä,a\nb,b".getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessage("The dataset cannot be used: it is not UTF-8.");
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

    private static Dataset parse(String csv) {
        return Dataset.parse(csv.getBytes(StandardCharsets.UTF_8));
    }

    private static Dataset rows(Map<String, Integer> counts) {
        var rows = new ArrayList<Row>();
        counts.forEach((label, count) -> {
            for (int row = 0; row < count; row++) {
                rows.add(new Row(label + row, label));
            }
        });
        return new Dataset(rows);
    }

    private static Map<String, Long> counts(List<Row> rows) {
        return rows.stream().collect(groupingBy(Row::label, counting()));
    }
}
