package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.goodRequest;
import static dev.wakebox.local.application.RunningApplication.jobEvent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.graphql.GraphQlStandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code ./wakebox} for the training server, uploads, questions and dead letters, on the local application. */
class DomainCommandsTest {
    private static final String OLD_EVENT = "ObjectRemoved:Delete";

    @TempDir
    static Path directory;

    static RunningApplication app;

    @TempDir
    Path elsewhere;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void trainMentorAndAsk_answerAQuestion() throws Exception {
        var commands = Commands.of(app, elsewhere);

        assertThat(commands.run("ask", "nobody", "Who are you?"))
                .isEqualTo(new Commands.Result(2, "wakebox: No models found for mentor nobody.\n"));
        var trained = commands.run("train-mentor", GraphQlStandIn.MENTOR);
        assertThat(trained.exitCode()).as(trained.said()).isZero();
        assertThat(trained.said()).containsSubsequence("SUCCESS", "answers", "69");
        var answer = commands.run("ask", GraphQlStandIn.MENTOR, "where did you grow up?", "--alternatives", "3");
        assertThat(answer.exitCode()).as(answer.said()).isZero();
        assertThat(answer.said()).contains("Karlskrona", "(EXACT, confidence 1.00)");
        assertThat(answer.said().lines()).hasSize(5);
    }

    @Test
    void trainMentor_withoutAToken_saysWhatIsNeeded() throws Exception {
        var refused = new Commands(app.aws(), elsewhere)
                .run("train-mentor", "x", "--api-url", String.valueOf(app.fact("api")));

        assertThat(refused.exitCode()).as(refused.said()).isEqualTo(2);
        assertThat(refused.said()).contains("without a token", "WAKEBOX_TOKEN");
    }

    @Test
    void token_isTakenByTheApi() throws Exception {
        String token = Commands.of(app, elsewhere)
                .run("token", "--role", "CONTENT_MANAGER")
                .said()
                .strip();

        assertThat(app.get("/classifier/ping", "authorization", "Bearer " + token)
                        .status())
                .as(token)
                .isEqualTo(200);
    }

    @Test
    void upload_isProcessedAndHasLinks() throws Exception {
        var bytes = new byte[300_000];
        new Random(4).nextBytes(bytes);
        Files.write(elsewhere.resolve("junction 4.mp4"), bytes);

        var uploaded = Commands.of(app, elsewhere)
                .run("upload", "junction 4.mp4", "--email", "ana@example.org", "--language", "en");

        assertThat(uploaded.exitCode()).as(uploaded.said()).isZero();
        assertThat(uploaded.said()).containsSubsequence("Uploaded junction 4.mp4 (0.3 MB)", "DONE", "summary", "http");
    }

    @Test
    void upload_ofAFileThatIsNoVideo_failsWithTheReason() throws Exception {
        Files.writeString(elsewhere.resolve("page.mp4"), "<!doctype html><html><body>no video</body></html>");

        var failed = Commands.of(app, elsewhere).run("upload", "page.mp4", "--email", "ana@example.org");

        assertThat(failed.exitCode()).as(failed.said()).isEqualTo(1);
        assertThat(failed.said()).contains("FAILED", "web page");
    }

    @Test
    void train_endsWithTheAccuracy() throws Exception {
        Files.write(
                elsewhere.resolve("cards.csv"),
                Base64.getDecoder().decode(String.valueOf(goodRequest().get("dataset"))));
        var commands = Commands.of(app, elsewhere);

        var trained = commands.run("train", "cards.csv", "--epochs", "2", "--split", "70:30");

        assertThat(trained.exitCode()).as(trained.said()).isZero();
        assertThat(trained.said())
                .containsSubsequence("Started the run textclassification-cards-", "SUCCEEDED", "accuracy");
        await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
        var refused = commands.run("train", "cards.csv", "--epochs", "21");
        assertThat(refused.exitCode()).as(refused.said()).isEqualTo(2);
        assertThat(refused.said()).contains("epochs");
    }

