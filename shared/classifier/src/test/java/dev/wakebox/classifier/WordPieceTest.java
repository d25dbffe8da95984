package dev.wakebox.classifier;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WordPieceTest {
    private static final WordPiece TOKENIZER = tokenizer();

    record Reference(String text, long[] ids) {
        static Reference of(Object json) {
            var fields = (Map<?, ?>) json;
            return new Reference(
                    String.valueOf(fields.get("text")),
                    ((List<?>) requireNonNull(fields.get("ids")))
                            .stream().mapToLong(id -> ((Number) id).longValue()).toArray());
        }
    }

    /**
     * Compares with the tokens of the library "tokenizers" 0.23.3, made with the encoder's tokenizer file from texts in
     * many scripts.
     */
    static List<Reference> references() throws IOException {
        return JSON.std.listFrom(WordPieceTest.class.getResource("tokens.json")).stream()
                .map(Reference::of)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("references")
    void encode_always_givesTheTokensOfTheReference(Reference reference) {
        assertThat(TOKENIZER.encode(reference.text(), 1_000)).isEqualTo(reference.ids());
    }

    @Test
    void encode_whenTheTextIsTooLong_keepsItsStartAndTheEndMark() {
        assertThat(TOKENIZER.encode("one two three four", 4)).containsExactly(101, 2028, 2048, 102);
        assertThat(TOKENIZER.encode("one two", 4)).containsExactly(101, 2028, 2048, 102);
    }

    private static WordPiece tokenizer() {
        try {
            return new WordPiece(Files.readAllLines(Path.of("target/encoder/vocabulary.txt")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
