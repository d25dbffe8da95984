package dev.wakebox.local.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in is as strict as a server, or what our operations ask for proves nothing. */
class SchemaTest {
    @Test
    void select_always_givesWhatIsAskedForAndNothingElse() {
        var mentor = Map.of(
                "_id", "m",
                "name", "Ada",
                "answers", List.of(Map.of("_id", "a", "transcript", "t", "question", Map.of("_id", "q", "name", "n"))));

        var selected = select("""
                query Mentor($id: ID!) { mentor(id: $id) { name answers { ...Recorded } } }
                fragment Recorded on Answer { transcript question { _id } }
                """, Map.of("mentor", mentor));

        assertThat(selected)
                .isEqualTo(Map.of(
                        "mentor",
                        Map.of(
                                "name",
                                "Ada",
                                "answers",
                                List.of(Map.of("transcript", "t", "question", Map.of("_id", "q"))))));
    }

    @ParameterizedTest
    @CsvSource({
        "{ mentor { age } }, 'Cannot query field \"age\" on type \"Mentor\".'",
        "{ mentors { name } }, 'Cannot query field \"mentors\" on type \"Query\".'",
        "{ mentor }, in the wrong way",
        "{ mentor { name { first } } }, in the wrong way",
        "{ mentor { answers { ...Gone } } }, Unknown fragment",
    })
    void select_whenTheTypeHasNoSuchField_refusesAlsoWithoutData(String document, String message) {
        assertThatThrownBy(() -> select(document, Map.of())).hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{ mentor { name }", "query Q(", "fragment F on Answer { _id }"})
    void parse_whenItIsNoOperation_refuses(String document) {
        assertThatThrownBy(() -> Selection.parse(document)).hasMessageStartingWith("Syntax Error");
    }

    private static @Nullable Object select(String document, Map<String, ?> data) {
        return Schema.select(data, "Query", Selection.parse(document).fields());
    }
}
