package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.InMemoryMentors;
import dev.wakebox.mentors.Media;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.Question;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClassifierFollowupsHandlerTest {
    /** As in the fixtures. */
    private static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    private static final String OWN = "classifier-followups-own.json";
    private static final String NAMED = "classifier-followups-mentor.json";

    private final InMemoryMentors mentors = new InMemoryMentors();
    private final ClassifierFollowupsHandler handler;

    ClassifierFollowupsHandlerTest() {
        var gazetteer = new Gazetteer();
        handler = new ClassifierFollowupsHandler(
                MentorAccess.ofClaims(), mentors, new FollowUps(gazetteer, new NameRules(gazetteer)));
    }

    @Test
    void followups_always_haveQuestionKindAndTemplate() {
        mentors.put(mentor());

        assertThat(followUps(Invocation.ofFixture(handler, NAMED)))
                .isEqualTo(List.of(Map.of(
                        "question", "What was Karlskrona like?",
                        "entityType", "place",
                        "template", "What was {entity} like?")));
    }

    @Test
    void followups_whenTheCallersOwn_areThoseOfTheOnlyMentorInTheToken() {
        mentors.put(mentor());

        assertThat(followUps(Invocation.ofFixture(handler, OWN))).hasSize(1);
        assertThat(mentors.authorizations()).containsExactly("Bearer token");
    }

    @Test
    void followups_whenTheTokenIsOfSeveralMentors_areThoseOfTheSourcesOwn() {
        mentors.put(mentor());

        assertThat(followUps(Invocation.of(handler, own(MENTOR + ",another")))).hasSize(1);
    }

    @Test
    void followups_whenTheTokenIsOfNoMentor_areThoseOfTheSourcesOwn() {
        mentors.put(mentor());

        assertThat(followUps(Invocation.of(handler, own("")))).hasSize(1);
    }

    @Test
    void followups_whenTheCallersOwnIsUnknown_sayHowToAsk() {
        var answer = Invocation.of(handler, own(""));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(String.valueOf(answer.get("body"))).contains("is of 0 mentors; name one of them");
    }

    @Test
    void followups_whenTheCallerMayNotEditTheMentor_areForbidden() {
        mentors.put(mentor());

        assertThat(Invocation.of(
                        handler,
                        Invocation.fixture(NAMED).replace("\"mentorIds\": \"" + MENTOR, "\"mentorIds\": \"another")))
                .containsEntry("statusCode", 403);
    }

    @Test
    void followups_whenTheMentorIsUnknown_are404() {
        assertThat(Invocation.ofFixture(handler, NAMED)).containsEntry("statusCode", 404);
    }

    @Test
    void followups_whenThereIsNoSuchCategory_areNone() {
        mentors.put(mentor());

        assertThat(followUps(Invocation.of(
                        handler,
                        Invocation.fixture(NAMED).replace("\"category\": \"Background\"", "\"category\": \"x\""))))
                .isEqualTo(List.of());
    }

    @Test
    void followups_whenTheCategoryIsBlankOrTooLong_areRefused() {
        for (String category : List.of(" ", "x".repeat(201))) {
            assertThat(Invocation.of(
                            handler,
                            Invocation.fixture(NAMED)
                                    .replace("\"category\": \"Background\"", "\"category\": \"" + category + "\"")))
                    .containsEntry("statusCode", 400);
        }
    }

    @Test
    void followups_whenTheSourceFails_saySo() {
        mentors.failWith(new WakeboxException(ErrorCode.GATEWAY_TIMEOUT, "Too slow."));

        assertThat(Invocation.ofFixture(handler, NAMED)).containsEntry("statusCode", 504);
    }

    private static String own(String mentorIds) {
        return Invocation.fixture(OWN).replace("\"mentorIds\": \"" + MENTOR, "\"mentorIds\": \"" + mentorIds);
    }

    private static Mentor mentor() {
        var question = new Question("q", "Where did you grow up?", "QUESTION", "", List.of());
        return new Mentor(
                MENTOR,
                "Ada",
                List.of(new Answer(
                        "a", "COMPLETE", "I grew up in Karlskrona.", "", question, List.of("Background"), Media.NONE)),
                List.of());
    }

    private static List<?> followUps(Map<String, @Nullable Object> answer) {
        assertThat(answer).containsEntry("statusCode", 200);
        Map<?, ?> data = (Map<?, ?>) requireNonNull(Invocation.body(answer).get("data"));
        return (List<?>) requireNonNull(data.get("followups"));
    }
}
