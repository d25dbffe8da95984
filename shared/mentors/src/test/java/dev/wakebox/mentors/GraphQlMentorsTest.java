package dev.wakebox.mentors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GraphQlMentorsTest {
    private static final CallerHeaders CALLER = new CallerHeaders("Bearer x", "https://usc.mentorpal.org");

    private final GraphQlStandIn server = GraphQlStandIn.start(0);
    private final GraphQlMentors mentors = mentors(server.uri(), Duration.ofSeconds(10));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void find_whenKnown_hasAllThatWasRecorded() {
        Mentor marta = mentors.find(GraphQlStandIn.MENTOR, CallerHeaders.NONE).orElseThrow();

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

        assertThat(mentors.find("m1", CallerHeaders.NONE).orElseThrow().graded())
                .containsExactly(new Mentor.GradedQuestion("huh?", "a"));
    }

    @Test
    void find_always_hasTheTransparentVideoAndTheIdsAtOtherHosts() {
        server.put("m1", Json.object("""
                        {"answers": [{
                          "_id": "a", "question": {"_id": "q"},
                          "webMedia": {"type": "video", "tag": "web", "url": "u", "transparentVideoUrl": "t"},
                          "externalVideoIds": {"wistiaId": "w"}}]}
                        """.getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        Media media =
                mentors.find("m1", CALLER).orElseThrow().answers().getFirst().media();

        assertThat(media.web()).containsEntry("transparentVideoUrl", "t").containsEntry("url", "u");
        assertThat(media.externalVideoIds()).containsEntry("wistiaId", "w");
        assertThat(server.notes()).containsEntry("origins", List.of("https://usc.mentorpal.org"));
    }

    @Test
    void find_whenUnknown_isEmpty() {
        assertThat(mentors.find("nobody", CallerHeaders.NONE)).isEmpty();
    }

    @Test
    void find_whenTheServerFailsForAMoment_triesAgain() {
        server.fail(503, 0, 2);

        assertThat(mentors.find(GraphQlStandIn.MENTOR, CallerHeaders.NONE)).isPresent();
    }

    @Test
    void find_whenTheServerStaysDown_isABadGateway() {
        server.fail(500, 0, 1000);

        assertFails(() -> mentors.find("m1", CallerHeaders.NONE), ErrorCode.BAD_GATEWAY, "Ordered by the test");
    }

    @Test
    void find_whenNothingListens_isABadGateway() {
        server.close();

        assertFails(() -> mentors.find("m1", CallerHeaders.NONE), ErrorCode.BAD_GATEWAY, "could not be reached");
    }

    @Test
    void find_whenTheServerIsTooSlow_isAGatewayTimeout() {
        server.fail(0, 60_000, 1000);

        assertFails(
                () -> mentors(server.uri(), Duration.ofMillis(200)).find("m1", CallerHeaders.NONE),
                ErrorCode.GATEWAY_TIMEOUT,
                "did not answer within 0.2 s");
    }

    @Test
    void find_whenTheServerRefusesTheToken_isUnauthorizedAtOnce() {
        server.fail(401, 0, 1);

        assertFails(() -> mentors.find("m1", CALLER), ErrorCode.UNAUTHORIZED, "token (401)");
    }

    @Test
    void find_whenTheEndpointIsNoGraphQlServer_saysSo() {
        assertFails(
                () -> mentors(server.uri().resolve("/stand-in/mentors/"), Duration.ofSeconds(5))
                        .find("m1", CallerHeaders.NONE),
                ErrorCode.BAD_GATEWAY,
                "without data");
    }

    @Test
    void category_whenKnown_hasItsAnswersAndTheMentor() {
        AnsweredCategory category =
                mentors.category(GraphQlStandIn.MENTOR, "Background", CALLER).orElseThrow();

        assertThat(category.transcripts()).hasSizeBetween(2, 20).anySatisfy(transcript -> assertThat(transcript)
                .contains("Karlskrona"));
        assertThat(category.mentor().name()).isEqualTo("Marta Lindqvist");
        assertThat(category.mentor().answersToQuestions()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(server.notes()).containsEntry("authorizations", List.of("Bearer x"));
    }

    @Test
    void category_whenUnknown_hasNoAnswers_andOfAnUnknownMentorIsEmpty() {
        assertThat(mentors.category(GraphQlStandIn.MENTOR, "nothing", CallerHeaders.NONE)
                        .orElseThrow()
                        .transcripts())
                .isEmpty();
        assertThat(mentors.category("nobody", "Background", CallerHeaders.NONE)).isEmpty();
    }

    @Test
    void own_whenTheServerKnowsTheCaller_isTheirMentor() {
        assertThat(mentors.own(CALLER)).contains(GraphQlStandIn.MENTOR);
        assertThat(mentors.own(CallerHeaders.NONE)).isEmpty();
    }

    @Test
    void markTrained_always_showsWhoAsks() {
        mentors.markTrained(GraphQlStandIn.MENTOR, CALLER);

        assertThat(server.notes())
                .containsEntry("trained", Map.of(GraphQlStandIn.MENTOR, 1))
                .containsEntry("authorizations", List.of("Bearer x"));
    }

    @Test
    void markTrained_whenTheServerSaysNo_isNotTriedAgain() {
        assertFails(
                () -> mentors.markTrained(GraphQlStandIn.MENTOR, CallerHeaders.NONE),
                ErrorCode.BAD_GATEWAY,
                "Only authenticated");
    }

    @Test
    void report_always_givesTheIdOfTheNote() {
        String id = mentors.report(new UserQuestion("m1", "Who?", "a", "CLASSIFIER", 0.25, "chat"), CallerHeaders.NONE)
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
                () -> mentors.report(new UserQuestion("m1", "Who?", "a", "EXACT", 1, null), CallerHeaders.NONE),
                ErrorCode.BAD_GATEWAY,
                "Ordered");
        assertThat(server.notes()).containsEntry("userQuestions", List.of());
    }

    /** Pauses take no real time; they only advance the clock. */
    private static GraphQlMentors mentors(URI endpoint, Duration attempt) {
        var paused = new AtomicReference<>(Duration.ZERO);
        InstantSource clock = () -> Instant.now().plus(paused.get());
        Clock believing = clock.withZone(ZoneOffset.UTC);
        return new GraphQlMentors(new GraphQl(
                endpoint,
                new GraphQl.Limits(attempt, Duration.ofMinutes(1)),
                new Retries(believing, pause -> paused.updateAndGet(pause::plus), () -> 0),
                believing,
                Optional.empty()));
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
