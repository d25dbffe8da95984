package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunArrayTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"7|7", "0-2,1,9|0-2,9", "5,4,3|3-5", "10-12,14|10-12,14"})
    void indexes_whenRead_areWrittenAsShortAsPossible(String given, String written) {
        assertThat(ArrayIndexes.read(given).orElseThrow()).hasToString(written);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "a", "5-3", "1,", "1 ,2", "10000", "-1"})
    void indexes_whenTheyAreNone_areRefused(String given) {
        assertThat(ArrayIndexes.read(given)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1000, , 3, 30", "1000, 10, 3, 10", "1000, 50, 3, 30", "1000, 5, , 5", "1000, , , 0", "33, , 3, 0"})
    void tolerated_always_isTheLowerLimit(int runs, Integer count, Integer percentage, int tolerated) {
        JsonObject array = JsonObject.of("size", runs)
                .withPresent("tolerated_failure_count", Optional.ofNullable(count))
                .withPresent("tolerated_failure_percentage", Optional.ofNullable(percentage));

        assertThat(read(array).tolerated(runs)).isEqualTo(tolerated);
    }

    @Test
    void chosen_whenAnIndexIsTooHighForTheList_namesTheOption() {
        RunArray array = read(JsonObject.of("list", "s3://bucket/list.json").with("indexes", "2,5"));

        assertThat(array.chosen(6).values()).containsExactly(2, 5);
        assertThatThrownBy(() -> array.chosen(5))
                .hasMessageContaining(
                        "$.run_options.array.indexes: must be below the number of items or the size, which is 5");
    }

    @Test
    void isOne_forAPlaceOrNoArray_isFalse() {
        assertThat(RunArray.isOne(document(JsonObject.of("size", 2)))).isTrue();
        assertThat(RunArray.isOne(document(JsonObject.of("index", 2)))).isFalse();
        assertThat(RunArray.isOne(RunDocument.of(JsonObject.of()))).isFalse();
    }

    @Test
    void filled_always_replacesTheIndexInEveryStringButTheItem() {
        RunDocument filled = ArrayPlace.filled(RunDocument.of(JsonObject.of(
                        "commands", List.of("job $INDEX/$INDEX_OF $INDEXES ${INDEX} $INDEX"))
                .with("note", "$INDEX")
                .with(
                        "run_options",
                        JsonObject.of("tags", Map.of("n", "n$INDEX"))
                                .with("array", JsonObject.of("index", 17).with("item", "$INDEX")))));

        assertThat(filled.json().texts("commands")).containsExactly("job 17/$INDEX_OF $INDEXES ${INDEX} 17");
        assertThat(filled.text("note")).contains("$INDEX");
        assertThat(filled.text("run_options", "tags", "n")).contains("n17");
        assertThat(filled.text("run_options", "array", "item")).contains("$INDEX");
    }

    @Test
    void filled_withoutAnArray_isTheSameDocument() {
        RunDocument document = RunDocument.of(JsonObject.of("commands", List.of("echo $INDEX")));

        assertThat(ArrayPlace.filled(document)).isSameAs(document);
    }

    @Test
    void problem_ofAnItem_neverShowsTheItem() {
        assertThat(ArrayPlace.problem("AKIAIOSFODNN7EXAMPLE").orElseThrow())
                .contains("an access key of AWS")
                .doesNotContain("AKIA");
        assertThat(ArrayPlace.problem("x".repeat(8193)).orElseThrow()).contains("8192 bytes, has 8193");
        assertThat(ArrayPlace.problem("a\0b")).isPresent();
        assertThat(ArrayPlace.problem(Map.of("a", 1))).isEmpty();
    }

    private static RunArray read(JsonObject array) {
        var problems = new Problems();
        RunArray read = RunArray.of(OptionReader.of(array, RunArray.PATH, problems), problems);
        assertThat(problems.found()).isEmpty();
        return read;
    }

    private static RunDocument document(JsonObject array) {
        return RunDocument.of(JsonObject.of("run_options", JsonObject.of("array", array)));
    }
}
