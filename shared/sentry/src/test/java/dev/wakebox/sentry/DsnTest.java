package dev.wakebox.sentry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.WakeboxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DsnTest {
    @ParameterizedTest
    @CsvSource({
        "https://key@o1.ingest.sentry.io/42, https://o1.ingest.sentry.io/api/42/envelope/",
        "https://key:old@sentry.example.org:9000/42, https://sentry.example.org:9000/api/42/envelope/",
        "http://key@example.org/below/it/42, http://example.org/below/it/api/42/envelope/",
    })
    void parse_whenItIsADsn_hasItsEndpointAndKey(String text, String envelopes) {
        assertThat(Dsn.parse(" " + text + "\n").envelopes()).hasToString(envelopes);
        assertThat(Dsn.parse(text).key()).isEqualTo("key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "https://secret.example.org/42",
                "https://secret@example.org",
                "https://se cret@x/1"
            })
    void parse_whenItIsNone_doesNotShowIt(String text) {
        assertThatThrownBy(() -> Dsn.parse(text))
                .isInstanceOf(WakeboxException.class)
                .hasNoCause()
                .message()
                .contains("https://<key>@<host>/<project>")
                .doesNotContain("secret");
    }

    @Test
    void toString_always_hidesTheKey() {
        assertThat(Dsn.parse("https://key@example.org/42").toString()).doesNotContain("key");
    }
}
