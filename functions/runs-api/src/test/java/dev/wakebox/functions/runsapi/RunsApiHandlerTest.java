package dev.wakebox.functions.runsapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.launch.InMemoryRunResources;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runs.InMemoryExecutions;
import dev.wakebox.runs.OutputReader;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

class RunsApiHandlerTest {
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-29T12:00:00Z"), ZoneOffset.UTC);
    private final InMemoryExecutions executions = new InMemoryExecutions();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final InMemoryRunResources resources = new InMemoryRunResources();
    private final Runs runs = new Runs(executions, InMemoryExecutions.STATE_MACHINE, 1);
    private final RunsApiHandler handler = new RunsApiHandler(new RunsRoutes(
            runs,
            new RunArrays(executions, InMemoryExecutions.STATE_MACHINE),
            new OutputReader(new FixedOutput()),
            new RunTemplates(bucket),
            new RunSubmission(runs, new LaunchCheck(Set.of("*")), new Random(1), clock),
            resources,
            "wakebox"));

    /** A request of a user, with a builder's methods for what differs. */
    private record Call(String method, String path, String body, JsonObject headers, JsonObject query, JsonObject who) {
        static Call of(String method, String path) {
            return new Call(
                    method,
                    path,
                    "",
                    JsonObject.of("authorization", "Bearer token"),
                    JsonObject.of(),
                    JsonObject.of("lambda", Map.of("id", "ana", "role", "runs-writer")));
        }

        Call as(String id, String role) {
            return new Call(
                    method, path, body, headers, query, JsonObject.of("lambda", Map.of("id", id, "role", role)));
        }

        Call signed() {
            return new Call(
                    method, path, body, headers, query, JsonObject.of("iam", Map.of("userArn", "arn:aws:iam::1:root")));
        }

        Call with(Object document) {
            return new Call(
                    method, path, document instanceof String text ? text : Json.string(document), headers, query, who);
        }

        Call header(String name, String value) {
            return new Call(method, path, body, headers.with(name, value), query, who);
        }

        Call query(String name, String value) {
            return new Call(method, path, body, headers, query.with(name, value), who);
        }

        String event() {
            JsonObject context = JsonObject.of("http", Map.of("method", method, "path", path))
                    .with("stage", "Prod")
                    .with("authorizer", who);
            return Json.string(JsonObject.of("version", "2.0")
                    .with("rawPath", path)
                    .with("headers", headers)
                    .with("queryStringParameters", query)
                    .with("requestContext", context)
                    .with("body", body));
        }
    }

    private record Answer(int status, JsonObject headers, String body) {
        JsonObject json() {
            return Json.object(body.getBytes(UTF_8));
        }

        List<String> pointers() {
            return json().objects("errors").stream()
                    .map(error -> error.text("pointer"))
                    .toList();
        }
    }

    private Answer answer(Call call) {
        JsonObject answer = JsonObject.copyOf(Invocation.of(handler, call.event()));
        return new Answer(
                requireNonNull(answer.number("statusCode")).intValue(), answer.object("headers"), answer.text("body"));
    }

    private static JsonObject document() {
        return Json.object(Invocation.fixture("ec2-run-simple.json").getBytes(UTF_8));
    }

    private String start(String id, String key) {
        return answer(Call.of("POST", "/runs")
                        .as(id, "runs-writer")
                        .header("idempotency-key", key)
                        .with(document()))
                .json()
                .text("name");
    }

    @Test
    void start_whenTheDocumentIsValid_startsARunOfTheCaller() {
        Answer answer = answer(
                Call.of("POST", "/Prod/runs").with(document().with("run", Map.of("owner", "forged", "attempt", 7))));

        assertThat(answer.status()).isEqualTo(201);
        String name = answer.json().text("name");
        assertThat(name).matches("u[0-9a-f]{16}-run-20261129-120000-000-[0-9a-f]{8}");
        assertThat(answer.headers()).containsEntry("location", "/Prod/runs/" + name);
        assertThat(answer.json().text("execution")).isEqualTo(runs.arn(name));
        assertThat(Json.object(runs.submitted(name).getBytes(UTF_8)))
                .isEqualTo(document().with("run", Map.of("owner", "ana")));
    }

