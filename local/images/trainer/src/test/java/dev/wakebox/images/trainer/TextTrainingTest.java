package dev.wakebox.images.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.images.trainer.TextTraining.Epoch;
import dev.wakebox.runtime.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTrainingTest {
    private static final Dataset DATASET = Dataset.parse(Requests.csv().getBytes(StandardCharsets.UTF_8));

    private final List<Epoch> epochs = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"adam,0.05", "adamw,0.05", "rmsprop,0.05", "sgd,1", "lion,0.05"})
    void run_withEachOptimizer_learns(String optimizer, double learningRate) throws InterruptedException {
        var fields = Requests.valid();
        fields.put("optimizer", optimizer);
        fields.put("learning_rate", learningRate);

        var model = train(Json.bytes(fields), 1);

        assertThat(epochs).hasSize(6);
        assertThat(requireNonNull(epochs.getLast().heldOut()).accuracy()).isEqualTo(1);
        assertThat(epochs.getLast().train().loss())
                .isLessThan(epochs.getFirst().train().loss() / 2);
        assertThat(model.label("My PASSWORD: I forgot it")).isEqualTo("password");
        assertThat(model.label("money back, a refund!")).isEqualTo("refund");
    }

    @Test
    void run_whenTheSeedIsTheSame_givesTheSameModel() throws InterruptedException {
        byte[] request = Requests.with("epochs", 2);

        byte[] model = train(request, 7).toJson("t");

        assertThat(train(request, 7).toJson("t")).isEqualTo(model);
        assertThat(train(request, 8).toJson("t")).isNotEqualTo(model);
    }

    @Test
    void run_withStepLr_learnsEachEpochWithItsRate() throws InterruptedException {
        train(Requests.with("step_lr", Map.of("step_size", 2, "gamma", 0.5)), 1);

        assertThat(epochs).extracting(Epoch::learningRate).containsExactly(0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125);
    }

    @Test
    void run_withReduceLrOnPlateau_watchesTheHeldOutLoss() throws InterruptedException {
        var fields = Requests.valid();
        fields.put("learning_rate", 1e-9); // too little to improve anything
        fields.put("reduce_lr_on_plateau", Map.of("factor", 0.5, "patience", 1, "min_lr", 0));

        train(Json.bytes(fields), 1);

        assertThat(epochs).extracting(Epoch::learningRate).containsExactly(1e-9, 1e-9, 1e-9, 5e-10, 5e-10, 2.5e-10);
    }

    @Test
    void run_honoursTheBatchSize() throws InterruptedException {
        train(Requests.with("batch_size", 1), 1);
        train(Requests.with("batch_size", 256), 1);

        assertThat(epochs.get(0).train().loss())
                .as("42 steps get further in an epoch than one")
                .isLessThan(epochs.get(6).train().loss() / 2);
    }

    @Test
    void run_whenNothingIsHeldOut_measuresNothing() throws InterruptedException {
        var dataset = Dataset.parse("input,label\nx,a\ny,b".getBytes(StandardCharsets.UTF_8));
        var split = dataset.split(30, new Random(1));

        new TextTraining(TrainingRequest.parse(Requests.with("epochs", 1)), dataset.labels(), split, new Random(1))
                .run(epochs::add);

        assertThat(epochs.getFirst().heldOut()).isNull();
    }

    @Test
    void toJson_whenReadAsDocumented_givesTheSameLabels() throws InterruptedException {
        var model = train(Json.bytes(Requests.valid()), 1);

        var file = Json.object(model.toJson("my-token"));

        assertThat(file).containsEntry("format", "wakebox-text-linear-1").containsEntry("token", "my-token");
        var labels = (List<?>) requireNonNull(file.get("labels"));
        var terms = (List<?>) requireNonNull(file.get("terms"));
        var idf = floats(file.get("idf"));
        var weights = floats(file.get("weights"));
        assertThat(idf.limit()).isEqualTo(terms.size());
        assertThat(weights.limit()).isEqualTo((terms.size() + 1) * labels.size());
        // one known word: its normalised tf-idf is 1, so the scores are its row plus the last one, the bias
        int row = terms.indexOf("courier") * labels.size();
        int bias = terms.size() * labels.size();
        int best = 0;
        for (int label = 1; label < labels.size(); label++) {
            if (weights.get(row + label) + weights.get(bias + label)
                    > weights.get(row + best) + weights.get(bias + best)) {
                best = label;
            }
        }
        assertThat(labels.get(best)).isEqualTo("delivery").isEqualTo(model.label("courier"));
    }

    @Test
    void vocabulary_pastItsLimit_keepsWhatMostTextsHave() {
        var vocabulary = Vocabulary.of(List.of("a b", "b a", "b c"), 2);

        assertThat(vocabulary.terms()).containsExactly("b", "a");
        assertThat(vocabulary.vector("unknown words").index()).containsExactly(2);
    }

    private TextModel train(byte[] json, long seed) throws InterruptedException {
        var request = TrainingRequest.parse(json);
        var split = DATASET.split(request.heldOutPercent(), new Random(seed));
        return new TextTraining(request, DATASET.labels(), split, new Random(seed)).run(epochs::add);
    }

    private static FloatBuffer floats(@Nullable Object base64) {
        return ByteBuffer.wrap(Base64.getDecoder().decode((String) requireNonNull(base64)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }
}
