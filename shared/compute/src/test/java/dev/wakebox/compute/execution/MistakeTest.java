package dev.wakebox.compute.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MistakeTest {
    private static final JsonObject DOCUMENT = Json.object("""
            {"commands": ["a", {"b": 1}], "run_options": {"a.b": {"c": 1}, "a": 1, "x[0]": 2, "s/t~u": 3}}
            """.getBytes(UTF_8));

    @ParameterizedTest
    @CsvSource({
        "$, ''",
        "$.commands, /commands",
        "$.commands[1], /commands/1",
        "$.commands[1].b, /commands/1/b",
        "$.commands[7].b, /commands/7/b",
        "$.run_options.a, /run_options/a",
        "$.run_options.a.b, /run_options/a.b",
        "$.run_options.a.b.c, /run_options/a.b/c",
        "$.run_options.x[0], /run_options/x[0]",
        "$.run_options.s/t~u, /run_options/s~1t~0u",
        "$.nothing.there[2], /nothing/there/2"
    })
    void pointer_whenKeysHaveDotsAndBrackets_namesTheKeysOfTheDocument(String path, String pointer) {
        assertThat(new Mistake(path, "is wrong").pointer(DOCUMENT)).isEqualTo(pointer);
    }
}
