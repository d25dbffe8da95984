package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSettingsTest {
    @Test
    void parse_whenValid_readsEveryKey() {
        var fields = Requests.valid();
        fields.put("optimizer", "ADAM");
        fields.put("reduce_lr_on_plateau", Map.of("factor", 0.5, "patience", 2, "min_lr", 0.001));
        fields.put("step_lr", Map.of("step_size", 3, "gamma", 0.1));
        fields.put("dataset", "aGk=");

        assertThat(TrainingSettings.parse(Json.bytes(fields)))
                .isEqualTo(new TrainingSettings(
                        Requests.TOKEN,
                        TrainingSettings.Task.TEXT,
                        "adam",
                        0.05,
                        8,
                        6,
                        30,
                        new TrainingSettings.Source.Text("aGk="),
                        0,
                        new LearningRate.ReduceOnPlateau(0.5, 2, 0.001),
                        new LearningRate.StepLr(3, 0.1)));
    }

    @Test
    void parse_whenTheDatasetIsAnObject_namesItsKey() {
        var fields = Requests.valid();
        fields.remove("dataset");
        fields.put("dataset_key", "uploads/a.csv");

        assertThat(TrainingSettings.parse(Json.bytes(fields)).source())
                .isEqualTo(new TrainingSettings.Source.Stored("uploads/a.csv"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token",
                "task_type",
                "optimizer",
                "learning_rate",
                "batch_size",
                "epochs",
                "data_split",
                "dataset"
            })
    void parse_whenAKeyIsMissing_namesIt(String key) {
        assertThatThrownBy(() -> TrainingSettings.parse(Requests.without(key)))
                .hasMessageStartingWith("training/training.json cannot be used: \"" + key + "\" must be ");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            token,../../status,consist of letters
            task_type,videoClassification,be "textclassification" or "imageclassification"
            learning_rate,fast,be a number
            data_split,70 : 40,be two positive
            data_split,100 : 0,be two positive
            data_split,seventy,be two positive
            step_lr,true,be an object or false
            reduce_lr_on_plateau,true,be an object or false
            """)
    void parse_whenATextBreaksItsRule_namesKeyAndRule(String key, String value, String rule) {
        assertThatThrownBy(() -> TrainingSettings.parse(Requests.with(key, value)))
                .hasMessageContaining("\"" + key + "\" must " + rule);
    }

    @ParameterizedTest
    @CsvSource({"learning_rate,0", "learning_rate,-1", "batch_size,0", "batch_size,2.5", "epochs,0"})
    void parse_whenANumberBreaksItsRule_namesTheKey(String key, double value) {
        assertThatThrownBy(() -> TrainingSettings.parse(Requests.with(key, value)))
                .hasMessageContaining("\"" + key + "\" must be ");
    }

    @Test
    void parse_whenAScheduleIsIncomplete_namesTheInnerKey() {
        assertThatThrownBy(() -> TrainingSettings.parse(Requests.with("step_lr", Map.of("step_size", 2))))
                .hasMessage("training/training.json cannot be used: \"step_lr.gamma\" must be a number.");
    }

    @Test
    void parse_whenItIsNotJson_saysWhere() {
        assertThatThrownBy(() -> TrainingSettings.parse("{\"token\": ".getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("training/training.json cannot be used: The JSON ")
                .hasMessageContaining("line 1");
    }

    @ParameterizedTest
    @CsvSource({
        "textclassification,TEXT",
        "textClassification,TEXT",
        "sentimentAnalysis,TEXT",
        "imageclassification,IMAGE",
        "imageClassification,IMAGE",
    })
    void parse_whateverVersionWroteTheTaskType_knowsIt(String written, TrainingSettings.Task task) {
        assertThat(TrainingSettings.parse(Requests.with("task_type", written)).task())
                .isEqualTo(task);
    }

    @Test
    void parse_whenRowsWereLeftOutBefore_knowsHowMany() {
        assertThat(TrainingSettings.parse(Requests.with("left_out_rows", 3)).leftOutRows())
                .isEqualTo(3);
    }

    @Test
    void parse_whenTheDatasetIsImages_keepsThem() {
        assertThat(TrainingSettings.parse(Requests.with("dataset", Map.of("cat", List.of("aGk="))))
                        .source())
                .isEqualTo(new TrainingSettings.Source.Pictures(JsonObject.of("cat", List.of("aGk="))));
    }

    @ParameterizedTest
    @CsvSource({
        "textclassification-my_task-x8k2p, my task",
        "textClassification-my_task-x8k2p, my task",
        "textClassification-two-part_name-x8k2p, two-part name",
        "odd-x8k2p,",
    })
    void taskName_readsTheNameOutOfTheToken(String token, String name) {
        assertThat(TrainingSettings.parse(Requests.with("token", token))
                        .taskName()
                        .orElse(null))
                .isEqualTo(name);
    }
}
