package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.computer.Jwt;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API of runs from outside, for users with tokens of two kinds: HS256 with the secret, and those of an OIDC issuer. */
class RunsApiTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final OidcStandIn ISSUER = new OidcStandIn();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    static RunningApplication app;

    /** An answer with its headers. */
    private record Reply(int status, HttpHeaders headers, String body) {
        JsonObject json() {
            return Json.object(body.getBytes(UTF_8));
        }

        String text(String key) {
            return json().text(key);
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    @BeforeAll
    static void start() {
        app = RunningApplication.start(
                directory, Map.of("OidcIssuer", ISSUER.url(), "OidcAudience", OidcStandIn.AUDIENCE));
        app.putJwtSecret(SECRET);
    }

    @AfterAll
    static void stop() {
        try {
            await("no instance of any test is left", A_WHILE, () -> app.instancesLeft()
                    .isEmpty());
        } finally {
            app.close();
            ISSUER.close();
        }
    }

    private static Map<String, Object> document(String... commands) {
        return RunningApplication.runDocument(Map.of("timeout_s", 600, "ii_terminate_instance", true), commands);
    }

    private static String hs256(String id, String role) {
        return "Bearer "
                + Jwt.signed(
                        Map.of(
                                "id",
                                id,
                                "role",
                                role,
                                "mentorIds",
                                List.of(),
                                "exp",
                                Instant.now().plusSeconds(3600).getEpochSecond()),
                        SECRET);
    }

    private static Reply get(String path, String bearer, String... headers) {
        return send(app.request(path, "authorization", bearer).GET(), headers);
    }

    private static Reply post(String path, String bearer, Object body, String... headers) {
        String json = body instanceof String text ? text : Json.string(body);
        return send(
                app.request(path, "authorization", bearer, "content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                headers);
    }

    private static Reply send(HttpRequest.Builder request, String... headers) {
        try {
            if (headers.length > 0) {
                request.headers(headers);
            }
            var answer =
                    HTTP.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(answer.statusCode(), answer.headers(), answer.body());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private static JsonObject ended(String name, String bearer) {
        var report = new JsonObject[1];
        await(name + " has ended", A_WHILE, Duration.ofSeconds(1), () -> {
            report[0] = get("/runs/" + name, bearer).json();
            return report[0].has("outcome");
        });
        return report[0];
    }

    @Test
    void run_whenStarted_isTheSameAsOneOfStartExecutionAndHasItsOwner() {
        String ana = ISSUER.bearer("auth0|ana", "runs-writer");
        Reply started = post("/runs", ana, document("echo hello", "exit 3"), "idempotency-key", "\"morning run\"");

        assertThat(started.status()).as(started.body()).isEqualTo(201);
        String name = started.text("name");
        assertThat(started.header("location")).isEqualTo("/runs/" + name);
        JsonObject report = ended(name, ana);
        assertThat(report)
                .containsEntry("outcome", "COMMAND_FAILED")
                .containsEntry("owner", "auth0|ana")
                .containsEntry("status", "FAILED");
        assertThat(report.text("cause")).contains("exit code 3");
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(started.text("execution")));
        assertThat(app.outcomes().get(started.text("execution"))).containsEntry("owner", "auth0|ana");

        Reply again = post("/runs", ana, document("echo hello", "exit 3"), "idempotency-key", "\"morning run\"");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(started.body());
        Reply other = post("/runs", ana, document("echo hello"), "idempotency-key", "\"morning run\"");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.header("content-type")).isEqualTo("application/problem+json");

        Reply log = get("/runs/" + name + "/logs", ana);
        JsonObject output = log.json();
        assertThat(output.objects("lines").stream().map(line -> line.text("text")))
                .as(log.body())
                .contains("hello");
        Reply last = get("/runs/" + name + "/logs?after=" + output.text("next"), ana);
        assertThat(last.json()).containsEntry("ended", true).containsEntry("lines", List.of());
        assertThat(get(
                                "/runs/" + name + "/logs?after=" + output.text("next"),
                                ana,
                                "if-none-match",
                                last.header("etag"))
                        .status())
                .isEqualTo(304);
        String etag = get("/runs/" + name, ana).header("etag");
        assertThat(get("/runs/" + name, ana, "if-none-match", etag).status()).isEqualTo(304);
        Reply rerun = post("/runs/" + name + "/rerun", ana, Map.of("overrides", Map.of("commands", List.of("true"))));
        assertThat(rerun.status()).as(rerun.body()).isEqualTo(201);
        assertThat(ended(rerun.text("name"), ana)).containsEntry("outcome", "SUCCEEDED");
    }

    @Test
    void start_whenTheDocumentHasMistakes_tellsEachWithItsPointerAndStartsNothing() {
        var wrong = new LinkedHashMap<>(document("true"));
        wrong.put("instance_parameters", Map.of("ImageId", "linux", "EbsOptimised", true));
        wrong.put("run_options", Map.of("timeout_s", -1, "ii_terminate", true));
        wrong.put("Commands", List.of());
        String key = "wrong-1";

        Reply reply = post("/runs", hs256("user-0001", "runs-writer"), wrong, "idempotency-key", key);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().objects("errors").stream().map(error -> error.text("pointer")))
                .contains(
                        "/instance_parameters/ImageId",
                        "/instance_parameters/InstanceType",
                        "/instance_parameters/IamInstanceProfile",
                        "/instance_parameters/EbsOptimised",
                        "/run_options/timeout_s",
                        "/run_options/ii_terminate")
                .doesNotHaveDuplicates();
        assertThat(get("/runs", hs256("user-0001", "runs-reader")).json().objects("runs"))
                .noneMatch(run -> run.text("name").endsWith(key));
    }

    @Test
    void start_whenATemplateIsNamed_runsItWithTheOverrides() {
        app.put("run-templates/hello.json", Json.string(document("echo hello")));
        String ben = hs256("user-ben", "runs-writer");

        Reply started = post(
                "/runs", ben, Map.of("template", "hello", "overrides", Map.of("run_options", Map.of("dry_run", true))));
        Reply unknown = post("/runs", ben, Map.of("template", "nothing"));

        assertThat(started.status()).as(started.body()).isEqualTo(201);
        assertThat(ended(started.text("name"), ben)).containsEntry("cause", "Dry run: nothing was launched.");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.json().objects("errors").getFirst()).containsEntry("pointer", "/template");
    }

    @Test
    void user_whenOthersHaveRuns_seesAndCancelsOnlyHisOwn() {
        String ana = hs256("user-ana", "runs-writer");
        String ben = hs256("user-ben", "runs-writer");
        String operator = ISSUER.bearer("eva", "something", "runs-operator");
        String name = post("/runs", ana, document("sleep 600")).text("name");
        await("its instance runs", A_WHILE, () -> get("/instances", ana).json().objects("instances").stream()
                .anyMatch(instance -> instance.text("run").equals(name)
                        && instance.text("state").equals("running")));

        assertThat(get("/runs/" + name, ben).status()).isEqualTo(404);
        assertThat(post("/runs/" + name + "/cancel", ben, "").status()).isEqualTo(404);
        assertThat(names(get("/runs?status=RUNNING", ben))).doesNotContain(name);
        assertThat(get("/instances", ben).body()).doesNotContain(name);
        assertThat(names(get("/runs?status=RUNNING", ana))).containsExactly(name);
        assertThat(names(get("/runs?status=RUNNING", operator))).contains(name);
        assertThat(get("/instances", operator).body()).contains(name);
        assertThat(post("/runs/" + name + "/cancel", hs256("user-ana", "runs-reader"), "")
                        .status())
                .isEqualTo(403);

        assertThat(post("/runs/" + name + "/cancel", ana, "").json()).containsEntry("cancelled", true);
        JsonObject report = get("/runs/" + name, operator).json();
        assertThat(report).containsEntry("outcome", "CANCELLED").containsEntry("owner", "user-ana");
        assertThat(report.text("cause")).contains("user-ana");
        assertThat(post("/runs/" + name + "/cancel", ana, "").json()).containsEntry("cancelled", false);
    }

    @Test
    void array_whileItRunsAndAtItsEnd_isCounted() {
        String operator = ISSUER.bearer("eva", "runs-operator");
        var document = new LinkedHashMap<>(document("test $INDEX = 0"));
        document.put(
                "run_options", Map.of("timeout_s", 600, "ii_terminate_instance", true, "array", Map.of("size", 2)));
        app.startExecution(app.stateMachine + "-array", "counted", document);
        var array = new JsonObject[1];

        await("the array has ended", A_WHILE, Duration.ofSeconds(1), () -> {
            array[0] = get("/runs/counted/array", operator).json();
            return array[0].has("outcome");
        });

        assertThat(array[0])
                .containsEntry("outcome", "RUNS_FAILED")
                .containsEntry("size", 2)
                .containsEntry("succeeded", 1)
                .containsEntry("failed_runs", List.of("counted-1"));
        assertThat(get("/runs/counted-1", operator).json()).containsEntry("array", "counted");
        assertThat(get("/runs/counted/array", hs256("user-0001", "runs-reader")).status())
                .isEqualTo(404);
    }

    private static List<String> names(Reply page) {
        return page.json().objects("runs").stream().map(run -> run.text("name")).toList();
    }

    @Test
    void request_whenTheTokenIsMissingOrWrong_isChallenged() {
        Reply none = send(app.request("/runs").GET());
        Reply forged =
                get("/runs", "Bearer " + Jwt.signed(Map.of("id", "user-0001"), "another secret of 32 characters!!"));

        assertThat(none.status()).isEqualTo(401);
        assertThat(none.header("www-authenticate")).isEqualTo("Bearer realm=\"wakebox\"");
        assertThat(forged.status()).isEqualTo(401);
        assertThat(forged.header("www-authenticate")).contains("error=\"invalid_token\"");
        assertThat(forged.json()).containsEntry("detail", "The token's signature does not hold.");
    }

    @Test
    void request_belowIam_isForCallersWithAwsCredentials() {
        assertThat(get("/iam/runs", hs256("user-0001", "runs-operator")).status())
                .isEqualTo(403);
        var signed = app.signedPost("/iam/runs/no-such-run/cancel");
        assertThat(signed.status()).isEqualTo(404);
        assertThat(signed.text("type")).isEqualTo("tag:wakebox.dev,2026:not-found");
    }

    @Test
    void preflight_always_allowsTheHeadersOfTheApi() {
        Reply reply =
                send(app.request("/runs", "origin", "https://page.example", "access-control-request-method", "POST")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));

        assertThat(reply.header("access-control-allow-headers"))
                .contains("idempotency-key")
                .contains("if-none-match")
                .contains("traceparent", "tracestate");
    }

    @Test
    void token_whenTheIssuerHasRotatedItsKey_isAccepted() {
        assertThat(get("/runs", ISSUER.bearer("eva", "runs-reader")).status()).isEqualTo(200);
        ISSUER.rotate();

        assertThat(get("/runs", ISSUER.bearer("eva", "runs-reader")).status()).isEqualTo(200);
    }

    @Test
    void manyRuns_whenStartedWithinAMinute_allEndRight() throws Exception {
        String ana = hs256("user-many", "runs-writer");
        Instant began = Instant.now();
        List<Reply> replies = concurrently(IntStream.range(0, 83)
                .<Callable<Reply>>mapToObj(i -> () -> post(
                        "/runs",
                        ana,
                        document("sleep 1", i % 10 == 0 ? "exit 4" : "true"),
                        "idempotency-key",
                        "many-" + i))
                .toList());
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofMinutes(1));
        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.status()).as(reply.body()).isEqualTo(201));

        for (int i = 0; i < replies.size(); i++) {
            String name = replies.get(i).text("name");
            assertThat(name).endsWith("-many-" + i);
            assertThat(ended(name, ana)).containsEntry("outcome", i % 10 == 0 ? "COMMAND_FAILED" : "SUCCEEDED");
            assertThat(app.instancesOf(replies.get(i).text("execution"))).hasSize(1);
        }
        System.out.println("83 runs of the API took " + Duration.between(began, Instant.now()));
    }

    private static <T> List<T> concurrently(List<Callable<T>> calls) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<T>();
            for (var future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
