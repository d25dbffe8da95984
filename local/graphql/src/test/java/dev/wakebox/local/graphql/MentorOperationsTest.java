package dev.wakebox.local.graphql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import graphql.ExecutionResult;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stand-in is as strict as a real server; otherwise tests of our operations prove nothing. */
class MentorOperationsTest {
    private static final String TASK = """
            mutation ($task: ID!, $mentor: ID!) {
              me { mentorTrainTaskAddOrUpdate(taskDocId: $task, mentorId: $mentor, status: "QUEUED") { _id status } }
            }
            """;

    private final MentorData data = new MentorData();
    private final MentorOperations operations = new MentorOperations(data);

    @Test
    void mentor_always_hasWhatIsAskedForAndNothingElse() {
        data.put("m", Map.of("name", "Ada", "answers", List.of(Map.of("_id", "a", "transcript", "t"))));

        assertThat(execute("{ mentor(id: \"m\") { name answers { transcript } } }", null)
                        .<Map<String, Object>>getData())
                .isEqualTo(Map.of("mentor", Map.of("name", "Ada", "answers", List.of(Map.of("transcript", "t")))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ mentor(id: \"m\") { age } }                         | 'age' in type 'Mentor' is undefined",
                "{ mentor(mentor: \"m\") { name } }                    | Unknown field argument 'mentor'",
                "{ mentor { name } }                                   | Missing field argument 'id'",
                "{ mentor(id: [1]) { name } }                          | is not a valid 'ID'",
                "{ mentor(id: \"m\") }                                 | Subselection required",
                "{ mentor(id: \"m\") { name { first } } }              | Subselection not allowed",
                "query ($m: String!) { mentorCanEdit(mentor: $m) }     | used in position expecting type 'ID!'",
                "mutation { me { mentorTrainTaskAddOrUpdate(taskId: \"t\", mentorId: \"m\", status: \"Q\") { _id } } } | taskId",
                "mutation { updateMentorTraining(id: \"m\") { done } } | 'done' in type 'Mentor' is undefined",
                "{ mentor(id: \"m\") {                                 | Invalid syntax",
            })
    void execute_whenTheSchemaHasNoSuchThing_isRefused(String document, String message) {
        ExecutionResult result = execute(document, "Bearer x");

        assertThat(result.isDataPresent()).isFalse();
        assertThat(result.getErrors().toString()).contains(message);
    }

    @Test
    void execute_whenAnInputLacksAField_isRefused() {
        ExecutionResult result = operations.execute(
                "mutation ($q: UserQuestionCreateInput!) { userQuestionCreate(userQuestion: $q) { _id } }",
                Map.of("q", Map.of("mentor", "m", "question", "Who?", "confidence", 1.0)),
                Sender.of(null));

        assertThat(result.getErrors().toString()).contains("classifierAnswer");
        assertThat(data.notes()).containsEntry("userQuestions", List.of());
    }

    @Test
    void mentorCanEdit_asksTheRoleTheOwnMentorsAndTheEditors() {
        data.put("m", Map.of("editors", List.of("editor-1")));

        assertThat(canEdit("{\"id\":\"editor-1\",\"role\":\"USER\"}")).isEqualTo(true);
        assertThat(canEdit("{\"id\":\"user-1\",\"role\":\"USER\",\"mentorIds\":[\"m\"]}"))
                .isEqualTo(true);
        assertThat(canEdit("{\"id\":\"user-1\",\"role\":\"ADMIN\"}")).isEqualTo(true);
        assertThat(canEdit("{\"id\":\"user-1\",\"role\":\"USER\",\"mentorIds\":[\"other\"]}"))
                .isEqualTo(false);
        assertThat(canEdit("no JSON")).isEqualTo(false);
    }

    @Test
    void trainTask_keepsAnIdOfTheDatabaseAndGivesOneForAnother() {
        data.put("m", Map.of());

        String kept = task("5ffdf1241ee2c62320b49124");
        String given = task("9ed84fa4-f98a-45fd-bb6b-6eac9f6f4f59");

        assertThat(kept).isEqualTo("5ffdf1241ee2c62320b49124");
        assertThat(given).matches("[0-9a-f]{24}");
        assertThat(execute("{ mentor(id: \"m\") { lastTrainStatus } }", null).<Map<String, Object>>getData())
                .isEqualTo(Map.of("mentor", Map.of("lastTrainStatus", "QUEUED")));
    }

    private String task(String id) {
        ExecutionResult result = operations.execute(TASK, Map.of("task", id, "mentor", "m"), Sender.of("Bearer x"));
        assertThat(result.getErrors()).isEmpty();
        return String.valueOf(((List<?>) requireNonNull(data.notes().get("trainTasks"))).getLast())
                .replaceAll(".*_id=(\\w+).*", "$1");
    }

    private @Nullable Object canEdit(String claims) {
        String token =
                "Bearer e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8)) + ".x";
        Map<String, @Nullable Object> data = requireNonNull(
                execute("{ mentorCanEdit(mentor: \"m\") }", token).getData());
        return data.get("mentorCanEdit");
    }

    private ExecutionResult execute(String document, @Nullable String authorization) {
        return operations.execute(document, Map.of(), Sender.of(authorization));
    }
}