    @Test
    void start_ofAWholeArray_isRefusedWithTheWayToStartIt() {
        Answer answer = answer(
                Call.of("POST", "/runs").with(document().with("run_options", Map.of("array", Map.of("size", 3)))));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("/run_options/array", "-ec2-run-array");
    }

    @Test
    void start_whenTheDocumentHasMistakes_tellsAllAtOnceWithTheirPointers() {
        var wrong = document()
                .with("commands", List.of("true", 7))
                .with("run_options", Map.of("timeout_s", "abc", "ii_terminate", true))
                .with(
                        "instance_parameters",
                        JsonObject.copyOf(document().object("instance_parameters"))
                                .without("IamInstanceProfile")
                                .with("BlockDeviceMappings", List.of(Map.of("Ebs", Map.of("VolumeSize", "big")))));

        Answer answer = answer(Call.of("POST", "/runs").with(wrong));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(answer.json())
                .containsEntry("type", "tag:wakebox.dev,2026:invalid-document")
                .containsEntry("title", "Invalid document")
                .containsEntry("status", 422)
                .containsEntry("instance", "urn:uuid:8476a536-e9f4-11e8-9739-2dfe598c3fcd");
        assertThat(answer.pointers())
                .containsExactlyInAnyOrder(
                        "/commands/1",
                        "/run_options/timeout_s",
                        "/run_options/ii_terminate",
                        "/instance_parameters/IamInstanceProfile",
                        "/instance_parameters/BlockDeviceMappings/0/Ebs/VolumeSize");
        assertThat(runs.list(Optional.empty(), 10, Optional.empty()).runs()).isEmpty();
    }

    @Test
    void start_whenTheDocumentIsTooLongForTheStateMachine_refuses() {
        var commands = IntStream.range(0, 2300)
                .mapToObj(i -> "echo " + "x".repeat(92) + i)
                .toList();

        assertThat(answer(Call.of("POST", "/runs").with(document().with("commands", commands)))
                        .pointers())
                .containsExactly("");
        assertThat(answer(Call.of("POST", "/runs").with(document().with("commands", List.of("x".repeat(300_000)))))
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"commands\": [], \"commands\": []}"})
    void start_whenTheBodyIsNoJsonObject_refuses(String body) {
        assertThat(answer(Call.of("POST", "/runs").with(body)).json())
                .containsEntry("type", "tag:wakebox.dev,2026:invalid-request");
    }

