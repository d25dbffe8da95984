package dev.wakebox.functions.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusHandlerTest {
    private static final String WAITING = """
            {"status": "active", "token": "a", "queue": [
             {"token": "b", "task_type": "t", "since": "2026-11-22T12:00:01Z"},
             {"token": "c", "task_type": "t", "since": "2026-11-22T12:00:02Z"}]}""";

    private final InMemoryObjectStore objects = new InMemoryObjectStore(Clock.systemUTC());

    @Test
    void status_whenNothingWrittenYet_answersSleeping() {
        assertThat(answer(200)).isEqualTo(Map.of("result", "success", "status", "sleeping"));
    }

    @Test
    void status_whenActive_answersActive() {
        write("{\"status\": \"active\", \"token\": \"secret\"}");

        assertThat(answer(200)).isEqualTo(Map.of("result", "success", "status", "active"));
    }

    @Test
    void status_whenRecordIsNotUnderstood_answers500WithTheCause() {
        write("{\"status\": \"awake\"}");

        assertThat(answer(500))
                .isEqualTo(
                        Map.of(
                                "result",
                                "internal_error",
                                "message",
                                "status.json cannot be understood: \"status\" is \"awake\"; it must be \"sleeping\" or \"active\"."));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "INTERNAL"})
    void status_whenStoreCannotBeRead_answers500WithTheCause(ErrorCode code) {
        objects.failOn("get", StatusStore.KEY, new WakeboxException(code, "Cannot read: S3 could not be reached."));

        assertThat(answer(500))
                .isEqualTo(Map.of("result", "internal_error", "message", "Cannot read: S3 could not be reached."));
    }

    @Test
    void status_whenTheStackHasAQueue_saysHowManyWait() {
        assertThat(answer(200, 3, ""))
                .isEqualTo(
                        Map.of("result", "success", "status", "sleeping", "queue", Map.of("waiting", 0, "places", 3)));
        write(WAITING);

        assertThat(answer(200, 3, ""))
                .isEqualTo(Map.of("result", "success", "status", "active", "queue", Map.of("waiting", 2, "places", 3)));
    }

    @ParameterizedTest
    @CsvSource({"a, active, 0", "b, queued, 1", "c, queued, 2", "x, ended, 0"})
    void status_whenAskedForATraining_saysHowFarItIs(String token, String run, int place) {
        write(WAITING);

        var answer = answer(200, 3, token);

        assertThat(answer).containsEntry("run", run).containsEntry("status", "active");
        assertThat(answer.get("place")).isEqualTo(place == 0 ? null : place);
    }

    private void write(String json) {
        objects.put(StatusStore.KEY, json.getBytes(StandardCharsets.UTF_8), "application/json", new Condition.Always());
    }

    private Map<String, @Nullable Object> answer(int status) {
        return answer(status, 0, "");
    }

    private Map<String, @Nullable Object> answer(int status, int places, String token) {
        String event = Invocation.fixture("status-get.json");
        var answer = Invocation.of(
                new StatusHandler(new StatusStore(objects, Clock.systemUTC()), places),
                token.isEmpty()
                        ? event
                        : event.replaceFirst("\\{", "{\"queryStringParameters\": {\"token\": \"" + token + "\"},"));
        assertThat(answer).containsEntry("statusCode", status);
        return Invocation.body(answer);
    }
}
