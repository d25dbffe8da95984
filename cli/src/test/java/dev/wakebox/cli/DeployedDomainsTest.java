package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.cli.StackCommands.Result;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the domains beside runs against a deployed stack, with nothing but the answers of AWS and of the API. */
class DeployedDomainsTest {
    private static final String ANSWER = """
            {"question": "Where?", "answer_text": "In Karlskrona.", "answer_type": "PARAPHRASE", "confidence": 0.934}""";

    private static final String SLEEPING = "{\"status\":\"sleeping\",\"token\":\"\",\"task_type\":\"\"}";

    @TempDir
    Path directory;

    private DeployedStack aws;
    private DeployedDomains stack;
    private StackCommands commands;

    @BeforeEach
    void deploy() throws IOException {
        aws = new DeployedStack();
        commands = new StackCommands(aws.endpoint(), directory);
        stack = aws.domains;
    }

    @AfterEach
    void delete() {
        aws.close();
    }

    // ---------------------------------------------------------------- questions

    @Test
    void ask_printsTheAnswer() {
        stack.on("GET /classifier/questions", 200, ANSWER);

        assertThat(wakebox("ask", "marta", "Where did you grow up?"))
                .isEqualTo(new Result(0, "In Karlskrona.\n(PARAPHRASE, confidence 0.93)\n", ""));
        assertThat(object(wakebox("ask", "marta", "Where?", "--json").out())).containsEntry("confidence", 0.934);
        assertThat(aws.operations)
                .containsExactly(
                        "DescribeStacks", "GET /classifier/questions", "DescribeStacks", "GET /classifier/questions");
        assertThat(stack.requests)
                .allSatisfy(request -> assertThat(request.authorization()).isEmpty());
    }

    @Test
    void ask_whenTheApiFailsForAMoment_asksAgain() {
        stack.on("GET /classifier/questions", 503, "{\"message\": \"S3 can't be reached.\"}")
                .on("GET /classifier/questions", 200, ANSWER);

        assertThat(wakebox("ask", "marta", "Where?").exitCode()).isZero();
    }

    @Test
    void ask_whenThereIsNoModel_saysSo() {
        stack.on("GET /classifier/questions", 404, "{\"message\": \"No models found for mentor nobody.\"}");

        assertThat(wakebox("ask", "nobody", "Where?"))
                .isEqualTo(new Result(2, "", "wakebox: No models found for mentor nobody.\n"));
    }

