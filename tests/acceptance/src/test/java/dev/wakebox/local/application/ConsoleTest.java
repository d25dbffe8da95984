package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.jobEvent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.computer.Jwt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console of the application, in a real browser where there is one. */
class ConsoleTest {
    private static final String OLD_EVENT = "ObjectRemoved:Delete";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
        app.putJwtSecret(SECRET);
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    private static String token(String id, String role) {
        return Jwt.signed(
                Map.of(
                        "id",
                        id,
                        "role",
                        role,
                        "mentorIds",
                        List.of(),
                        "exp",
                        Instant.now().plusSeconds(7200).getEpochSecond()),
                SECRET);
    }

    /**
     * Plays console/browser/. {@code ./wakebox test --all} plays all of it, {@code ./wakebox test} a sign-in and a run.
     */
    @Test
    void console_inABrowser_doesWhatItsUsersDo() throws IOException, InterruptedException {
        ConsoleInBrowser.isPossible();
        // browser/operations.test.mjs moves this message to StopQueue, whose function has nothing to do for it.
        app.deliver(
                "StopDeadLetterQueue",
                jobEvent(app.bucket, OLD_EVENT, Instant.now().minusSeconds(3600)));
        var tests = new ArrayList<>(List.of("browser/"));
        if (System.getenv("WAKEBOX_TEST_ALL") == null) {
            tests.addFirst("--test-name-pattern=^(signing in|a run|operations):");
        }
        ConsoleInBrowser.play(
                directory,
                Map.of(
                        "WAKEBOX_API", String.valueOf(app.fact("api")),
                        "WAKEBOX_OPERATOR", token("console-operator", "runs-operator"),
                        "WAKEBOX_READER", token("console-reader", "runs-reader"),
                        // The same user with another role, so that there is a run that the reader may see.
                        "WAKEBOX_READER_AS_WRITER", token("console-reader", "runs-writer"),
                        "WAKEBOX_MANAGER", token("console-manager", "ADMIN")),
                tests);
        await("the function has handled the dead letter", A_WHILE, () -> app.messages("StopQueue") == 0);
        assertThat(app.messages("StopDeadLetterQueue")).isZero();
    }

    @Test
    void overview_ofAnOperator_hasTheStateOfTheStackInOneAnswer() {
        String[] operator = {"authorization", "Bearer " + token("console-overview", "runs-operator")};
        String name = "overview-" + System.nanoTime();
        String run = app.stepFunctions
                .startExecution(request ->
                        request.stateMachineArn(app.stateMachine).name(name).input("{}"))
                .executionArn();
        await(
                "the run has ended",
                A_WHILE,
                () -> app.stepFunctions
                                .describeExecution(request -> request.executionArn(run))
                                .stopDate()
                        != null);
        app.ec2.startInstances(request -> request.instanceIds(app.instance));
        try {
            await("its outcome and the price of the instance are shown", A_WHILE, () -> {
                var overview = app.get("/overview", operator);
                assertThat(overview.status()).as(overview.raw()).isEqualTo(200);
                return overview.raw().contains("\"" + name + "\"")
                        && overview.raw().contains("\"outcome\"")
                        && overview.raw().contains("\"usd_per_hour\"");
            });
        } finally {
            app.ec2.stopInstances(request -> request.instanceIds(app.instance));
        }
        var overview = app.get("/overview", operator);
        assertThat(overview.json())
                .containsKeys("training", "processing", "instances", "alarms", "dead_letters")
                .doesNotContainKey("aws_console");
        assertThat(overview.raw()).contains("\"ReaperDeadLetterAlarm\"", "\"unavailable\":[]");
        assertThat(app.get("/overview").json()).containsOnlyKeys("training", "unavailable");
    }

    @Test
    void operations_ofAnOperator_showAndMoveDeadLettersAndFindJobs() {
        String[] operator = {"authorization", "Bearer " + token("console-operations", "runs-operator")};
        String queue = "/operations/dead-letters/ExcelDeadLetterQueue";
        app.deliver("ExcelDeadLetterQueue", "{\"authorization\": \"Bearer abc\", \"n\": 1}");

        assertThat(app.get("/operations/dead-letters", operator).raw())
                .contains("{\"queue\":\"ExcelDeadLetterQueue\",\"messages\":1");
        assertThat(app.get(queue + "/messages", operator).raw()).contains("…").doesNotContain("Bearer abc");
        await("the message can be received again", A_WHILE, () -> app.visible("ExcelDeadLetterQueue") == 1);
        assertThat(app.post(queue + "/redrive", "{\"to\": \"StopQueue\"}", operator)
                        .status())
                .isEqualTo(202);
        await("the message is moved", A_WHILE, () -> app.get(queue, operator)
                .raw()
                .contains("\"COMPLETED\""));
        assertThat(app.messages("ExcelDeadLetterQueue")).isZero();

        assertThat(app.get("/operations/jobs?id=no-such-job", operator).raw()).isEqualTo("{\"jobs\":[]}");
        var reaper = app.get("/operations/reaper", operator);
        assertThat(reaper.json()).as(reaper.raw()).containsKeys("since", "actions");
        assertThat(app.get("/models").json()).containsOnlyKeys("models");
        assertThat(app.get("/operations/reaper", "authorization", "Bearer " + token("console-reader-2", "runs-reader"))
                        .status())
                .isEqualTo(403);
    }

    /** API Gateway has no route at the root, and neither has our template. */
    @Test
    void root_ofTheLocalApplication_leadsToTheConsole() {
        var answer = app.send(app.request("/").GET());
        assertThat(answer.status()).isEqualTo(302);
        for (String path : List.of("/console", "/console/")) {
            assertThat(app.get(path).raw()).as(path).contains("Wakebox").contains("<html");
        }
        assertThat(app.get("/console/no-such-file").status()).isEqualTo(404);
    }

    @Test
    void settings_ofTheStack_needNoToken() {
        var settings = app.get("/console/config.json");
        assertThat(settings.status()).isEqualTo(200);
        assertThat(settings.json())
                .containsEntry("stack", "wakebox")
                .containsEntry("runs", true)
                .containsEntry("training", true)
                .containsEntry("requireAuth", false);
    }
}
