package dev.wakebox.classifierjobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainMessageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"t\",\"authorization\":\"Bearer secret\",\"origin\":\"https://usc.mentorpal.org\"}",
                "{\"id\":\"t\",\"authorization\":null,\"origin\":null}",
                "{\"watch\":\"t\",\"authorization\":\"Bearer secret\",\"origin\":null}",
                "{\"ping\":true}"
            })
    void of_whenWrittenByOneSide_isReadByTheOther(String json) {
        TrainMessage message = read(json);

        assertThat(Json.string(message)).isEqualTo(json);
        assertThat(message.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\":\"\"}", "{\"id\":7}"})
    void of_whenThereIsNoId_isInvalidRequest(String json) {
        assertThatThrownBy(() -> read(json)).hasMessage("The message has no id of a training.");
    }

    @Test
    void of_whenTheHeadersAreEmpty_hasNone() {
        assertThat(read("{\"id\":\"t\",\"authorization\":\"\"}")).isEqualTo(new TrainMessage.Train("t", null, null));
    }

    private static TrainMessage read(String json) {
        return TrainMessage.of(Json.object(json.getBytes(StandardCharsets.UTF_8)));
    }
}