    @Test
    void trainMentor_followsTheTraining() throws IOException {
        Files.writeString(directory.resolve("token.txt"), "ey.secret.jwt\n");
        stack.on(
                        "POST /classifier/train",
                        200,
                        "{\"data\": {\"id\": \"7\", \"status\": \"QUEUED\", \"statusUrl\": \"/train/status/7\"}}")
                .on("GET /classifier/train/status/7", 200, training("IN_PROGRESS", "reading"))
                .on("GET /classifier/train/status/7", 200, training("SUCCESS", "done"));

        Result result = wakebox("train-mentor", "marta", "--token", "token.txt");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.out())
                .containsSubsequence("IN_PROGRESS", "SUCCESS", "accuracy", "0.81")
                .doesNotContain("\u001b", "[#");
        assertThat(stack.requests)
                .allSatisfy(request -> assertThat(request.authorization()).isEqualTo("Bearer ey.secret.jwt"));
        assertThat(stack.requests.getFirst().text()).isEqualTo("{\"mentor\":\"marta\"}");
    }

    @Test
    void trainMentor_whenItFails_saysWhyAndEnds1() {
        commands.environment.put("WAKEBOX_TOKEN", "ey.secret.jwt");
        stack.on(
                        "POST /classifier/train",
                        200,
                        "{\"data\": {\"id\": \"7\", \"status\": \"QUEUED\", \"statusUrl\": \"/train/status/7\"}}")
                .on("GET /classifier/train/status/7", 200, training("FAILURE", "There is no answer to learn from."));

        Result text = wakebox("train-mentor", "marta");
        Result json = wakebox("train-mentor", "marta", "--json");

        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out()).contains("FAILURE", "There is no answer to learn from.");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(object(json.out())).containsEntry("status", "FAILURE");
    }

    private static String training(String status, String message) {
        return "{\"data\": {\"id\": \"7\", \"status\": \"%s\", \"progress\": 40, \"message\": \"%s\", \"report\": {\"accuracy\": \"0.81\"}}}"
                .formatted(status, message);
    }

    @Test
    void apiCommand_whenTheTokenIsMissingOrRefused_saysHowToGiveOne() {
        stack.on(
                "POST /classifier/train",
                401,
                "{\"data\": {\"error\": \"not authorized\", \"message\": \"The token has expired.\"}}");

        Result missing = wakebox("train-mentor", "marta");
        commands.environment.put("WAKEBOX_TOKEN", "ey.secret.jwt");
        Result refused = wakebox("train-mentor", "marta");
        Result argument = wakebox("train-mentor", "marta", "--token", "ey.other.jwt");

        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("without a token", "WAKEBOX_TOKEN", "--token");
        assertThat(refused.err()).contains("the token: The token has expired.").doesNotContain("secret");
        assertThat(argument.exitCode()).isEqualTo(2);
        assertThat(argument.err()).contains("--token needs a file").doesNotContain("ey.other");
    }

    @Test
    void apiCommand_whenTheUrlIsNotEncrypted_isRefused() {
        assertThat(wakebox("ask", "marta", "Where?", "--api-url", "http://example.org")
                        .err())
                .contains("must begin with https://");
    }

    // ---------------------------------------------------------------- uploads

    @Test
    void upload_sendsTheFileAndFollowsItsProcessing() throws IOException {
        announced();
        stack.on("GET /uploads/id-1", 200, upload("UPLOADED", ""))
                .on("GET /uploads/id-1", 200, upload("PROCESSING", ""))
                .on("GET /uploads/id-1", 200, upload("DONE", ", \"links\": {\"summary\": \"https://example.org/s\"}"));

        Result result = wakebox("upload", "junction 4.mp4", "--email", "ana@example.org", "--language", "en");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.out())
                .containsSubsequence(
                        "Uploaded junction 4.mp4 (0.0 MB) as id-1",
                        "UPLOADED",
                        "PROCESSING",
                        "DONE",
                        "summary     https://example.org/s");
        assertThat(object(stack.requests.getFirst().text()))
                .containsEntry("filename", "junction 4.mp4")
                .containsEntry("email", "ana@example.org")
                .containsEntry("name", "ana")
                .containsEntry("language", "en")
                .containsEntry("contentLength", 9);
        assertThat(stack.requests.get(1).line()).isEqualTo("PUT /presigned");
        assertThat(stack.requests.get(1).text()).isEqualTo("the video");
    }

    @Test
    void upload_whenProcessingFails_saysWhyAndEnds1() throws IOException {
        announced();
        stack.on("GET /uploads/id-1", 200, upload("FAILED", ", \"reason\": \"It has no picture.\""));

        Result text = wakebox("upload", "junction 4.mp4", "--email", "ana@example.org");
        Result json = wakebox("upload", "junction 4.mp4", "--email", "ana@example.org", "--json");

        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out()).endsWith("FAILED\nIt has no picture.\n");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(object(json.out())).containsEntry("reason", "It has no picture.");
    }

    @Test
    void upload_whenAFieldIsWrongOrTheFileMissing_namesIt() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "no video");
        Files.createFile(directory.resolve("empty.mp4"));
        stack.on("POST /uploads", 400, "{\"message\": \"It must end in .mp4.\", \"field\": \"filename\"}");

        assertThat(wakebox("upload", "a.txt", "--email", "a@example.org"))
                .isEqualTo(new Result(2, "", "wakebox: filename: It must end in .mp4.\n"));
        assertThat(wakebox("upload", "nosuch.mp4", "--email", "a@example.org").err())
                .contains("there is no file");
        assertThat(wakebox("upload", "empty.mp4", "--email", "a@example.org").err())
                .contains("is empty");
        assertThat(wakebox("upload", "a.txt").err()).contains("--email");
        assertThat(wakebox("upload", "a.txt", "--email", "a@example.org", "--langauge", "en")
                        .err())
                .contains("did you mean --language");
    }

    private void announced() throws IOException {
        Files.writeString(directory.resolve("junction 4.mp4"), "the video");
        stack.on(
                        "POST /uploads",
                        201,
                        "{\"id\": \"id-1\", \"url\": \"" + aws.endpoint()
                                + "/presigned?X-Amz-Signature=a%2Fb\", \"method\": \"PUT\", \"headers\": {\"content-type\": \"video/mp4\"}}")
                .on("PUT /presigned", 200, "");
    }

    private static String upload(String state, String more) {
        return "{\"id\": \"id-1\", \"state\": \"" + state + "\", \"progress\": 50" + more + "}";
    }

    // ---------------------------------------------------------------- trainings

    @Test
    void train_sendsTheRowsOfAllFilesAndFollowsTheRun() throws IOException {
        Files.writeString(directory.resolve("bank questions.csv"), "input,label\nwhere is my card,card");
        Files.writeString(directory.resolve("more.csv"), "\uFEFFinput,label\r\ntop up,top up\n");
        stack.on("POST /train", 200, "{\"result\": \"success\", \"token\": \"run-1\"}")
                .on(
                        "GET /prod-data/status.json",
                        200,
                        SLEEPING.replace("\"\"", "\"run-1\"").replace("sleeping", "active"))
                .on("GET /prod-data/status.json", 200, SLEEPING)
                .on("GET /prod-data/inference.json", 200, "{\"run-1\": {\"accuracy\": 0.94, \"labels\": [\"card\"]}}");

        Result result = wakebox(
                "train", "bank questions.csv", "more.csv", "--epochs", "3", "--split", "70:30", "--set", "stepLr=true");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.out())
                .containsSubsequence(
                        "Started the run run-1", "Instance i-training is running", "SUCCEEDED", "accuracy", "0.94");
        JsonObject request = object(stack.requests.getFirst().text());
        assertThat(request)
                .containsEntry("taskType", "textClassification")
                .containsEntry("taskName", "bank questions")
                .containsEntry("epochs", 3)
                .containsEntry("dataSplit", "70 : 30")
                .containsEntry("stepLr", true);
        assertThat(new String(Base64.getDecoder().decode(request.text("dataset")), UTF_8))
                .isEqualTo("input,label\nwhere is my card,card\ntop up,top up\n");
    }

    @Test
    void train_whenTheServerIsBusy_waitsInTheQueueAndFollowsTheRun() throws IOException {
        String queue = ", \"queue\": [{\"token\": \"run-0\", \"since\": \"2025-11-29T12:14:00Z\"},"
                + " {\"token\": \"run-1\", \"since\": \"2025-11-29T12:14:00Z\"}]}";
        Files.writeString(directory.resolve("a.csv"), "input,label\n");
        stack.on("POST /train", 200, "{\"result\": \"success\", \"token\": \"run-1\", \"queued\": true, \"place\": 2}")
                .on("GET /prod-data/status.json", 200, "{\"status\": \"active\", \"token\": \"a\"" + queue)
                .on("GET /prod-data/status.json", 200, "{\"status\": \"active\", \"token\": \"run-0\"" + queue)
                .on("GET /prod-data/status.json", 200, "{\"status\": \"active\", \"token\": \"run-1\"}")
                .on("GET /prod-data/status.json", 200, SLEEPING)
                .on("GET /prod-data/inference.json", 200, "{\"run-1\": {\"accuracy\": 0.94}}");

        Result result = wakebox("train", "a.csv");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.out())
                .containsSubsequence(
                        "The run run-1 waits at place 2",
                        "Waiting at place 2",
                        "Waiting at place 1",
                        "Instance i-training is running",
                        "SUCCEEDED");
        assertThat(wakebox("train", "a.csv", "--no-wait", "--json").out()).contains("\"outcome\":\"QUEUED\"");
    }

    @Test
    void status_whenTrainingsWait_namesThem() {
        stack.on("GET /prod-data/status.json", 200, """
                {"status": "active", "token": "run-1", "since": "2025-11-29T12:14:00Z", "queue": [
                 {"token": "run-2", "task_type": "x", "since": "2025-11-29T12:14:00Z"},
                 {"token": "run-3", "task_type": "x", "since": "2025-11-29T12:14:00Z"}]}""");

        assertThat(wakebox("status").out()).contains("; waiting: run-2, run-3\n");
        assertThat(object(wakebox("status", "--json").out()).object("training").texts("waiting"))
                .containsExactly("run-2", "run-3");
    }

    @Test
    void train_whenTheRunLeavesNoModel_ends1() throws IOException {
        Files.writeString(directory.resolve("a.csv"), "input,label\n");
        stack.on("POST /train", 200, "{\"result\": \"success\", \"token\": \"run-1\"}")
                .on("GET /prod-data/status.json", 200, SLEEPING)
                .on("GET /prod-data/inference.json", 403, "<Error><Code>AccessDenied</Code></Error>");

        Result text = wakebox("train", "a.csv");
        Result json = wakebox("train", "a.csv", "--json");
        Result started = wakebox("train", "a.csv", "--json", "--no-wait");

        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out()).contains("FAILED", "without a model");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.out()).isEqualTo("{\"token\":\"run-1\",\"outcome\":\"FAILED\",\"inference\":{}}\n");
        assertThat(started.exitCode()).isZero();
        assertThat(started.out()).contains("\"outcome\":\"RUNNING\"");
    }

    @Test
    void train_whenTheDatasetIsLarge_uploadsIt() throws IOException {
        String csv = "input,label\n" + "where is my card,card\n".repeat(200_000);
        Files.writeString(directory.resolve("large.csv"), csv);
        stack.on(
                        "POST /datasets",
                        201,
                        "{\"datasetKey\": \"datasets/1.csv\", \"url\": \"" + aws.endpoint()
                                + "/presigned\", \"method\": \"PUT\", \"headers\": {}}")
                .on("PUT /presigned", 200, "")
                .on("POST /train", 200, "{\"result\": \"success\", \"token\": \"run-1\"}");

        Result result = wakebox("train", "large.csv", "--no-wait");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(object(stack.requests.getFirst().text()))
                .containsEntry("contentType", "text/csv")
                .containsEntry("contentLength", csv.length());
        assertThat(stack.requests.get(1).text()).isEqualTo(csv);
        assertThat(object(stack.requests.getLast().text()))
                .containsEntry("datasetKey", "datasets/1.csv")
                .doesNotContainKey("dataset");
    }

    @Test
    void train_ofADirectory_sendsItsImagesByLabel() throws IOException {
        for (String image : List.of("cat/1.png", "cat/2.png", "dog/1.png", "dog/.hidden")) {
            Path file = directory.resolve("pets").resolve(image);
            Files.createDirectories(file.getParent());
            Files.writeString(file, image);
        }
        stack.on("POST /train", 200, "{\"result\": \"success\", \"token\": \"run-1\"}");

        wakebox("train", "pets", "--no-wait");

        JsonObject request = object(stack.requests.getFirst().text());
        assertThat(request).containsEntry("taskType", "imageClassification").containsEntry("taskName", "pets");
        assertThat(request.object("dataset").texts("cat")).hasSize(2);
        assertThat(request.object("dataset").texts("dog"))
                .containsExactly(Base64.getEncoder().encodeToString("dog/1.png".getBytes(UTF_8)));
    }

    @Test
    void train_whenItIsRefused_saysWhy() throws IOException {
        Files.writeString(directory.resolve("a.csv"), "input,label\n");
        Files.writeString(directory.resolve("b.csv"), "label,input\n");
        stack.on("POST /train", 409, "{\"result\": \"error\", \"message\": \"Server is busy.\"}");

        assertThat(wakebox("train", "a.csv")).isEqualTo(new Result(3, "", "wakebox: Server is busy.\n"));
        assertThat(wakebox("train", "a.csv", "b.csv").err()).contains("b.csv has another first line than");
        assertThat(wakebox("train", "nosuch.csv").exitCode()).isEqualTo(2);
        assertThat(wakebox("train", "a.csv", "--set", "stepLr").err()).contains("FIELD=VALUE");
    }

    // ---------------------------------------------------------------- the stack

    @Test
    void status_tellsWhatTheStackDoes() {
        stack.on("GET /prod-data/status.json", 200, """
                {"status": "active", "token": "run-1", "task_type": "textclassification", "since": "2025-11-29T12:14:00Z"}""");
        stack.dead.add("{}");

        Result text = wakebox("status");
        Result json = wakebox("status", "--json");

        assertThat(text.exitCode()).as(text.toString()).isZero();
        assertThat(text.out())
                .contains(
                        "Stack            prod in eu-west-1\n",
                        "HTTP API         " + aws.endpoint(),
                        "active for 1 min 0 s, run run-1; instance i-training is running",
                        "instance i-processing is running",
                        "i-0a1b (t4g.small)  live-1",
                        "1 in StopDeadLetterQueue")
                .doesNotContain("AWS endpoint");
        assertThat(object(json.out()).object("training"))
                .containsEntry("run", "run-1")
                .containsEntry("state", "running");
    }

    @Test
    void status_whenTheRecordMayNotBeRead_saysSo() {
        stack.on("GET /prod-data/status.json", 403, "<Error><Code>AccessDenied</Code></Error>");

        assertThat(wakebox("status").out()).contains("unknown (no run yet, or status.json may not be read)");
    }

    @Test
    void invoke_callsThePublishedVersion() throws IOException {
        Files.writeString(directory.resolve("event.json"), "{\"a\": 1}");

        for (String name : List.of("status", "StatusFunction", "prod-status")) {
            assertThat(wakebox("invoke", name, "-e", "event.json"))
                    .isEqualTo(new Result(0, "{\"statusCode\":200}\n", ""));
        }
        Result failed = wakebox("invoke", "email", "--event", "event.json");
        Result unknown = wakebox("invoke", "nosuch", "-e", "event.json");

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).contains("no Records");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("no function \"nosuch\"", "email status");
        assertThat(stack.requests.getFirst().line())
                .isEqualTo("POST /2015-03-31/functions/prod-status/invocations?Qualifier=live");
        assertThat(stack.requests.getLast().line()).isEqualTo("POST /2015-03-31/functions/prod-email/invocations");
        assertThat(stack.requests.getFirst().text()).isEqualTo("{\"a\": 1}");
    }

    @Test
    void token_isSignedWithTheSecretOfTheStack() {
        stack.parameters.put("/prod/jwt", "0123456789abcdef0123456789abcdef");

        Result result = wakebox("token", "--role", "CONTENT_MANAGER", "--mentor", "marta", "--valid", "8h");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        String[] parts = result.out().strip().split("\\.");
        assertThat(parts).hasSize(3);
        assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8))
                .isEqualTo(
                        "{\"id\":\"wakebox-cli\",\"role\":\"CONTENT_MANAGER\",\"mentorIds\":[\"marta\"],\"exp\":1764447300}");
        assertThat(wakebox("token", "--valid", "8d").err()).contains("at most 7d");
        assertThat(wakebox("token", "--id", "me").err()).contains("5 to 60 characters");
    }

    // ---------------------------------------------------------------- dead letters

    @Test
    void dlq_listsAndShows() {
        stack.dead.addAll(List.of("{\"a\": 1}", "{\"id\": \"7\", \"authorization\": \"Bearer ey.secret.jwt\"}"));

        assertThat(wakebox("dlq").out())
                .isEqualTo("StopDeadLetterQueue                  2\nUploadDeadLetterQueue                0\n");
        assertThat(wakebox("dlq", "--json").out())
                .isEqualTo("[{\"queue\":\"StopDeadLetterQueue\",\"messages\":2,\"in_flight\":0},"
                        + "{\"queue\":\"UploadDeadLetterQueue\",\"messages\":0,\"in_flight\":0}]\n");
        Result shown = wakebox("dlq", "show", "stop");
        assertThat(shown.out())
                .contains("sent 2025-11-29T12:00:00Z, received 3 times", "    {\"a\": 1}\n", "\"authorization\": \"…\"")
                .doesNotContain("secret");
        assertThat(wakebox("dlq", "show", "StopDeadLetterQueue", "--limit", "1", "--json")
                        .out()
                        .lines())
                .first()
                .asString()
                .contains("\"received\":3", "\"body\":\"{");
    }

    @Test
    void dlqRedrive_movesAndTellsTheEnd() {
        Result moved = wakebox("dlq", "redrive", "Stop");
        stack.move = Map.of(
                "Status",
                "FAILED",
                "ApproximateNumberOfMessagesMoved",
                0,
                "FailureReason",
                "CouldNotDetermineMessageSource");
        Result failed = wakebox("dlq", "redrive", "Stop", "--to", "StopQueue");
        Result json = wakebox("dlq", "redrive", "Stop", "--json");

        assertThat(moved).isEqualTo(new Result(0, "COMPLETED  messages of StopDeadLetterQueue moved: 2\n", ""));
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).contains("CouldNotDetermineMessageSource");
        assertThat(json.out())
                .isEqualTo(
                        "{\"queue\":\"StopDeadLetterQueue\",\"status\":\"FAILED\",\"moved\":0,\"reason\":\"CouldNotDetermineMessageSource\"}\n");
        assertThat(stack.requests.getFirst().text())
                .isEqualTo("{\"SourceArn\":\"arn:aws:sqs:eu-west-1:111122223333:prod-StopDeadLetterQueue-1A2B3C\"}");
        assertThat(stack.requests.get(1).text())
                .contains("\"DestinationArn\":\"arn:aws:sqs:eu-west-1:111122223333:prod-StopQueue-1A2B3C\"");
    }

    @Test
    void dlqPurge_asksFirst() {
        stack.dead.add("{}");

        commands.input = "n\n";
        Result refused = wakebox("dlq", "purge", "Stop");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.out())
                .contains("Delete the messages of StopDeadLetterQueue (about 1) of the stack prod for ever? [y/N]");
        assertThat(stack.dead).hasSize(1);
        commands.input = "";
        assertThat(wakebox("dlq", "purge", "Stop").err()).contains("--yes");
        assertThat(wakebox("dlq", "purge", "Stop", "--json").err()).contains("needs --yes");
        commands.input = "y\n";
        assertThat(wakebox("dlq", "purge", "Stop").out()).endsWith("Deleted the messages of StopDeadLetterQueue.\n");
        assertThat(stack.dead).isEmpty();
        assertThat(wakebox("dlq", "purge", "Stop", "--yes", "--json").out())
                .isEqualTo("{\"queue\":\"StopDeadLetterQueue\",\"purged\":true}\n");
    }

    @Test
    void dlq_whenTheQueueOrTheCommandIsUnknown_namesThem() {
        assertThat(wakebox("dlq", "show", "nosuch").err())
                .isEqualTo(
                        "wakebox: the stack has no dead-letter queue \"nosuch\"; there are: StopDeadLetterQueue UploadDeadLetterQueue.\n");
        assertThat(wakebox("dlq", "redrive", "Stop", "--to", "nosuch").err())
                .contains("no queue \"nosuch\"", "StopQueue");
        assertThat(wakebox("dlq", "redirve", "Stop").err()).contains("redrive").matches("[^\n]*\n");
    }

    // ---------------------------------------------------------------- the terminal

    @Test
    void anyCommand_onATerminal_hasColoursAndProgress() throws IOException {
        announced();
        stack.on("GET /uploads/id-1", 200, upload("PROCESSING", "")).on("GET /uploads/id-1", 200, upload("DONE", ""));
        commands.interactive = true;

        assertThat(wakebox("upload", "junction 4.mp4", "--email", "a@example.org")
                        .out())
                .contains(
                        "\u001b[33mPROCESSING\u001b[0m",
                        "[###############···············] 50 %",
                        "\u001b[32mDONE\u001b[0m");
        assertThat(wakebox("runs").out()).contains("\u001b[32mSUCCEEDED\u001b[0m");
        commands.environment.put("NO_COLOR", "1");
        assertThat(wakebox("runs").out()).contains("SUCCEEDED").doesNotContain("\u001b");
        commands.environment.put("NO_COLOR", "");
        commands.environment.put("TERM", "dumb");
        assertThat(wakebox("runs").out()).contains("SUCCEEDED").doesNotContain("\u001b");
    }

    @Test
    void anyCommand_withJson_hasNeitherColoursNorProgress() throws IOException {
        announced();
        stack.on("GET /uploads/id-1", 200, upload("PROCESSING", "")).on("GET /uploads/id-1", 200, upload("DONE", ""));
        commands.interactive = true;

        assertThat(wakebox("upload", "junction 4.mp4", "--email", "a@example.org", "--json")
                        .out())
                .isEqualTo("{\"id\":\"id-1\",\"state\":\"DONE\",\"progress\":50}\n");
    }

    private static JsonObject object(String json) {
        return Json.object(json.getBytes(UTF_8));
    }

    private Result wakebox(String... arguments) {
        return commands.run(arguments);
    }
}
