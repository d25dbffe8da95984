package dev.wakebox.classifier;

import static dev.wakebox.classifier.Questions.ENCODER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderTest {
    @Test
    void embed_always_hasLengthOneAndFollowsMeaning() {
        float[] age = ENCODER.embed("How old are you?");

        assertThat(Vectors.dot(age, age)).isCloseTo(1, within(1e-5f));
        assertThat(Vectors.dot(age, ENCODER.embed("What is your age?")))
                .isGreaterThan(Vectors.dot(age, ENCODER.embed("What is your name?")) + 0.1f);
    }

    @Test
    void embed_whenManyAreReadAtOnce_givesTheVectorsOfEachAlone() {
        var texts = List.of("How old are you?", "A much longer question about nothing in particular", "?");
        var many = Collections.nCopies(20, texts).stream().flatMap(List::stream).toList();

        float[][] vectors = ENCODER.embed(many);

        for (int i = 0; i < vectors.length; i++) {
            assertThat(vectors[i]).isEqualTo(ENCODER.embed(many.get(i)));
        }
    }

    @Test
    void open_whenThereIsNoEncoder_saysWhere() {
        assertThatThrownBy(() -> Encoder.open(Path.of("nowhere")))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void open_whenTheModelIsMissing_saysIt(@TempDir Path directory) throws IOException {
        Files.copy(Path.of("target/encoder/encoder.sha256"), directory.resolve("encoder.sha256"));

        assertThatThrownBy(() -> Encoder.open(directory))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("encoder.onnx");
    }

    @Test
    void open_always_leavesTheModelToTheFirstText(@TempDir Path directory) throws IOException {
        Files.copy(Path.of("target/encoder/encoder.sha256"), directory.resolve("encoder.sha256"));
        Files.createFile(directory.resolve("encoder.onnx"));
        Files.write(directory.resolve("vocabulary.txt"), new byte[] {(byte) 0xff}); // not UTF-8

        try (var encoder = Encoder.open(directory)) {
            assertThat(encoder.sha256()).isEqualTo(ENCODER.sha256());
            assertThatThrownBy(() -> encoder.embed("How old are you?"))
                    .isInstanceOf(WakeboxException.class)
                    .hasMessageContaining(directory.toString());
        }
    }
}
