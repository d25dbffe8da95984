package dev.wakebox.functions.classifierstatus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.classifierjobs.TrainingWork;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifierStatusHandlerTest {
    /** As in the fixtures. */
    private static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    private static final String ID = "3f0a2f0e-2a52-4c34-9d0a-4f1f6f1f2d11";

    private final InMemoryJobStore store = new InMemoryJobStore(Clock.systemUTC());
    private final TrainingJobs jobs = new TrainingJobs(store, Clock.systemUTC(), new Ids()::next);
    private final ClassifierStatusHandler handler = new ClassifierStatusHandler(MentorAccess.ofClaims(), jobs);

    @Test
    void status_whenQueued_hasTheFieldsOfTheContract() {
        jobs.ask(MENTOR);

        var answer = Invocation.ofFixture(handler, "classifier-status-get.json");

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(data(answer))
                .containsEntry("id", ID)
                .containsEntry("mentor", MENTOR)
                .containsEntry("status", "QUEUED")
                .containsEntry("state", "QUEUED")
                .containsEntry("statusUrl", "/train/status/" + ID)
                .containsEntry("progress", 0)
                .doesNotContainKey("report");
        assertThat(Instant.parse(String.valueOf(data(answer).get("updated")))).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void status_whenFailed_hasTheReason() {
        jobs.fail(begun(), "There is no mentor.", false);

        assertThat(data(Invocation.ofFixture(handler, "classifier-status-get.json")))
                .containsEntry("state", "FAILURE")
                .containsEntry("message", "There is no mentor.");
    }

    @Test
    void status_whenDone_hasTheReport() {
        TrainingWork.Work work = begun();
        jobs.stored(work, Map.of("accuracy", "0.91"));
        jobs.succeed(work);

        assertThat(data(Invocation.ofFixture(handler, "classifier-status-get.json")))
                .containsEntry("status", "SUCCESS")
                .containsEntry("progress", 100)
                .containsEntry("report", Map.of("accuracy", "0.91"));
    }

    @Test
    void status_whenUnknown_is404() {
        var answer = Invocation.ofFixture(handler, "classifier-status-get.json");

        assertThat(answer).containsEntry("statusCode", 404);
        assertThat(data(answer)).containsEntry("error", "not found");
    }

    @ParameterizedTest
    @MethodSource("idsOfNoTraining")
    void status_whenTheIdCannotBeATrainings_is404WithoutALook(String id) {
        store.failWith(new WakeboxException(ErrorCode.INTERNAL, "The table takes no such key."));

        var answer = Invocation.of(
                handler,
                Invocation.fixture("classifier-status-get.json")
                        .replace("\"id\": \"" + ID, "\"id\": \"" + id)
                        .replace("/status/" + ID, "/status/" + id));

        assertThat(answer).containsEntry("statusCode", 404);
        assertThat(data(answer)).containsEntry("error", "not found");
    }

    private static Stream<String> idsOfNoTraining() {
        return Stream.of("", "a b", "../x", "ünïcode", "x".repeat(65), "x".repeat(2048));
    }

    @Test
    void status_whenItIsOfAnotherCallersMentor_isForbidden() {
        jobs.ask("another");

        assertThat(Invocation.ofFixture(handler, "classifier-status-get.json")).containsEntry("statusCode", 403);
    }

    @Test
    void ping_whenTheTokenIsGood_isPong() {
        assertThat(Invocation.body(Invocation.ofFixture(handler, "classifier-status-ping.json")))
                .isEqualTo(Map.of("status", "success", "message", "pong!"));
    }

    @Test
    void ping_whenTheTokenWasRefused_isUnauthorized() {
        String refused =
                Invocation.fixture("classifier-status-ping.json").replace("\"id\": \"user-0001\"", "\"id\": \"\"");

        assertThat(Invocation.of(handler, refused)).containsEntry("statusCode", 401);
    }

    private TrainingWork.Work begun() {
        jobs.ask(MENTOR);
        return (TrainingWork.Work) jobs.begin(ID, Instant.now().plusSeconds(60));
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> data(Map<String, @Nullable Object> answer) {
        return (Map<String, @Nullable Object>)
                Objects.requireNonNull(Invocation.body(answer).get("data"));
    }

    /** Supplies the id of the fixtures first, then other ids. */
    private static final class Ids {
        private String next = ID;

        String next() {
            String id = next;
            next = UUID.randomUUID().toString();
            return id;
        }
    }
}
