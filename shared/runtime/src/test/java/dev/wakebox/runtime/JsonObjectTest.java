package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
    private static final JsonObject OBJECT = Json.object("""
            {"z": "text", "a": {"inner": {"deep": 1}}, "none": null, "yes": true, "whole": 3, "large": 3000000000,
             "list": ["one", 2, {"x": "y"}, null]}
            """.getBytes(StandardCharsets.UTF_8));

    @Test
    void accessors_whenTheValueHasTheType_returnIt() {
        assertThat(OBJECT.text("z")).isEqualTo("text");
        assertThat(OBJECT.object("a").object("inner").number("deep")).isEqualTo(1);
        assertThat(OBJECT.number("large")).isEqualTo(3_000_000_000L);
        assertThat(OBJECT.isTrue("yes")).isTrue();
        assertThat(OBJECT.texts("list")).containsExactly("one");
        assertThat(OBJECT.objects("list")).containsExactly(JsonObject.of("x", "y"));
        assertThat(OBJECT.list("list")).hasSize(4);
        assertThat(OBJECT.hasObject("a")).isTrue();
    }

    @Test
    void accessors_whenTheValueHasAnotherTypeOrIsAbsent_returnAnEmptyValue() {
        for (String name : List.of("none", "missing")) {
            assertThat(OBJECT.has(name)).isFalse();
            assertThat(OBJECT.text(name)).isEmpty();
            assertThat(OBJECT.asText(name)).isEmpty();
            assertThat(OBJECT.object(name)).isEmpty();
            assertThat(OBJECT.hasObject(name)).isFalse();
            assertThat(OBJECT.list(name)).isEmpty();
            assertThat(OBJECT.number(name)).isNull();
            assertThat(OBJECT.isTrue(name)).isFalse();
        }
        assertThat(OBJECT.text("whole")).isEmpty();
        assertThat(OBJECT.asText("whole")).isEqualTo("3");
        assertThat(OBJECT.object("list")).isEmpty();
        assertThat(OBJECT.list("a")).isEmpty();
        assertThat(OBJECT.number("z")).isNull();
    }

    @Test
    void with_keepsTheOrderOfKeysAndTheObjectItself() {
        var changed = OBJECT.with("a", null).with("new", 2.50).without("list").withAll(Map.of("z", "other"));

        assertThat(Json.string(changed))
                .isEqualTo("{\"z\":\"other\",\"a\":null,\"none\":null,\"yes\":true,\"whole\":3,\"large\":3000000000,"
                        + "\"new\":2.5}");
        assertThat(OBJECT.object("a")).isNotEmpty();
        assertThat(OBJECT).doesNotContainKey("new").containsKey("list");
    }

    @Test
    void equals_whenAMapHasTheSameEntries_isTrueBothWays() {
        assertThat(JsonObject.of("a", 1)).isEqualTo(Map.of("a", 1)).hasSameHashCodeAs(Map.of("a", 1));
        assertThat(Map.of("a", 1)).isEqualTo(JsonObject.of("a", 1));
    }

    @Test
    void put_isRefused() {
        assertThatThrownBy(() -> OBJECT.put("z", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> OBJECT.remove("z")).isInstanceOf(UnsupportedOperationException.class);
    }
}
