package dev.wakebox.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"authorization": "Bearer abc.def"}             | {"authorization": "…"}
            {"x-api-key":"k-1","id":"u-1"}                  | {"x-api-key":"…","id":"u-1"}
            {"Message":"{\\"clientSecret\\":\\"hush\\"}"}   | {"Message":"{\\"clientSecret\\":\\"…\\"}"}
            https://b/k?X-Amz-Date=1&X-Amz-Signature=0a1b&x | https://b/k?X-Amz-Date=1&X-Amz-Signature=…&x
            said eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2ln      | said …
            {"token": "textclassification-cards-x8k2p"}     | {"token": "textclassification-cards-x8k2p"}
            """)
    void withoutSecrets_whenAMessageCarriesOne_leavesItOut(String message, String shown) {
        assertThat(DeadLetter.withoutSecrets(message)).isEqualTo(shown);
    }

    @Test
    void shortened_whenTheBodyIsLonger_cutsIt() {
        var letter = new DeadLetter("1", Instant.EPOCH, 3, Map.of(), "abcdef");

        assertThat(letter.shortened(3).body()).isEqualTo("abc…");
        assertThat(letter.shortened(6)).isSameAs(letter);
    }
}