    @Test
    void start_whenTheKeyIsTheSame_startsOneRunForEachCaller() {
        Call call = Call.of("POST", "/runs")
                .header("idempotency-key", "\"night 17\"")
                .with(document());
        Answer first = answer(call);
        executions.execution(first.json().text("name")).status = ExecutionStatus.SUCCEEDED;

        assertThat(answer(call).body()).isEqualTo(first.body());
        assertThat(answer(call.as("ben", "runs-writer")).body()).isNotEqualTo(first.body());
        Answer other = answer(call.with(document().with("commands", List.of("false"))));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json()).containsEntry("type", "tag:wakebox.dev,2026:unprocessable");
        assertThat(other.json().text("detail")).contains("Idempotency-Key was used for another document");
    }

    private JsonObject submitted(Answer started) {
        return Json.object(runs.submitted(started.json().text("name")).getBytes(UTF_8));
    }

    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void start_whenTheRequestIsInATrace_startsTheRunInIt() {
        JsonObject own = document()
                .with(
                        "run_options",
                        document().object("run_options").with("traceparent", PARENT.replace("b7-", "b8-")));
        Call call = Call.of("POST", "/runs").header("traceparent", PARENT).header("tracestate", "congo=t61");

        assertThat(submitted(answer(call.with(document()))).object("run_options"))
                .isEqualTo(document()
                        .object("run_options")
                        .with("traceparent", PARENT)
                        .with("tracestate", "congo=t61"));
        assertThat(submitted(answer(call.with(own))).object("run_options")).isEqualTo(own.object("run_options"));
        assertThat(submitted(answer(Call.of("POST", "/runs").with(document()))).object("run_options"))
                .isEqualTo(document().object("run_options"));
    }

    /** The header may come from a proxy on the way; the option is the client's own. */
    @Test
    void start_whenATraceIsNotValid_ignoresTheHeaderAndRefusesTheOption() {
        JsonObject wrong = document().with("run_options", Map.of("traceparent", "abc", "tracestate", "a=1"));

        assertThat(submitted(answer(Call.of("POST", "/runs")
                                .header("traceparent", "abc")
                                .header("tracestate", "a=1")
                                .with(document())))
                        .object("run_options"))
                .isEqualTo(document().object("run_options"));
        Answer refused =
                answer(Call.of("POST", "/runs").header("traceparent", PARENT).with(wrong));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.pointers()).containsExactly("/run_options/traceparent");
        assertThat(refused.json().objects("errors").getFirst().text("detail"))
                .contains("must be a traceparent of W3C Trace Context", "is \"abc\"");
    }

    @Test
    void start_whenARepeatedRequestHasAnotherPlaceInTheTrace_isTheSameRun() {
        Call call = Call.of("POST", "/runs")
                .header("idempotency-key", "k")
                .with(document().without("run_options"));
        Answer first = answer(call.header("traceparent", PARENT));
        executions.execution(first.json().text("name")).status = ExecutionStatus.SUCCEEDED;

        assertThat(answer(call.header("traceparent", PARENT.replace("b7-", "b8-")))
                        .body())
                .isEqualTo(first.body());
        assertThat(answer(call).body()).isEqualTo(first.body());
        assertThat(answer(call.with(document().with("commands", List.of("false"))))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void rerun_always_isInTheTraceOfItsOwnRequest() {
        String name = answer(
                        Call.of("POST", "/runs").header("traceparent", PARENT).with(document()))
                .json()
                .text("name");
        Call rerun = Call.of("POST", "/runs/" + name + "/rerun");
        String other = PARENT.replace("4bf9", "5bf9");

        assertThat(submitted(answer(rerun)).object("run_options"))
                .isEqualTo(document().object("run_options"));
        assertThat(submitted(answer(rerun.header("traceparent", other))).object("run_options"))
                .containsEntry("traceparent", other);
        assertThat(submitted(answer(
                                rerun.with(Map.of("overrides", Map.of("run_options", Map.of("traceparent", PARENT))))))
                        .object("run_options"))
                .containsEntry("traceparent", PARENT);
    }

    @ParameterizedTest
    @CsvSource({"night-17, night-17", "'\"night-17\"', night-17", "a/b, key-[0-9a-f]{32}"})
    void start_whenThereIsAKey_namesTheRunAfterIt(String key, String end) {
        assertThat(start("ana", key)).matches("u[0-9a-f]{16}-" + end);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "a b", "ä", "\"a"})
    void start_whenTheKeyIsMalformed_refuses(String key) {
        Answer answer =
                answer(Call.of("POST", "/runs").header("idempotency-key", key).with(document()));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().objects("errors").getFirst()).containsEntry("parameter", "Idempotency-Key");
    }

    @Test
    void start_whenATemplateIsNamed_appliesTheOverrides() {
        bucket.put("run-templates/night.json", Json.bytes(document()), "application/json", new Condition.Always());
        var overrides = new LinkedHashMap<String, @Nullable Object>();
        overrides.put("run_options", Map.of("timeout_s", 60));
        overrides.put("commands", List.of("true"));

        Answer answer = answer(Call.of("POST", "/runs").with(Map.of("template", "night", "overrides", overrides)));

        assertThat(answer.status()).isEqualTo(201);
        JsonObject submitted =
                Json.object(runs.submitted(answer.json().text("name")).getBytes(UTF_8));
        assertThat(submitted).containsEntry("commands", List.of("true"));
        assertThat(submitted.object("run_options"))
                .isEqualTo(document().object("run_options").with("timeout_s", 60));
    }

    @Test
    void start_whenATemplateCannotBeUsed_saysWhy() {
        bucket.put("run-templates/broken.json", "[]".getBytes(UTF_8), "application/json", new Condition.Always());

        assertThat(answer(Call.of("POST", "/runs")
                                .with(Map.of("template", "none", "overrides", 1, "commands", List.of())))
                        .pointers())
                .containsExactlyInAnyOrder("/template", "/overrides", "/commands");
        assertThat(answer(Call.of("POST", "/runs").with(Map.of("template", "../x")))
                        .pointers())
                .containsExactly("/template");
        assertThat(answer(Call.of("POST", "/runs").with(Map.of("template", "broken")))
                        .pointers())
                .containsExactly("/template");
    }

    @Test
    void request_whenTheTokenIsMissingOrNotValid_isChallenged() {
        Call none = Call.of("GET", "/runs");
        Answer missing = answer(new Call("GET", "/runs", "", JsonObject.of(), JsonObject.of(), JsonObject.of()));
        Answer refused = answer(new Call(
                "GET",
                "/runs",
                "",
                none.headers(),
                JsonObject.of(),
                JsonObject.of("lambda", Map.of("refused", "The token has expired."))));

        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.headers()).containsEntry("www-authenticate", "Bearer realm=\"wakebox\"");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers())
                .containsEntry("www-authenticate", "Bearer realm=\"wakebox\", error=\"invalid_token\"");
        assertThat(refused.json()).containsEntry("detail", "The token has expired.");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /runs, mentor",
        "POST, /runs, runs-reader",
        "POST, /runs, ADMIN",
        "POST, /runs/x/cancel, runs-reader",
        "POST, /runs/x/rerun, runs-reader",
        "GET, /instances, ''"
    })
    void request_whenTheRoleIsNotSufficient_isForbidden(String method, String path, String role) {
        Answer answer = answer(Call.of(method, path).as("ana", role).with(document()));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.headers())
                .containsEntry("www-authenticate", "Bearer realm=\"wakebox\", error=\"insufficient_scope\"");
    }

    @Test
    void request_belowIam_needsASignature() {
        assertThat(answer(Call.of("GET", "/iam/runs").signed()).status()).isEqualTo(200);
        assertThat(answer(Call.of("GET", "/iam/runs")).status()).isEqualTo(403);
        assertThat(answer(Call.of("GET", "/runs").signed()).status()).isEqualTo(401);
        assertThat(answer(Call.of("POST", "/iam/runs")
                                .signed()
                                .header("idempotency-key", "n")
                                .with(document()))
                        .headers())
                .containsEntry("location", "/iam/runs/n");
        assertThat(runs.report("n").owner()).isEmpty();
    }

    @Test
    void run_whenItIsAnothers_isHiddenFromUsersAndShownToOperators() {
        String bens = start("ben", "x");

        for (Call call : List.of(
                Call.of("GET", "/runs/" + bens),
                Call.of("POST", "/runs/" + bens + "/cancel"),
                Call.of("POST", "/runs/" + bens + "/rerun"),
                Call.of("GET", "/runs/nothing"))) {
            assertThat(answer(call).status()).as("%s", call).isEqualTo(404);
        }
        assertThat(answer(Call.of("GET", "/runs/" + bens).as("eva", "x,runs-operator"))
                        .status())
                .isEqualTo(200);
        assertThat(answer(Call.of("POST", "/runs/" + bens + "/cancel").as("eva", "runs-operator"))
                        .json())
                .containsEntry("cancelled", true);
        assertThat(runs.report(bens).cause()).contains("Cancelled through the API by eva.");
    }

    @Test
    void show_whenTheClientKnowsTheAnswer_sends304() {
        String name = start("ana", "x");
        Answer first = answer(Call.of("GET", "/runs/" + name));
        Call again = Call.of("GET", "/runs/" + name)
                .header("if-none-match", "\"old\", " + first.headers().text("etag"));

        assertThat(first.json()).containsEntry("name", name).containsEntry("owner", "ana");
        assertThat(answer(again)).isEqualTo(new Answer(304, first.headers(), ""));
        executions.execution(name).status = ExecutionStatus.ABORTED;
        assertThat(answer(again).json()).containsEntry("outcome", "CANCELLED");
    }

    /** A page that polls the list or the instances. */
    @Test
    void lists_whenTheClientKnowsTheAnswer_send304UntilSomethingChanges() {
        start("ana", "x");
        for (String path : List.of("/runs", "/instances")) {
            Call poll = Call.of("GET", path);
            Answer first = answer(poll);
            assertThat(first.status()).as(path).isEqualTo(200);
            assertThat(answer(poll.header("if-none-match", first.headers().text("etag"))))
                    .isEqualTo(new Answer(304, first.headers(), ""));
        }
        Answer before = answer(Call.of("GET", "/runs"));
        start("ana", "y");
        assertThat(answer(Call.of("GET", "/runs")
                                .header("if-none-match", before.headers().text("etag")))
                        .json()
                        .objects("runs"))
                .hasSize(2);
    }

    private static final String WITH_OUTPUT =
            "{\"run\": {\"logs\": {\"bucket\": \"b\", \"stdout_key\": \"k\", \"stderr_key\": \"k\","
                    + " \"log_group\": \"g\", \"stdout_stream\": \"out\", \"stderr_stream\": \"err\"}}}";

    /** A page that follows a run makes one request each time. */
    @Test
    void show_withLogs_hasThePageOfTheOutputAfterThePosition() {
        String name = start("ana", "x");
        Call poll = Call.of("GET", "/runs/" + name).query("logs", "true");
        assertThat(answer(poll).json().object("logs"))
                .isEqualTo(JsonObject.of("lines", List.of()).with("next", "").with("ended", false));
        executions.execution(name).enter("EC2Poller", 1, WITH_OUTPUT);

        JsonObject first = answer(poll.query("after", "")).json();
        Call again = poll.query("after", first.object("logs").text("next"));
        Answer unchanged = answer(again);

        assertThat(first).containsEntry("name", name).containsKey("steps");
        assertThat(first.object("logs").objects("lines").stream().map(line -> line.text("text")))
                .containsExactly("out 1", "err 1");
        assertThat(unchanged.json().object("logs").list("lines")).isEmpty();
        Call known = again.header("if-none-match", unchanged.headers().text("etag"));
        assertThat(answer(known).status()).isEqualTo(304);
        executions.execution(name).status = ExecutionStatus.ABORTED;
        assertThat(answer(known).json()).containsEntry("outcome", "CANCELLED");
        assertThat(answer(known).json().object("logs")).containsEntry("ended", true);
        assertThat(answer(Call.of("GET", "/runs/" + name)).json()).doesNotContainKey("logs");
        assertThat(answer(poll.query("after", "nonsense"))
                        .json()
                        .objects("errors")
                        .getFirst())
                .containsEntry("parameter", "after");
    }

    @Test
    void document_ofAVisibleRun_isWhatRerunStartsAgain() {
        String name = answer(
                        Call.of("POST", "/runs").header("traceparent", PARENT).with(document()))
                .json()
                .text("name");
        Call call = Call.of("GET", "/runs/" + name + "/document");

        Answer answer = answer(call);

        assertThat(answer.json()).isEqualTo(document());
        assertThat(answer(call.header("if-none-match", answer.headers().text("etag")))
                        .status())
                .isEqualTo(304);
        assertThat(answer(call.as("eva", "runs-operator")).json()).isEqualTo(document());
        assertThat(answer(call.as("ben", "runs-writer")).status()).isEqualTo(404);
        assertThat(answer(call.as("ana", "mentor")).status()).isEqualTo(403);
    }

    @Test
    void array_thatTheCallerDoesNotSeeOrThatIsNone_isNotFound() {
        String name = start("ana", "x");

        assertThat(answer(Call.of("GET", "/runs/night/array")).status()).isEqualTo(404);
        Answer none = answer(Call.of("GET", "/runs/" + name + "/array"));
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.json().text("detail")).contains("no array");
        assertThat(answer(Call.of("GET", "/runs/night/array").as("ana", "mentor"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void check_always_startsNothing() {
        Call check = Call.of("POST", "/runs").query("check", "true");

        Answer valid = answer(check.with(document()));
        Answer wrong = answer(check.with(document().with("commands", List.of("true", 7))));

        assertThat(valid.status()).isEqualTo(200);
        assertThat(valid.json()).isEqualTo(JsonObject.of("valid", true));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.pointers()).containsExactly("/commands/1");
        assertThat(answer(check.as("ana", "runs-reader").with(document())).status())
                .isEqualTo(403);
        assertThat(runs.list(Optional.empty(), 10, Optional.empty()).runs()).isEmpty();
    }

    @Test
    void list_withAPrefixOrAnEnd_findsRunsAmongOthers() {
        for (int i = 0; i < 25; i++) {
            start("ana", (i % 5 == 0 ? "night-" : "day-") + i);
        }
        start("ben", "night-30");
        Call list = Call.of("GET", "/runs").query("prefix", "night-");

        assertThat(answer(list).json().objects("runs")).hasSize(5);
        assertThat(answer(list.as("eva", "runs-operator")).json().objects("runs"))
                .hasSize(6);
        String name = answer(list).json().objects("runs").getFirst().text("name");
        assertThat(answer(list.query("prefix", name.substring(0, 18))).json().objects("runs"))
                .hasSize(25);
        assertThat(answer(list.query("until", "2026-11-29T12:00:00Z")).json().objects("runs"))
                .hasSize(5);
        assertThat(answer(list.query("until", "2026-11-29T11:59:59Z")).json().objects("runs"))
                .isEmpty();
    }

    @Test
    void logs_whenPolled_continueUntilTheRunHasEnded() {
        String name = start("ana", "x");
        Call poll = Call.of("GET", "/runs/" + name + "/logs");
        assertThat(answer(poll).json())
                .isEqualTo(JsonObject.of("lines", List.of()).with("next", "").with("ended", false));
        executions.execution(name).enter("EC2Poller", 1, WITH_OUTPUT);

        JsonObject first = answer(poll.query("after", "")).json();
        Call again = poll.query("after", first.text("next"));
        Answer unchanged = answer(again);

        assertThat(first.objects("lines").stream().map(line -> line.text("text")))
                .containsExactly("out 1", "err 1");
        assertThat(unchanged.json().list("lines")).isEmpty();
        assertThat(answer(again.header("if-none-match", unchanged.headers().text("etag")))
                        .status())
                .isEqualTo(304);
        executions.execution(name).status = ExecutionStatus.ABORTED;
        assertThat(answer(again.header("if-none-match", unchanged.headers().text("etag")))
                        .json())
                .containsEntry("ended", true);
        assertThat(answer(poll.query("after", "nonsense"))
                        .json()
                        .objects("errors")
                        .getFirst())
                .containsEntry("parameter", "after");
        assertThat(answer(poll.as("ben", "runs-reader")).status()).isEqualTo(404);
    }

    /** Each stream has one line. */
    private static final class FixedOutput implements CloudWatchLogsClient {
        @Override
        public GetLogEventsResponse getLogEvents(GetLogEventsRequest request) {
            var answer = GetLogEventsResponse.builder().nextForwardToken("f/1");
            boolean out = request.logStreamName().equals("out");
            if (request.nextToken() == null) {
                answer.events(List.of(OutputLogEvent.builder()
                        .timestamp(out ? 1L : 2L)
                        .message(request.logStreamName() + " 1")
                        .build()));
            }
            return answer.build();
        }

        @Override
        public String serviceName() {
            return "logs";
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    @Test
    void list_whenTenThousandRunsAreOfOthers_answersAfterFiveCalls() {
        start("ana", "old");
        for (int i = 0; i < 10_000; i++) {
            executions.execution("other-" + i);
        }

        Answer page = answer(Call.of("GET", "/runs"));

        assertThat(page.json().objects("runs")).hasSize(1);
        assertThat(page.json().optionalText("next")).isPresent();
    }

    @Test
    void cancel_whenTheRunHasEnded_changesNothing() {
        String name = start("ana", "x");
        Call cancel = Call.of("POST", "/runs/" + name + "/cancel");

        assertThat(answer(cancel).json()).containsEntry("cancelled", true);
        assertThat(answer(cancel).json()).containsEntry("cancelled", false);
    }

    @Test
    void rerun_whenTheEarlierRunIsVisible_startsANewOneOfTheCaller() {
        String name = start("ben", "x");

        Answer answer = answer(Call.of("POST", "/runs/" + name + "/rerun")
                .as("eva", "runs-operator")
                .with(Map.of("overrides", Map.of("run_options", Map.of("timeout_s", 60)))));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(runs.report(answer.json().text("name")).owner()).contains("eva");
        assertThat(answer(Call.of("POST", "/runs/" + name + "/rerun")
                                .as("ben", "runs-writer")
                                .with("{\"commands\": []}"))
                        .pointers())
                .containsExactly("/commands");
    }

    @Test
    void list_whenManyRunAreOfOthers_findsTheCallersInPages() {
        for (int i = 0; i < 25; i++) {
            start(i % 5 == 0 ? "ana" : "ben", "x" + i);
        }

        var names = new ArrayList<String>();
        Optional<String> next = Optional.empty();
        do {
            Call call = Call.of("GET", "/runs").query("limit", "2");
            Answer page = answer(next.isEmpty() ? call : call.query("next", next.get()));
            page.json().objects("runs").forEach(run -> names.add(run.text("name")));
            next = page.json().optionalText("next");
        } while (next.isPresent());

        assertThat(names).hasSize(5).doesNotHaveDuplicates().allMatch(name -> name.matches("u[0-9a-f]{16}-x\\d+"));
        assertThat(answer(Call.of("GET", "/runs").as("eva", "runs-operator"))
                        .json()
                        .objects("runs"))
                .hasSize(25);
        assertThat(answer(Call.of("GET", "/runs").query("since", "2026-11-29T12:00:01Z"))
                        .json()
                        .objects("runs"))
                .isEmpty();
        assertThat(answer(Call.of("GET", "/runs").query("status", "FAILED"))
                        .json()
                        .objects("runs"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "status, running",
        "since, yesterday",
        "until, never",
        "prefix, a b",
        "limit, 0",
        "limit, 201",
        "limit, x",
        "next, !",
        "next, YQ"
    })
    void list_whenAParameterIsWrong_namesIt(String name, String value) {
        Answer answer = answer(Call.of("GET", "/runs").query(name, value));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().objects("errors").getFirst()).containsEntry("parameter", name);
    }

    @Test
    void request_toAnUnknownPath_isNotFound() {
        assertThat(answer(Call.of("POST", "/runs/x/delete")).status()).isEqualTo(404);
    }
}
