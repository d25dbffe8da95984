package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnicodeTest {
    @Test
    void repaired_whenAHalfOfASurrogatePairIsAlone_hasAQuestionMarkThere() {
        assertThat(Unicode.repaired("a\ud800b\udc00")).isEqualTo("a?b?");
        assertThat(Unicode.isValid("a\ud800b")).isFalse();
    }

    @Test
    void repaired_whenAllIsValid_isTheSame() {
        assertThat(Unicode.repaired("año \ud83d\ude00")).isEqualTo("año \ud83d\ude00");
        assertThat(Unicode.isValid("año \ud83d\ude00")).isTrue();
    }
}
