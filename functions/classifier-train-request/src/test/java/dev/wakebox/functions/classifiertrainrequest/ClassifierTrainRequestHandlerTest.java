package dev.wakebox.functions.classifiertrainrequest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTrainRequestHandlerTest {
    private static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final InstantSource time = () -> now;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final TrainingJobs jobs =
            new TrainingJobs(store, clock, () -> UUID.randomUUID().toString());
    private final List<String> sent = new ArrayList<>();
    private final List<CallerHeaders> callers = new ArrayList<>();
    private @Nullable WakeboxException queueFailure;
    private int pings;
    private final GraphQlStandIn server = GraphQlStandIn.start(0);
    private final ClassifierTrainRequestHandler handler = new ClassifierTrainRequestHandler(
            MentorAccess.ofClaims(), jobs, new TrainTasks(Optional.empty()), new Queue());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void train_whenNoneIsOpen_recordsOneBeforeItSendsTheMessage() {
        var answer = Invocation.ofFixture(handler, "classifier-train-request-post.json");

        assertThat(answer).containsEntry("statusCode", 200);
        String id = sent.getFirst();
        assertThat(Invocation.body(answer))
                .isEqualTo(Map.of(
                        "data",
                        Map.of("id", id, "mentor", MENTOR, "status", "QUEUED", "statusUrl", "/train/status/" + id)));
    }

    @Test
    void train_whenAskedTwice_isTheSameTrainingAndOneMessage() {
        var first = Invocation.ofFixture(handler, "classifier-train-request-post.json");
        var second = Invocation.ofFixture(handler, "classifier-train-request-post.json");

        assertThat(second.get("body")).isEqualTo(first.get("body"));
        assertThat(sent).hasSize(1);
    }

    @Test
    void train_whenTheMentorIsAnother_isForbiddenAndLeavesNothing() {
        var answer = Invocation.ofFixture(handler, "classifier-train-request-wrong-mentor.json");

        assertThat(answer).containsEntry("statusCode", 403);
        assertThat(String.valueOf(answer.get("body")))
                .contains("not authorized")
                .contains(MENTOR);
        assertThat(sent).isEmpty();
    }

    @Test
    void train_whenTheTokenWasRefused_isUnauthorizedWithTheReason() {
        var answer = answer("{\"mentor\":\"m1\"}", Map.of("refused", "The token has expired."));

        assertThat(answer).containsEntry("statusCode", 401);
        assertThat(Invocation.body(answer))
                .isEqualTo(Map.of("data", Map.of("error", "not authorized", "message", "The token has expired.")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"mentor\":5}", "{\"mentor\":\"\"}", "{\"mentor\":\"../../x\"}", "{}"})
    void train_whenTheBodyIsWrong_isABadRequest(String body) {
        assertThat(answer(body, Map.of("id", "user-1", "role", "ADMIN"))).containsEntry("statusCode", 400);
        assertThat(sent).isEmpty();
    }

    @Test
    void train_always_passesTheCallerOn() {
        answer("{\"mentor\":\"m1\"}", Map.of("id", "user-1", "role", "ADMIN"));

        assertThat(callers).containsExactly(new CallerHeaders("Bearer of-the-caller", "https://usc.mentorpal.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "\"true\""})
    void train_whenPinged_startsAWorkerAndNothingElse(String ping) {
        var answer = answer(
                withServer(),
                "{\"mentor\":\"" + GraphQlStandIn.MENTOR + "\",\"ping\":" + ping + "}",
                Map.of("id", "user-1", "role", "ADMIN"),
                token("{\"role\":\"ADMIN\"}"));

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat((Map<?, ?>) Invocation.body(answer).get("data"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("mentor", GraphQlStandIn.MENTOR)
                .containsEntry("status", "QUEUED")
                .containsEntry("statusUrl", "no_status_on_ping")
                .containsKey("id");
        assertThat(pings).isEqualTo(1);
        assertThat(sent).isEmpty();
        assertThat(server.notes()).containsEntry("trainTasks", List.of()).containsEntry("trained", Map.of());
        assertThat(jobs.ask(GraphQlStandIn.MENTOR).created()).as("no record").isTrue();
    }

    @Test
    void train_whenPingedWithoutTheRight_isForbidden() {
        assertThat(answer("{\"mentor\":\"m1\",\"ping\":true}", Map.of("id", "user-1", "role", "USER")))
                .containsEntry("statusCode", 403);
        assertThat(pings).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"yes\"", "[]"})
    void train_whenThePingIsNeitherTrueNorFalse_isABadRequest(String ping) {
        assertThat(answer("{\"mentor\":\"m1\",\"ping\":" + ping + "}", Map.of("id", "user-1", "role", "ADMIN")))
                .containsEntry("statusCode", 400);
        assertThat(pings).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "null"})
    void train_whenThePingIsFalse_trains(String ping) {
        answer("{\"mentor\":\"m1\",\"ping\":" + ping + "}", Map.of("id", "user-1", "role", "ADMIN"));

        assertThat(sent).hasSize(1);
        assertThat(pings).isZero();
    }

    @Test
    void train_whenThereIsAServer_hasTheIdThatItAnswers() {
        String body = "{\"mentor\":\"" + GraphQlStandIn.MENTOR + "\"}";
        Map<String, String> claims = Map.of("id", "user-1", "role", "ADMIN");

        var answer = answer(withServer(), body, claims, token("{\"role\":\"ADMIN\"}"));
        var again = answer(withServer(), body, claims, token("{\"role\":\"ADMIN\"}"));

        assertThat(answer).containsEntry("statusCode", 200);
        String id = sent.getFirst();
        assertThat(server.notes())
                .as("one task, although asked twice, and not the UUID that was offered")
                .containsEntry(
                        "trainTasks", List.of(Map.of("_id", id, "mentor", GraphQlStandIn.MENTOR, "status", "QUEUED")))
                .containsEntry("trained", Map.of());
        assertThat(String.valueOf(answer.get("body"))).contains("\"/train/status/" + id + "\"");
        assertThat(again.get("body")).isEqualTo(answer.get("body"));
        assertThat(sent).hasSize(1);
    }

    @Test
    void train_whenTheServerHasNoSuchTasks_isQueuedNevertheless() {
        var answer = answer(
                withServer(),
                "{\"mentor\":\"unknown-there\"}",
                Map.of("id", "user-1", "role", "ADMIN"),
                token("{\"role\":\"ADMIN\"}"));

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(sent).hasSize(1);
    }

    @Test
    void train_whenTheServerKnowsAnEditor_countsMoreThanTheClaims() {
        server.put("m1", Map.of("editors", List.of("editor-1")));
        String body = "{\"mentor\":\"m1\"}";

        assertThat(answer(
                        withServer(),
                        body,
                        Map.of("id", "editor-1", "role", "USER"),
                        token("{\"id\":\"editor-1\",\"role\":\"USER\"}")))
                .containsEntry("statusCode", 200);
        assertThat(answer(
                        withServer(),
                        body,
                        Map.of("id", "user-1", "role", "ADMIN", "mentorIds", "m1"),
                        token("{\"id\":\"user-1\",\"role\":\"USER\"}")))
                .containsEntry("statusCode", 403);
        server.fail(503, 0, 1000);
        assertThat(answer(
                        withServer(),
                        body,
                        Map.of("id", "user-1", "role", "ADMIN", "mentorIds", "m1"),
                        token("{\"role\":\"ADMIN\"}")))
                .as("an unreachable server grants no access")
                .containsEntry("statusCode", 502);
        assertThat(sent).hasSize(1);
    }

    @Test
    void train_whenTheQueueIsAway_saysSoAndTheRecordToo() {
        queueFailure = new WakeboxException(ErrorCode.UNAVAILABLE, "The queue is away.");

        var answer = Invocation.ofFixture(handler, "classifier-train-request-post.json");

        assertThat(answer).containsEntry("statusCode", 503);
        assertThat(jobs.find(sent.getFirst()).orElseThrow().status()).isEqualTo(Status.FAILURE);
        queueFailure = null;
        assertThat(Invocation.ofFixture(handler, "classifier-train-request-post.json"))
                .containsEntry("statusCode", 200);
        assertThat(sent).hasSize(2);
    }

    @Test
    void train_whenTheMessageCannotBeSentOnceMore_leavesTheTrainingOpen() {
        Invocation.ofFixture(handler, "classifier-train-request-post.json");
        now = now.plusSeconds(121);
        queueFailure = new WakeboxException(ErrorCode.UNAVAILABLE, "The queue is away.");

        assertThat(Invocation.ofFixture(handler, "classifier-train-request-post.json"))
                .containsEntry("statusCode", 503);

        assertThat(sent).hasSize(2);
        assertThat(jobs.find(sent.getFirst()).orElseThrow().status()).isEqualTo(Status.QUEUED);
    }

    @Test
    void train_whenTheTableIsAway_sendsNothing() {
        store.failWith(new WakeboxException(ErrorCode.UNAVAILABLE, "The table is away."));

        assertThat(Invocation.ofFixture(handler, "classifier-train-request-post.json"))
                .containsEntry("statusCode", 503);
        assertThat(sent).isEmpty();
    }

    private final class Queue implements TrainQueue {
        @Override
        public void send(String id, CallerHeaders caller) {
            assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.QUEUED);
            sent.add(id);
            callers.add(caller);
            if (queueFailure != null) {
                throw queueFailure;
            }
        }

        @Override
        public void ping() {
            pings++;
        }
    }

    /** The same function with a GraphQL server. */
    private ClassifierTrainRequestHandler withServer() {
        var graphQl = new GraphQl(
                server.uri(),
                new GraphQl.Limits(Duration.ofSeconds(5), Duration.ofSeconds(1)),
                new Retries(Clock.systemUTC(), pause -> {}, () -> 0),
                Clock.systemUTC(),
                Optional.empty());
        return new ClassifierTrainRequestHandler(
                MentorAccess.of(graphQl), jobs, new TrainTasks(Optional.of(graphQl)), new Queue());
    }

    private static String token(String claims) {
        return "Bearer e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8)) + ".x";
    }

    private Map<String, @Nullable Object> answer(String body, Map<String, String> authorizer) {
        return answer(handler, body, authorizer, "Bearer of-the-caller");
    }

    private static Map<String, @Nullable Object> answer(
            ClassifierTrainRequestHandler asked, String body, Map<String, String> authorizer, String token) {
        return Invocation.of(
                asked,
                Json.string(Map.of(
                        "rawPath",
                        "/classifier/train",
                        "headers",
                        Map.of("authorization", token, "origin", "https://usc.mentorpal.org"),
                        "requestContext",
                        Map.of(
                                "http", Map.of("method", "POST", "path", "/classifier/train"),
                                "authorizer", Map.of("lambda", authorizer)),
                        "body",
                        body)));
    }
}
