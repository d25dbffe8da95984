package dev.wakebox.mentors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class MentorJsonTest {
    @Test
    void read_afterWrite_isTheSameButForUsersQuestions() {
        Mentor ada = SampleMentors.ada();

        assertThat(MentorJson.read("ada", MentorJson.write(ada)))
                .isEqualTo(new Mentor("ada", "Ada", ada.answers(), List.of()));
    }

    @Test
    void read_whenFieldsAreNullOrMissing_takesThemForEmpty() {
        var mentor = read("""
                {"name": null, "questions": null, "orphanedCompleteAnswers": null, "userQuestions": null, "answers": [
                  {"_id": "a", "status": null, "transcript": null, "question": {"_id": "q", "paraphrases": null}},
                  {"_id": "b", "question": null}, {"_id": null, "question": {}}, null]}
                """);

        assertThat(mentor.answers()).hasSize(1);
        assertThat(mentor.answers().getFirst().usable()).isFalse();
        assertThat(mentor.answers().getFirst().media()).isEqualTo(Media.NONE);
        assertThat(mentor.name()).isEmpty();
    }

    @Test
    void read_always_takesOrphanedAnswersTopicsMediaAndGradings() {
        var mentor = read("""
                {"name": "Ada",
                 "questions": [{"question": {"_id": "q"}, "topics": [{"name": "Life"}, {"name": "Work"}, {"name": "Life"}]}],
                 "answers": [{"_id": "a", "status": "COMPLETE", "transcript": "t", "markdownTranscript": "*t*",
                   "question": {"_id": "q", "question": "Q?", "type": "QUESTION", "name": "", "paraphrases": ["P?", " "]},
                   "webMedia": {"type": "video", "tag": "web", "url": "u"}, "mobileMedia": {"url": ""}}],
                 "orphanedCompleteAnswers": [
                   {"_id": "a", "transcript": "again", "question": {"_id": "q"}},
                   {"_id": "o", "transcript": "orphan", "question": {"_id": "r", "question": "R?"}}],
                 "userQuestions": {"edges": [
                   {"node": {"question": "graded?", "graderAnswer": {"_id": "a"}}},
                   {"node": {"question": "not graded?", "graderAnswer": null}}]}}
                """);

        assertThat(mentor.answers()).extracting(Answer::id).containsExactly("a", "o");
        Answer first = mentor.answers().getFirst();
        assertThat(first.transcript()).isEqualTo("t");
        assertThat(first.markdown()).isEqualTo("*t*");
        assertThat(first.topics()).containsExactlyInAnyOrder("Life", "Work");
        assertThat(first.question().paraphrases()).containsExactly("P?");
        assertThat(first.media())
                .isEqualTo(new Media(
                        JsonObject.of("type", "video").with("tag", "web").with("url", "u"),
                        null,
                        null,
                        JsonObject.of()));
        assertThat(mentor.graded()).containsExactly(new Mentor.GradedQuestion("graded?", "a"));
    }

    private static Mentor read(String json) {
        return MentorJson.read("m", json.getBytes(UTF_8));
    }
}
