package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.command.LogLinks;
import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunStateTest {
    private static final Instant T0 = Instant.parse("2026-03-02T05:59:59Z");
    private static final LogLinks LOGS =
            new LogLinks("b", "the/stdout", "the/stderr", "g", "s/stdout", "s/stderr", List.of());

    /** Everything that the functions write, in their order. */
    private static final String WRITTEN = """
            {"id":"arn","name":"night","started_at":"2026-03-02T05:59:59.10Z","attempt":1,"history":[{"attempt":0}],\
            "launch":{"attempt":1,"candidate":2,"since":"2026-03-02T05:59:59Z","instance_id":"i-1",\
            "purchase":{"instance_type":"t4g.small","spot":true,"zone":"eu-west-1a"},\
            "launched_at":"2026-03-02T06:00:01Z","running_since":"2026-03-02T06:00:02Z",\
            "usd_per_hour":{"instance":0.0184,"volumes":0.001},"refused":["a","b"],\
            "end":{"at":"2026-03-02T07:00:00Z","action":"stopInstances","scheduled":true},"over":false},\
            "ready":true,"wait_s":5,"waiting_since":"2026-03-02T06:00:02Z","sent_at":"2026-03-02T06:00:03Z","looks":7,\
            "logs":{"bucket":"b","stdout_key":"the/stdout","stderr_key":"the/stderr","log_group":"g",\
            "stdout_stream":"s/stdout","stderr_stream":"s/stderr"},"check_again":false,"checks":3,"output_key":"k",\
            "failed_execution_key":"f","dry_run":true,\
            "stopping":{"attempt":1,"since":"2026-03-02T06:00:04Z","sizes":[{"type":"gp3","gib":8}],"volumes":{"vol-2":"detached","vol-1":"deleted"}},\
            "stopped":false}""";

    @Test
    void with_whenEveryFieldIsWritten_isTheJsonOfTheStateMachine() {
        var launch = new LaunchProgress(
                1,
                2,
                Optional.of(T0),
                Optional.of("i-1"),
                Optional.of(new Purchase("t4g.small", true, "eu-west-1a")),
                Optional.of(T0.plusSeconds(2)),
                Optional.of(T0.plusSeconds(3)),
                Optional.of(
                        new HourlyPrice(Optional.of(new BigDecimal("0.0184")), Optional.of(new BigDecimal("0.001")))),
                List.of("a", "b"),
                Optional.of(new ScheduledEnd(Instant.parse("2026-03-02T07:00:00Z"), false, true)),
                false);
        var volumes = new LinkedHashMap<String, String>();
        volumes.put("vol-2", "detached");
        volumes.put("vol-1", "deleted");
        var prepared = "{\"id\":\"arn\",\"name\":\"night\",\"started_at\":\"2026-03-02T05:59:59.10Z\",\"attempt\":1,"
                + "\"history\":[{\"attempt\":0}]}";

        var written = state(prepared)
                .withLaunch(launch)
                .withReady(true)
                .withWaitS(5)
                .withWaitingSince(T0.plusSeconds(3))
                .withSentAt(T0.plusSeconds(4))
                .withPolls(7)
                .withLogs(LOGS)
                .withCheckAgain(false)
                .withChecks(3)
                .withOutputKey("k")
                .withFailedExecutionKey("f")
                .withDryRun(true)
                .withStopping(new StopProgress(1, T0.plusSeconds(5), List.of(new VolumeSize("gp3", 8)), volumes))
                .withStopped(false);

        assertThat(Json.string(written.json())).isEqualTo(WRITTEN);
    }

    @Test
    void read_whenEveryFieldIsThere_isWhatWasWritten() {
        var state = state(WRITTEN);

        assertThat(state.id()).contains("arn");
        assertThat(state.name()).contains("night");
        assertThat(state.startedAt()).contains(T0.plusMillis(100));
        assertThat(state.attempt()).isEqualTo(1);
        assertThat(state.ready()).isTrue();
        assertThat(state.dryRun()).isTrue();
        assertThat(state.stopped()).isFalse();
        assertThat(state.sentAt()).contains(T0.plusSeconds(4));
        assertThat(state.polls()).isEqualTo(7);
        assertThat(state.checks()).isEqualTo(3);
        assertThat(state.logs()).contains(LOGS);
        var launch = state.launch().orElseThrow();
        assertThat(launch.instanceId()).contains("i-1");
        assertThat(launch.refused()).containsExactly("a", "b");
        var stopping = state.stopping().orElseThrow();
        assertThat(stopping.volumes()).containsExactly(Map.entry("vol-2", "detached"), Map.entry("vol-1", "deleted"));
        assertThat(Json.string(state.withLaunch(launch)
                        .withLogs(LOGS)
                        .withStopping(stopping)
                        .json()))
                .isEqualTo(WRITTEN);
    }

    @Test
    void with_whenOtherFieldsAreThere_passesThemOnInTheirPlace() {
        var document = RunDocument.of(
                parsed("{\"a\":1,\"run\":{\"later\":{\"x\":[null]},\"wait_s\":\"5\",\"id\":7,\"none\":null},\"b\":2}"));

        var after = document.with(document.state().withReady(false).withWaitS(0));

        assertThat(Json.string(after.json()))
                .isEqualTo(
                        "{\"a\":1,\"run\":{\"later\":{\"x\":[null]},\"wait_s\":0,\"id\":7,\"none\":null,\"ready\":false},"
                                + "\"b\":2}");
        assertThat(Json.string(document.with(document.state()).json())).isEqualTo(Json.string(document.json()));
    }

    @Test
    void read_whenNothingIsThere_isAbsent() {
        assertAbsent(RunDocument.of(JsonObject.of()).state());
        assertAbsent(RunDocument.of(JsonObject.of("run", "text")).state());
    }

    @Test
    void read_whenTheTypesAreOther_isAbsent() {
        assertAbsent(state("""
                        {"id": 7, "name": {}, "started_at": "yesterday", "attempt": "1", "ready": "true", "dry_run": 1,
                         "sent_at": 5, "looks": [], "logs": "b", "checks": true, "launch": [], "stopping": "soon",
                         "stopped": null}"""));
        assertThat(state("{\"id\": \" \"}").id()).isEmpty();
    }

    @Test
    void read_whenTheObjectsAreIncomplete_isWhatIsThere() {
        var state =
                state("{\"launch\": {\"since\": 5, \"refused\": \"a\"}, \"logs\": {}, \"stopping\": {\"attempt\": 1}}");

        assertThat(state.launch())
                .contains(new LaunchProgress(
                        0,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        false));
        assertThat(state.logs().orElseThrow().stderrKey()).isEmpty();
        assertThat(state.stopping()).isEmpty();
    }

    @Test
    void withLaunchOver_whenNothingWasLaunched_addsTheEndAlone() {
        assertThat(Json.string(state("{\"attempt\":2}").withLaunchOver().json()))
                .isEqualTo("{\"attempt\":2,\"launch\":{\"attempt\":2,\"over\":true}}");
        assertThat(Json.string(state("{\"launch\":{\"over\":false,\"instance_id\":\"i-1\"}}")
                        .withLaunchOver()
                        .json()))
                .isEqualTo("{\"launch\":{\"over\":true,\"instance_id\":\"i-1\",\"attempt\":0}}");
    }

    private static void assertAbsent(RunState state) {
        assertThat(state.id()).isEmpty();
        assertThat(state.name()).isEmpty();
        assertThat(state.startedAt()).isEmpty();
        assertThat(state.attempt()).isZero();
        assertThat(state.ready()).isFalse();
        assertThat(state.dryRun()).isFalse();
        assertThat(state.launch()).isEmpty();
        assertThat(state.sentAt()).isEmpty();
        assertThat(state.polls()).isZero();
        assertThat(state.logs()).isEmpty();
        assertThat(state.checks()).isZero();
        assertThat(state.stopping()).isEmpty();
        assertThat(state.stopped()).isFalse();
    }

    private static RunState state(String json) {
        return new RunState(parsed(json));
    }

    private static JsonObject parsed(String json) {
        return Json.object(json.getBytes(StandardCharsets.UTF_8));
    }
}
