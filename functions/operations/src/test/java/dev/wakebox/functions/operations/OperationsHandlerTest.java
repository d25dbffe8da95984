package dev.wakebox.functions.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.launch.BilledInstances;
import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.runs.InMemoryExecutions;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.status.StatusStore;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

class OperationsHandlerTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:30:00Z");
    private static final String DEAD = "https://sqs.eu-west-1.amazonaws.com/111122223333/stop-dead";

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final InMemoryExecutions executions = new InMemoryExecutions();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final FixedAws.Queue queue = new FixedAws.Queue();
    private final FixedAws.Alarms alarms = new FixedAws.Alarms();
    private final FixedAws.Log log = new FixedAws.Log();

    private record Answer(int status, JsonObject headers, JsonObject json) {}

    private OperationsHandler handler(boolean requireAuth) {
        var deadLetters = new StackDeadLetters(
                queue,
                List.of(new DeadLetterQueue("StopDeadLetterQueue", DEAD)),
                Map.of("StopQueue", "arn:aws:sqs:eu-west-1:111122223333:stop"));
        var overview = new OverviewReader(
                new OverviewReader.Stack(
                        "wakebox",
                        Optional.of(new StatusStore(bucket, clock)),
                        Optional.of("i-trainer"),
                        Optional.of("i-processor"),
                        Optional.of(new Runs(executions, InMemoryExecutions.STATE_MACHINE, 0)),
                        Optional.of("https://eu-west-1.console.aws.amazon.com")),
                new BilledInstances(new FixedAws.Instances()),
                item -> Optional.of(new BigDecimal("0.0168")),
                new StackAlarms(alarms, "wakebox"),
                deadLetters,
                clock);
        return new OperationsHandler(new OperationsRoutes(new OperationsRoutes.Sources(
                requireAuth,
                overview,
                deadLetters,
                Optional.of(jobs),
                Optional.of(new ReaperLog(log, "/aws/lambda/wakebox-reaper", clock)),
                Optional.of(new PastModels(bucket)))));
    }

    private Answer call(String method, String path, String role) {
        return call(method, path, role, JsonObject.of(), "", true);
    }

    private Answer call(String method, String path, String role, JsonObject more, String body, boolean requireAuth) {
        String[] parts = path.split("\\?id=", 2);
        JsonObject headers = role.isEmpty() ? more : more.with("authorization", "Bearer token");
        String event = Json.string(JsonObject.of("version", "2.0")
                .with("rawPath", parts[0])
                .with("headers", headers)
                .with("queryStringParameters", parts.length > 1 ? Map.of("id", parts[1]) : Map.of())
                .with(
                        "requestContext",
                        JsonObject.of("http", Map.of("method", method, "path", parts[0]))
                                .with(
                                        "authorizer",
                                        role.isEmpty()
                                                ? Map.of()
                                                : Map.of("lambda", Map.of("id", "ana", "role", role))))
                .with("body", body));
        JsonObject answer = JsonObject.copyOf(Invocation.of(handler(requireAuth), event));
        String text = answer.text("body");
        return new Answer(
                requireNonNull(answer.number("statusCode")).intValue(),
                answer.object("headers"),
                text.isEmpty() ? JsonObject.of() : Json.object(text.getBytes(UTF_8)));
    }

    @Test
    void overview_ofAnOperator_hasEverything() {
        var run = executions.execution("night-1");
        run.status = ExecutionStatus.SUCCEEDED;
        run.output = "{\"outcome\": \"COMMAND_FAILED\"}";
        run.end = InMemoryExecutions.START.plusSeconds(60);
        queue.messages = 2;

        JsonObject overview = call("GET", "/overview", "runs-operator").json();

        assertThat(overview.object("training").text("status")).isEqualTo("sleeping");
        assertThat(overview.object("training").object("instance").text("state")).isEqualTo("stopped");
        assertThat(overview.object("training").object("instance").has("usd_per_hour"))
                .isFalse();
        assertThat(overview.object("processing").text("id")).isEqualTo("i-processor");
        assertThat(overview.objects("instances")).singleElement().satisfies(each -> {
            assertThat(each.text("run")).isEqualTo("night-1");
            assertThat(each.object("instance").number("usd_per_hour")).hasToString("0.0168");
            assertThat(each.object("instance").isTrue("spot")).isTrue();
        });
        assertThat(overview.objects("runs")).singleElement().satisfies(each -> assertThat(each.text("outcome"))
                .isEqualTo("COMMAND_FAILED"));
        assertThat(overview.objects("alarms").stream().map(alarm -> alarm.text("name")))
                .containsExactly("StopDeadLetterAlarm", "ReaperDeadLetterAlarm");
        assertThat(overview.objects("dead_letters")).singleElement().satisfies(each -> assertThat(each.text("queue"))
                .isEqualTo("StopDeadLetterQueue"));
        assertThat(overview.text("aws_console")).contains("eu-west-1");
        assertThat(overview.list("unavailable")).isEmpty();
    }

    @Test
    void overview_whenNothingHasChanged_isAnEmpty304() {
        String etag = call("GET", "/overview", "runs-operator").headers().text("etag");

        var again = call("GET", "/overview", "runs-operator", JsonObject.of("if-none-match", etag), "", true);

        assertThat(again.status()).isEqualTo(304);
    }

    @Test
    void overview_whenAPartCannotBeRead_hasTheOthers() {
        alarms.fails = true;

        JsonObject overview = call("GET", "/overview", "runs-operator").json();

        assertThat(overview.texts("unavailable")).containsExactly("alarms");
        assertThat(overview.has("alarms")).isFalse();
        assertThat(overview.has("instances")).isTrue();
    }

    @Test
    void overview_ofOthers_hasOnlyWhatTheyMaySee() {
        JsonObject reader = call("GET", "/overview", "runs-reader").json();
        assertThat(reader.objects("instances")).isEmpty();
        assertThat(reader.keySet()).doesNotContain("processing", "alarms", "dead_letters");
        assertThat(reader.object("training").keySet()).containsExactly("status");

        JsonObject manager = call("GET", "/overview", "ADMIN").json();
        assertThat(manager.keySet()).doesNotContain("instances", "runs").contains("training");

        assertThat(call("GET", "/overview", "").status()).isEqualTo(401);
        var visitor = call("GET", "/overview", "", JsonObject.of(), "", false);
        assertThat(visitor.status()).isEqualTo(200);
        assertThat(visitor.json().keySet()).containsExactlyInAnyOrder("training", "aws_console", "unavailable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /operations/dead-letters",
                "GET /operations/dead-letters/Stop",
                "GET /operations/dead-letters/Stop/messages",
                "POST /operations/dead-letters/Stop/redrive",
                "GET /operations/jobs?id=u-1",
                "GET /operations/reaper"
            })
    void operations_ofOthersThanOperators_areRefused(String route) {
        String[] parts = route.split(" ", 2);

        assertThat(call(parts[0], parts[1], "runs-writer").status()).isEqualTo(403);
        assertThat(call(parts[0], parts[1], "").status()).isEqualTo(401);
        assertThat(queue.moves).isEmpty();
    }

    @Test
    void deadLetters_areShownWithoutSecretsAndShortened() {
        queue.messages = 1;
        queue.body = "{\"authorization\": \"Bearer abc\", \"text\": \"" + "x".repeat(5_000) + "\"}";

        JsonObject letter = call("GET", "/operations/dead-letters/stop/messages", "runs-operator")
                .json()
                .objects("messages")
                .getFirst();

        assertThat(letter.text("body"))
                .startsWith("{\"authorization\": \"…\"")
                .hasSizeLessThan(4_100)
                .endsWith("…");
        assertThat(letter.number("received")).hasToString("20");
    }

    @Test
    void redrive_whenTheQueueIsKnown_startsAMoveThatTheQueueShows() {
        assertThat(call("POST", "/operations/dead-letters/StopDeadLetterQueue/redrive", "runs-operator")
                        .status())
                .isEqualTo(202);
        assertThat(call(
                                "POST",
                                "/operations/dead-letters/Stop/redrive",
                                "runs-operator",
                                JsonObject.of(),
                                "{\"to\": \"StopQueue\"}",
                                true)
                        .status())
                .isEqualTo(202);

        assertThat(queue.moves).containsExactly("back", "arn:aws:sqs:eu-west-1:111122223333:stop");
        JsonObject shown =
                call("GET", "/operations/dead-letters/Stop", "runs-operator").json();
        assertThat(shown.object("move").text("status")).isEqualTo("RUNNING");
        assertThat(shown.texts("destinations")).containsExactly("StopQueue");
    }

    @ParameterizedTest
    @CsvSource({"Start, '', 404", "Stop, '{\"to\": \"Other\"}', 400", "Stop, '{\"to\": 1}', 400", "Stop, '', 409"})
    void redrive_whenItCannotBeDone_saysWhy(String name, String body, int status) {
        queue.refuses = status == 409;

        var answer = call(
                "POST", "/operations/dead-letters/" + name + "/redrive", "runs-operator", JsonObject.of(), body, true);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().text("message")).isNotEmpty();
    }

    @Test
    void jobs_withAnId_areFoundInAllKindsWithTheirHistory() {
        var received = new Change("WAITING", NOW, "The platform completed the job.");
        jobs.create(Job.created(new JobId("egress", "j-1"), received, Map.of("token", "secret"), null));
        jobs.create(Job.created(new JobId("mail", "j-1.failure"), received, Map.of(), NOW.plusSeconds(60)));

        JsonObject found =
                call("GET", "/operations/jobs?id=j-1", "runs-operator").json();

        assertThat(found.objects("jobs").stream().map(job -> job.text("kind"))).containsExactly("egress", "mail");
        assertThat(found.objects("jobs").getFirst().objects("changes"))
                .singleElement()
                .isEqualTo(JsonObject.of("state", "WAITING")
                        .with("at", NOW.toString())
                        .with("reason", "The platform completed the job."));
        assertThat(found.toString()).doesNotContain("secret");
        assertThat(call("GET", "/operations/jobs?id=", "runs-operator").status())
                .isEqualTo(400);
    }

    @Test
    void reaper_whenItDidSomething_saysWhatAndWhyTheNewestFirst() {
        log.say(NOW.minusSeconds(600), "nothing: the server sleeps");
        log.say(NOW.minusSeconds(500), "orphan i-1: its execution is over");
        log.say(NOW.minusSeconds(400), "ended i-1: its execution is over");
        log.say(NOW.minusSeconds(300), "end-run: no sign of life");
        log.lines.add("START RequestId: 1");

        JsonObject report = call("GET", "/operations/reaper", "runs-operator").json();

        assertThat(report.isTrue("complete")).isTrue();
        assertThat(report.objects("actions").stream()
                        .map(action -> action.text("action") + " " + action.text("resource")))
                .containsExactly("end-run ", "ended i-1", "orphan i-1");
        assertThat(report.objects("actions").getFirst().text("reason")).isEqualTo("no sign of life");
    }

    @Test
    void models_ofTheTrainingServer_areInTheOrderOfTheirTrainingWithSharesAsAccuracy() {
        bucket.put("inference.json", """
                {"b": {"task_name": "cats", "task_type": "imageclassification", "accuracy": 87.5, "labels": ["x", "y"],
                       "created": "31-01-26 12:00"},
                 "a": {"task_name": "bank", "task_type": "textclassification", "accuracy": 0.9, "labels": ["x"],
                       "trained_at": "2026-01-30T12:00:00Z", "accuracy_plot": "AAAA"},
                 "c": {"task_name": "few", "task_type": "textclassification", "accuracy": null,
                       "trained_at": "2026-03-01T12:00:00Z"}}""".getBytes(UTF_8), "application/json", new Condition.Always());

        List<JsonObject> models = call("GET", "/models", "").json().objects("models");

        assertThat(models.stream().map(model -> model.text("token"))).containsExactly("a", "b", "c");
        assertThat(models.get(0).number("accuracy")).hasToString("0.9");
        assertThat(models.get(1).number("accuracy")).hasToString("0.875");
        assertThat(models.get(1).text("trained_at")).isEqualTo("2026-01-31T12:00:00Z");
        assertThat(models.get(2).has("accuracy")).isFalse();
        assertThat(models.toString()).doesNotContain("AAAA");
    }
}
