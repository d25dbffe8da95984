package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    void object_whenSavedInAnotherEncoding_tellsTheLineAndWhatToDo() {
        assertThatThrownBy(() -> Json.object("{\"a\": 1,\n \"b\": \"Muñoz\"}".getBytes(StandardCharsets.ISO_8859_1)))
                .satisfies(JsonTest::isInvalidRequest)
                .hasMessageContaining("not UTF-8 at line 2")
                .hasMessageContaining("encoding UTF-8");
    }

    @Test
    void object_whenMalformed_tellsLineAndColumn() {
        assertThatThrownBy(() -> Json.object(bytes("{\n \"a\" 1}"))).hasMessageContaining("line 2, column ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\": 1, \"id\": 2}",
                "{\"id\": {\"a\": 1}, \"b\": [], \"id\": {\"c\": 3}}",
                "{\"a\": [{\"id\": [], \"id\": [1, {\"b\": 2}]}]}",
                "{\"id\":1,\"id\":1}",
                "{\"i\\u0064\": 1, \"id\": null}"
            })
    void object_whenAKeyStandsTwice_namesItAndWhere(String json) {
        assertThatThrownBy(() -> Json.object(bytes(json)))
                .satisfies(JsonTest::isInvalidRequest)
                .hasMessageContaining("has the key \"id\" twice at line 1, column ");
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

    @SnakeCase
    private record Part(String feedbackId, @Nullable Integer order) {}

    private record Whole(String zone, Optional<String> missing, Optional<String> present, List<Part> parts) {}

    @Test
    void bytes_whenRecord_writesComponentsInOrderNullsAsNullAndOmitsEmptyOptionals() {
        var whole = new Whole("z", Optional.empty(), Optional.of("p"), List.of(new Part("f", null)));

        assertThat(Json.string(whole))
                .isEqualTo("{\"zone\":\"z\",\"present\":\"p\",\"parts\":[{\"feedback_id\":\"f\",\"order\":null}]}");
    }

    record Message(@Nullable String id, boolean ping) {
        Message {
            if ("".equals(id)) {
                throw WakeboxException.invalidField("id", "The id is empty.");
            }
        }
    }

    @Test
    void record_readsKnownKeysAndLeavesOthersOut() {
        assertThat(Json.record(bytes("{\"id\": \"7\", \"more\": 1}"), Message.class))
                .isEqualTo(new Message("7", false));
        assertThat(Json.record(bytes("{\"ping\": true}"), Message.class)).isEqualTo(new Message(null, true));
    }

    @Test
    void record_whenTheConstructorRefuses_throwsItsRefusal() {
        assertThatThrownBy(() -> Json.record(bytes("{\"id\": \"\"}"), Message.class))
                .isInstanceOf(WakeboxException.class)
                .hasMessage("The id is empty.");
    }

    @Test
    void record_whenTheJsonIsNoObject_refusesIt() {
        for (String json : List.of("[1]", "{\"id\"", "")) {
            assertThatThrownBy(() -> Json.record(bytes(json), Message.class))
                    .isInstanceOfSatisfying(
                            WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
    }
}
