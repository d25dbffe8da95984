package dev.wakebox.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionTextTest {
    @ParameterizedTest
    @CsvSource({
        "'  How old ARE you?? ', how old are you",
        "'What’s your   name', whats your name",
        "What's your name?, whats your name",
        "how\u00a0old\u3000are\tyou, how old are you",
        "IN ISTANBUL, in istanbul",
        "Straße, strasse",
        "STRASSE, strasse",
        "ΣΊΣΥΦΟΣ, σίσυφος",
        "Cafe\u0301 2, café 2",
        "Привет!, привет",
        "你好？, 你好",
        "हिन्दी?, हिन्दी",
        "'😀 - !', ''",
    })
    void key_always_isLettersAndDigitsWithoutCase(String text, String key) {
        assertThat(QuestionText.key(text)).isEqualTo(key);
    }

    @Test
    void clean_always_keepsCaseAndPunctuation() {
        assertThat(QuestionText.clean(" Who's\r\n\tthere?\u0000 ")).isEqualTo("Who's there?");
    }

    @Test
    void clean_whenTheTextIsHuge_readsItsStartWithoutHalvingACharacter() {
        assertThat(QuestionText.clean("x" + "😀".repeat(50_000))).isEqualTo("x" + "😀".repeat(999));
    }
}
