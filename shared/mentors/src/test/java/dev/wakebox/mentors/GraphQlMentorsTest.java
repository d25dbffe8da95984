package dev.wakebox.mentors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GraphQlMentorsTest {
    private final GraphQlStandIn server = GraphQlStandIn.start(0);
    private final GraphQlMentors mentors = mentors(server.uri(), Duration.ofSeconds(10));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void find_whenKnown_hasAllThatWasRecorded() {
        Mentor marta = mentors.find(GraphQlStandIn.MENTOR, null).orElseThrow();

        assertThat(marta.name()).isEqualTo("Marta Lindqvist");
        assertThat(marta.answersToQuestions()).hasSizeGreaterThanOrEqualTo(60).allSatisfy(answer -> {
            assertThat(answer.question().text()).isNotBlank();
            assertThat(answer.topics()).isNotEmpty();
            assertThat(answer.media().playable()).isTrue();
        });
        assertThat(marta.answersToQuestions().stream()
                        .mapToInt(answer -> answer.question().paraphrases().size())
                        .sum())
                .isGreaterThanOrEqualTo(200);
        assertThat(marta.utterances("_OFF_TOPIC_")).hasSizeGreaterThan(1);
        assertThat(marta.answers()).extracting(Answer::status).contains("INCOMPLETE", "SKIP");
    }

    @Test
    void find_whenAnEditorHasGradedQuestions_hasThem() {
        server.put(
                "m1",
                Json.object("{\"userQuestions\": [{\"question\": \"huh?\", \"graderAnswer\": {\"_id\": \"a\"}}]}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        assertThat(mentors.find("m1", null).orElseThrow().graded())
                .containsExactly(new Mentor.GradedQuestion("huh?", "a"));
    }

    @Test
    void find_whenUnknown_isEmpty() {
        assertThat(mentors.find("nobody", null)).isEmpty();
    }

    @Test
    void find_whenTheServerFailsForAMoment_triesAgain() {
        server.fail(503, 0, 2);

        assertThat(mentors.find(GraphQlStandIn.MENTOR, null)).isPresent();
    }

    @Test
    void find_whenTheServerStaysDown_isABadGateway() {
        server.fail(500, 0, 1000);

        assertFails(() -> mentors.find("m1", null), ErrorCode.BAD_GATEWAY, "Ordered by the test");
    }

    @Test
    void find_whenNobodyListens_isABadGateway() {
        server.close();

        assertFails(() -> mentors.find("m1", null), ErrorCode.BAD_GATEWAY, "could not be reached");
    }

    @Test
    void find_whenTheServerIsTooSlow_isAGatewayTimeout() {
        server.fail(0, 60_000, 1000);

        assertFails(
                () -> mentors(server.uri(), Duration.ofMillis(200)).find("m1", null),
                ErrorCode.GATEWAY_TIMEOUT,
                "did not answer within 0.2 s");
    }

    @Test
    void find_whenTheServerRefusesTheToken_isUnauthorizedAtOnce() {
        server.fail(401, 0, 1);

        assertFails(() -> mentors.find("m1", "Bearer x"), ErrorCode.UNAUTHORIZED, "token (401)");
    }

    @Test
    void find_whenTheEndpointIsNoGraphQlServer_saysSo() {
        assertFails(
                () -> mentors(server.uri().resolve("/stand-in/mentors/"), Duration.ofSeconds(5))
                        .find("m1", null),
                ErrorCode.BAD_GATEWAY,
                "without data");
    }

    @Test
    void category_whenKnown_hasItsAnswersAndTheMentor() {
        AnsweredCategory category = mentors.category(GraphQlStandIn.MENTOR, "Background", "Bearer x")
                .orElseThrow();

        assertThat(category.transcripts()).hasSizeBetween(2, 20).anySatisfy(transcript -> assertThat(transcript)
                .contains("Karlskrona"));
        assertThat(category.mentor().name()).isEqualTo("Marta Lindqvist");
        assertThat(category.mentor().answersToQuestions()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(server.notes()).containsEntry("authorizations", List.of("Bearer x"));
    }

    @Test
    void category_whenUnknown_hasNoAnswers_andOfNobodyIsEmpty() {
        assertThat(mentors.category(GraphQlStandIn.MENTOR, "nothing", null)
                        .orElseThrow()
                        .transcripts())
                .isEmpty();
        assertThat(mentors.category("nobody", "Background", null)).isEmpty();
    }

    @Test
    void own_whenTheServerKnowsTheCaller_isTheirMentor() {
        assertThat(mentors.own("Bearer x")).contains(GraphQlStandIn.MENTOR);
        assertThat(mentors.own(null)).isEmpty();
    }

    @Test
    void markTrained_always_showsWhoAsks() {
        mentors.markTrained(GraphQlStandIn.MENTOR, "Bearer x");

        assertThat(server.notes())
                .containsEntry("trained", Map.of(GraphQlStandIn.MENTOR, 1))
                .containsEntry("authorizations", List.of("Bearer x"));
    }

    @Test
    void markTrained_whenTheServerSaysNo_isNotTriedAgain() {
        assertFails(
                () -> mentors.markTrained(GraphQlStandIn.MENTOR, null), ErrorCode.BAD_GATEWAY, "Only authenticated");
    }

    @Test
    void report_always_givesTheIdOfTheNote() {
        String id = mentors.report(new UserQuestion("m1", "Who?", "a", "CLASSIFIER", 0.25, "chat"))
                .orElseThrow();

        assertThat(server.notes().get("userQuestions"))
                .isEqualTo(List.of(Map.of(
                        "_id",
                        id,
                        "mentor",
                        "m1",
                        "question",
                        "Who?",
                        "classifierAnswer",
                        "a",
                        "classifierAnswerType",
                        "CLASSIFIER",
                        "confidence",
                        0.25,
                        "chatSessionId",
                        "chat")));
    }

    @Test
    void report_whenTheServerFails_isNotTriedAgain() {
        server.fail(503, 0, 1);

        assertFails(
                () -> mentors.report(new UserQuestion("m1", "Who?", "a", "EXACT", 1, null)),
                ErrorCode.BAD_GATEWAY,
                "Ordered");
        assertThat(server.notes()).containsEntry("userQuestions", List.of());
    }

    /** Pauses take no time, but the clock believes them. */
    private static GraphQlMentors mentors(URI endpoint, Duration attempt) {
        var paused = new AtomicReference<>(Duration.ZERO);
        InstantSource clock = () -> Instant.now().plus(paused.get());
        Clock believing = clock.withZone(ZoneOffset.UTC);
        return new GraphQlMentors(new GraphQl(
                endpoint,
                new GraphQl.Limits(attempt, Duration.ofMinutes(1)),
                new Retries(believing, pause -> paused.updateAndGet(pause::plus), () -> 0),
                believing));
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
