package dev.wakebox.functions.classifiertrainrequest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
    private final List<String> authorizations = new ArrayList<>();
    private @Nullable WakeboxException queueFailure;
    private final ClassifierTrainRequestHandler handler = new ClassifierTrainRequestHandler(jobs, this::send);

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
    void train_whenTheMentorIsSomebodyElse_isForbiddenAndLeavesNothing() {
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
    void train_always_passesTheAuthorizationOn() {
        answer("{\"mentor\":\"m1\"}", Map.of("id", "user-1", "role", "ADMIN"));

        assertThat(authorizations).containsExactly("Bearer of-the-caller");
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

    private void send(String id, @Nullable String authorization) {
        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.QUEUED);
        sent.add(id);
        if (authorization != null) {
            authorizations.add(authorization);
        }
        if (queueFailure != null) {
            throw queueFailure;
        }
    }

    private Map<String, @Nullable Object> answer(String body, Map<String, String> authorizer) {
        return Invocation.of(
                handler,
                Json.string(Map.of(
                        "rawPath",
                        "/classifier/train",
                        "headers",
                        Map.of("authorization", "Bearer of-the-caller"),
                        "requestContext",
                        Map.of(
                                "http", Map.of("method", "POST", "path", "/classifier/train"),
                                "authorizer", Map.of("lambda", authorizer)),
                        "body",
                        body)));
    }
}