    @Test
    void dlq_movesAndDeletesMessages() throws Exception {
        var commands = Commands.of(app, elsewhere);
        String event = jobEvent(app.bucket, OLD_EVENT, Instant.now().minusSeconds(3600));
        app.deliver("StopDeadLetterQueue", event);

        assertThat(commands.run("dlq").said()).containsPattern("StopDeadLetterQueue +1\n");
        assertThat(commands.run("dlq", "show", "stop").said()).contains(OLD_EVENT);
        await("the message can be received again", A_WHILE, () -> app.visible("StopDeadLetterQueue") == 1);
        var unknown = commands.run("dlq", "redrive", "Stop");
        assertThat(unknown.exitCode()).as(unknown.said()).isEqualTo(1);
        assertThat(unknown.said()).contains("CouldNotDetermineMessageSource");
        assertThat(commands.run("dlq", "redrive", "Stop", "--to", "StopQueue"))
                .isEqualTo(new Commands.Result(0, "COMPLETED  messages of StopDeadLetterQueue moved: 1\n"));
        await("the function has handled it", A_WHILE, () -> app.messages("StopQueue") == 0);
        assertThat(app.messages("StopDeadLetterQueue")).isZero();

        app.deliver("StopDeadLetterQueue", event);
        assertThat(commands.run("dlq", "purge", "Stop", "--yes").exitCode()).isZero();
        assertThat(app.messages("StopDeadLetterQueue")).isZero();
    }

    @Test
    void statusAndInvoke_tellAboutTheStack() throws Exception {
        var commands = Commands.of(app, elsewhere);
        Path event = RunningApplication.ROOT.resolve("events/status-get.json");

        var status = commands.run("status");
        assertThat(status.exitCode()).as(status.said()).isZero();
        assertThat(status.said())
                .contains(
                        "HTTP API         " + app.fact("api"),
                        "AWS endpoint     " + app.aws(),
                        app.instance,
                        app.bucket);
        assertThat(commands.run("status", "--json").said()).contains("\"stack\":\"wakebox\"", "\"training\":{");
        assertThat(commands.run("invoke", "StatusFunction", "-e", event.toString())
                        .said())
                .containsPattern("\"statusCode\": ?200");
        assertThat(commands.run("invoke", "nosuch", "-e", event.toString()).exitCode())
                .isEqualTo(2);
    }

    @Test
    void commands_ofUsersWithThePoliciesOfTheStack_mayDoWhatTheyAreFor() throws Exception {
        var reader = Commands.of(app.user("looks", "WakeboxReader"), app.aws(), elsewhere);
        var operator = Commands.of(app.user("operates", "WakeboxOperator"), app.aws(), elsewhere);
        Path event = RunningApplication.ROOT.resolve("events/status-get.json");
        app.deliver("ExcelDeadLetterQueue", "{}");

        for (var commands : List.of(reader, operator)) {
            var status = commands.run("status");
            assertThat(status.exitCode()).as(status.said()).isZero();
            assertThat(commands.run("dlq").said()).contains("ExcelDeadLetterQueue");
            assertThat(commands.run("invoke", "status", "-e", event.toString()).said())
                    .contains("lambda:InvokeFunction");
        }
        var denied = reader.run("dlq", "purge", "Excel", "--yes");
        assertThat(denied.exitCode()).as(denied.said()).isEqualTo(3);
        assertThat(denied.said()).containsIgnoringCase("sqs:PurgeQueue");
        assertThat(reader.run("dlq", "show", "Excel").exitCode()).isEqualTo(3);
        assertThat(reader.run("token").said()).contains("ssm:GetParameter");
        assertThat(operator.run("dlq", "show", "Excel").said()).contains("    {}\n");
        await("the message can be received again", A_WHILE, () -> app.visible("ExcelDeadLetterQueue") == 1);
        var moved = operator.run("dlq", "redrive", "Excel", "--to", "StopQueue");
        assertThat(moved.exitCode()).as(moved.said()).isZero();
        assertThat(operator.run("dlq", "purge", "Excel", "--yes").exitCode()).isZero();
    }
}
