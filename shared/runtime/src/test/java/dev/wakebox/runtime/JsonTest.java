package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void object_whenAllKindsOfValues_keepsThemAndTheirOrder() {
        var object = Json.object(bytes("{\"b\": [1, 2.5, true, null], \"a\": {\"İ\": \"ı\"}}"));

        assertThat(object.keySet()).containsExactly("b", "a");
        assertThat((List<?>) object.get("b")).hasSize(4).last().isNull();
        assertThat(object.get("a")).isEqualTo(Map.of("İ", "ı"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":}",
                "{'a': 1}",
                "{\"a\": 1,}",
                "{\"a\": NaN}",
                "{\"a\": 1} x",
                "{\"a\": 1}{}",
                "[1]",
                "\"text\"",
                "null",
                "{\"a\": 1, \"a\": 2}",
                "{\"a\": \"\u0001\"}"
            })
    void object_whenNotExactlyOneJsonObject_isInvalidRequestWithoutClassNames(String json) throws IOException {
        assertThatThrownBy(() -> Json.object(bytes(json))).satisfies(JsonTest::isInvalidRequest);
        try (var stream = new ByteArrayInputStream(bytes(json))) {
            assertThatThrownBy(() -> Json.object(stream)).satisfies(JsonTest::isInvalidRequest);
        }
    }

    @Test
    void object_whenBytesAreNoUtf8_isInvalidRequest() {
        for (byte[] json : List.of(
                new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
                new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xc3},
                new byte[] {0, 0, 0, '{', 0x7f, 0, 0, 0},
                new byte[] {0, 0, (byte) 0xff, (byte) 0xfe, 1, 2, 3})) {
            assertThatThrownBy(() -> Json.object(json)).satisfies(JsonTest::isInvalidRequest);
        }
    }

    @Test
    void object_whenMalformed_tellsLineAndColumn() {
        assertThatThrownBy(() -> Json.object(bytes("{\n \"a\" 1}"))).hasMessageContaining("line 2, column ");
    }

    @Test
    void object_whenNestedTooDeep_isInvalidRequest() {
        assertThatThrownBy(() -> Json.object(bytes("{\"a\":" + "[".repeat(100_000))))
                .satisfies(JsonTest::isInvalidRequest);
    }

    @Test
    void bytes_whenReadAgain_areTheSameObject() {
        Map<String, Object> value = Map.of("a", List.of(1, "ğ\n\"", true), "b", Map.of());

        assertThat(Json.object(Json.bytes(value))).isEqualTo(value);
        assertThat(Json.string(value)).doesNotContain("\n");
    }

    private static void isInvalidRequest(Throwable thrown) {
        assertThat(thrown).isInstanceOfSatisfying(WakeboxException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e).hasMessageStartingWith("The JSON ").message().doesNotContain("Exception", "com.fasterxml");
        });
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
