package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRequestTest {
    @Test
    void parse_whenValid_readsEveryKey() {
        var fields = Requests.valid();
        fields.put("optimizer", "ADAM");
        fields.put("reduce_lr_on_plateau", Map.of("factor", 0.5, "patience", 2, "min_lr", 0.001));
        fields.put("step_lr", Map.of("step_size", 3, "gamma", 0.1));
        fields.put("dataset", "aGk=");

        assertThat(TrainingRequest.parse(Json.bytes(fields)))
                .isEqualTo(new TrainingRequest(
                        Requests.TOKEN,
                        "textClassification",
                        "adam",
                        0.05,
                        8,
                        6,
                        30,
                        new TrainingRequest.Source.Inline("aGk="),
                        new LearningRate.ReduceOnPlateau(0.5, 2, 0.001),
                        new LearningRate.StepLr(3, 0.1)));
    }

    @Test
    void parse_whenTheDatasetIsAnObject_namesItsKey() {
        var fields = Requests.valid();
        fields.remove("dataset");
        fields.put("dataset_key", "uploads/a.csv");

        assertThat(TrainingRequest.parse(Json.bytes(fields)).source())
                .isEqualTo(new TrainingRequest.Source.Stored("uploads/a.csv"));
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
        assertThatThrownBy(() -> TrainingRequest.parse(Requests.without(key)))
                .hasMessageStartingWith("training/training.json cannot be used: \"" + key + "\" must be ");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            token,../../status,consist of letters
            task_type,videoClassification,be "textClassification"
            learning_rate,fast,be a number
            data_split,70 : 40,be two positive
            data_split,100 : 0,be two positive
            data_split,seventy,be two positive
            step_lr,true,be an object or false
            reduce_lr_on_plateau,true,be an object or false
            """)
    void parse_whenATextBreaksItsRule_namesKeyAndRule(String key, String value, String rule) {
        assertThatThrownBy(() -> TrainingRequest.parse(Requests.with(key, value)))
                .hasMessageContaining("\"" + key + "\" must " + rule);
    }

    @ParameterizedTest
    @CsvSource({"learning_rate,0", "learning_rate,-1", "batch_size,0", "batch_size,2.5", "epochs,0"})
    void parse_whenANumberBreaksItsRule_namesTheKey(String key, double value) {
        assertThatThrownBy(() -> TrainingRequest.parse(Requests.with(key, value)))
                .hasMessageContaining("\"" + key + "\" must be ");
    }

    @Test
    void parse_whenAScheduleIsIncomplete_namesTheInnerKey() {
        assertThatThrownBy(() -> TrainingRequest.parse(Requests.with("step_lr", Map.of("step_size", 2))))
                .hasMessage("training/training.json cannot be used: \"step_lr.gamma\" must be a number.");
    }

    @Test
    void parse_whenItIsNotJson_saysWhere() {
        assertThatThrownBy(() -> TrainingRequest.parse("{\"token\": ".getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("training/training.json cannot be used: The JSON ")
                .hasMessageContaining("line 1");
    }

    @Test
    void parse_whenTheTaskIsAboutImages_saysThatThisImageTrainsTextOnly() {
        assertThatThrownBy(() -> TrainingRequest.parse(Requests.with("task_type", "imageClassification")))
                .hasMessageStartingWith("This machine image trains text only");
    }

    @ParameterizedTest
    @CsvSource({
        "textClassification-my_task-x8k2p, my task",
        "textClassification-two-part_name-x8k2p, two-part name",
        "odd-x8k2p,",
    })
    void taskName_readsTheNameOutOfTheToken(String token, String name) {
        assertThat(TrainingRequest.parse(Requests.with("token", token))
                        .taskName()
                        .orElse(null))
                .isEqualTo(name);
    }
}
