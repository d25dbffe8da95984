package dev.wakebox.images.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.images.trainer.LinearTraining.Epoch;
import dev.wakebox.runtime.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearTrainingTest {
    private static final DatasetRows<String> DATASET =
            DatasetReader.texts(Requests.csv().getBytes(StandardCharsets.UTF_8), 0);

    private static final Encoder ENCODER = Encoder.open();

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
        fields.put("learning_rate", 1e-9); // too low for an improvement
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
        var dataset = DatasetReader.texts("input,label\nx,a\ny,b".getBytes(StandardCharsets.UTF_8), 0);
        var split = dataset.split(30, new Random(1));

        new LinearTraining<>(
                        TrainingSettings.parse(Requests.with("epochs", 1)),
                        dataset.labels(),
                        split,
                        new TextFeatures(ENCODER),
                        new Random(1))
                .run(epochs::add);

        assertThat(epochs.getFirst().heldOut()).isNull();
    }

    @Test
    void toJson_whenReadAsDocumented_givesTheSameLabels() throws InterruptedException {
        var model = train(Json.bytes(Requests.valid()), 1);

        var file = Json.object(model.toJson("my-token"));

        assertThat(file)
                .containsEntry("format", "wakebox-text-encoder-linear-1")
                .containsEntry("token", "my-token")
                .containsEntry("encoder", HexFormat.of().formatHex(ENCODER.sha256()));
        var labels = (List<?>) requireNonNull(file.get("labels"));
        var weights = floats(file.get("weights"));
        int classes = labels.size();
        assertThat(weights.limit()).isEqualTo((Encoder.DIMENSION + 1) * classes);
        float[] vector = ENCODER.embed("when does the courier come");
        var scores = new double[classes];
        for (int label = 0; label < classes; label++) {
            scores[label] = weights.get(Encoder.DIMENSION * classes + label);
            for (int feature = 0; feature < Encoder.DIMENSION; feature++) {
                scores[label] += vector[feature] * weights.get(feature * classes + label);
            }
        }
        int best = scores[0] > scores[1] ? 0 : 1;
        best = scores[2] > scores[best] ? 2 : best;
        assertThat(labels.get(best)).isEqualTo("delivery").isEqualTo(model.label("when does the courier come"));
    }

    private LinearModel<String> train(byte[] json, long seed) throws InterruptedException {
        var request = TrainingSettings.parse(json);
        var split = DATASET.split(request.heldOutPercent(), new Random(seed));
        return new LinearTraining<>(request, DATASET.labels(), split, new TextFeatures(ENCODER), new Random(seed))
                .run(epochs::add);
    }

    private static FloatBuffer floats(@Nullable Object base64) {
        return ByteBuffer.wrap(Base64.getDecoder().decode((String) requireNonNull(base64)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }
}
