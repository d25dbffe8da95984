package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.application.RunningApplication.Answer;
import dev.wakebox.local.computer.Jwt;
import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The question classifier from outside: HTTP, the queue and the GraphQL server's stand-in, with the real template. */
class ClassifierTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String MARTA = GraphQlStandIn.MENTOR;
    private static final String GRAPHQL_HEADER = "arn:aws:secretsmanager:us-east-1:000000000000:secret:graphql-header";

    @TempDir
    static Path directory;

    static RunningApplication app;
    private static String models;
    private static Data firstTraining;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(
                directory, Map.of("GraphqlSecretHeaderArn", GRAPHQL_HEADER, "JwtRequireExpiry", "false"));
        app.putJwtSecret(SECRET);
        app.client(SecretsManagerClient.builder()).createSecret(request -> request.name("graphql-header")
                .secretString("{\"name\":\"X-Firewall\",\"value\":\"open-sesame\"}"));
        app.send(HttpRequest.newBuilder(standIn("required-header?name=x-firewall&value=open-sesame"))
                .PUT(HttpRequest.BodyPublishers.noBody()));
        models = String.valueOf(((Map<?, ?>) app.fact("outputs")).get("ModelsBucketName"));
        firstTraining = trained(MARTA);
        ask(MARTA, "Are you there?"); // an answer doesn't wait long enough for a process's first report
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void train_whenItSucceeds_reportsWhatWasMeasuredOnHeldOutQuestions() {
        assertThat(firstTraining.text("status")).as(firstTraining.toString()).isEqualTo("SUCCESS");
        assertThat(firstTraining.text("state")).isEqualTo("SUCCESS");
        assertThat(firstTraining.text("progress")).isEqualTo("100");
        var report = new Data((Map<?, ?>) firstTraining.fields().get("report"));
        assertThat(report.text("answers")).isEqualTo("69");
        assertThat(Integer.parseInt(report.text("heldOut"))).isEqualTo(276);
        assertThat(Double.parseDouble(report.text("accuracy"))).isBetween(0.5, 1.0);
        assertThat(report.toString()).contains("calibrationError", "offTopicThreshold");
        assertThat(String.valueOf(notes().get("trained"))).contains(MARTA);
        assertThat(String.valueOf(notes().get("authorizations"))).contains("Bearer ey");
    }

    @ParameterizedTest
    @CsvSource({
        "where did you grow up?!, EXACT, Karlskrona",
        "how many siblings do you have, PARAPHRASE, Jonas",
        "did you ever get into a really nasty storm out there?, CLASSIFIER, fourteen metres",
        "which subjects at school would help me to get into engineering?, CLASSIFIER, Physics and mathematics",
    })
    void questions_whenThereIsAnAnswer_areAnswered(String question, String classifier, String text) {
        var answer = ask(MARTA, question);

        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        assertThat(answer.text("answer_text")).contains(text);
        assertThat(answer.text("question")).isEqualTo(question);
        assertThat(answer.text("answer_type")).isEqualTo(classifier);
        assertThat(answer.text("classifier")).isEmpty();
        assertThat(answer.json().keySet())
                .containsExactlyInAnyOrder(
                        "question",
                        "question_id",
                        "answer_id",
                        "answer_text",
                        "answer_markdown_text",
                        "answer_media",
                        "external_video_ids",
                        "confidence",
                        "feedback_id",
                        "classifier",
                        "answer_type",
                        "answer_missing");
        assertThat(answer.text("answer_media")).contains("web.mp4");
        await("the question is reported", A_WHILE, () -> !reports(question).isEmpty());
        Object feedbackId = answer.json().get("feedback_id");
        if (feedbackId != null) { // the report may have been too late for the answer
            assertThat(reports(question)).contains(feedbackId);
        }
    }

    /** The ids of the recorded user's questions. */
    private static List<Object> reports(String question) {
        return ((List<?>) notes().get("userQuestions"))
                .stream()
                        .map(noted -> (Map<?, ?>) noted)
                        .filter(noted -> question.equals(noted.get("question")))
                        .<Object>map(noted -> noted.get("_id"))
                        .toList();
    }

    @Test
    void questions_whenOffTopic_areAnsweredWithAnUtterance() {
        var answer = ask(MARTA, "What is the boiling point of nitrogen?");

        assertThat(answer.text("answer_type")).isEqualTo("OFF_TOPIC");
        assertThat(answer.text("answer_text"))
                .containsAnyOf("no answer to that one", "engine room", "Nobody has asked");
        assertThat((Double) answer.json().get("confidence")).isBetween(0.0, 1.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"你在哪里长大？", "Где ты выросла?", "😀🎉", "?", "\u00a0 где?"})
    void questions_whateverTheScript_areAnswered(String question) {
        assertThat(ask(MARTA, question).status()).isEqualTo(200);
    }

    @Test
    void questions_whenTheQueryHas100KB_areRefusedOrAnsweredButNeverBreakAnything() {
        assertThat(ask(MARTA, "storm ".repeat(17_000)).status()).isIn(200, 413, 414, 431);
        assertThat(ask(MARTA, "Where did you grow up?").status()).isEqualTo(200);
    }

    @Test
    void questions_whenThereIsNoModel_are404() {
        var answer = ask("nobody", "Who are you?");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.raw()).isEqualTo("{\"message\":\"No models found for mentor nobody.\"}");
    }

    @Test
    void questions_whenPinged_warmTheModel() {
        assertThat(app.get("/classifier/questions?mentor=" + MARTA + "&query=&ping=true")
                        .raw())
                .isEqualTo("{\"message\":\"Successful ping for mentor: " + MARTA + ".\"}");
    }

    @Test
    void questions_whenRetrained_areAnsweredByTheNewModelWithin5Seconds() {
        String mentor = "retrained";
        mentor(mentor, "Where do you live?", "In the old town.");
        trained(mentor);
        assertThat(ask(mentor, "Where do you live?").text("answer_text")).isEqualTo("In the old town.");
        mentor(mentor, "Where do you live?", "By the sea now.");
        trained(mentor);

        // A busy computer may answer late, but a question that is asked after the limit gets the new model's answer.
        Instant limit = Instant.now().plusSeconds(5);
        await("the new model answers", A_WHILE, () -> {
            Instant asked = Instant.now();
            boolean isNew =
                    ask(mentor, "Where do you live?").text("answer_text").equals("By the sea now.");
            assertThat(isNew || asked.isBefore(limit)).isTrue();
            return isNew;
        });
    }

    @Test
    void questions_whenTheNewModelFileIsCut_areAnsweredByTheOneBefore() {
        String mentor = "damaged";
        mentor(mentor, "Where do you live?", "In a lighthouse.");
        trained(mentor);
        byte[] file = app.s3
                .getObjectAsBytes(request -> request.bucket(models).key(mentor + "/1/model.wbc"))
                .asByteArray();

        for (byte[] bad : List.of(Arrays.copyOf(file, file.length / 2), "PK something else".getBytes(UTF_8))) {
            app.s3.putObject(
                    request -> request.bucket(models).key(mentor + "/1/model.wbc"), RequestBody.fromBytes(bad));
            Instant until = Instant.now().plusSeconds(4);
            while (Instant.now().isBefore(until)) {
                assertThat(ask(mentor, "Where do you live?").text("answer_text"))
                        .isEqualTo("In a lighthouse.");
            }
        }
        assertThat(app.log("classifier-predict")).contains("The new model of damaged is refused");
    }

    @Test
    void questions_withASlashAtTheEnd_areAnsweredAsTheRealPageAsks() {
        String visitor = "bearer of-a-visitor";
        var ping = app.get("/classifier/questions/?mentor=" + MARTA + "&ping=true", "authorization", visitor);
        var answer = app.get(
                "/classifier/questions/?mentor=" + MARTA + "&query=Where+did+you+grow+up%3F&chatsessionid=c",
                "authorization",
                visitor,
                "origin",
                "https://usc.mentorpal.org");

        assertThat(ping.raw()).isEqualTo("{\"message\":\"Successful ping for mentor: " + MARTA + ".\"}");
        assertThat(answer.text("answer_text")).contains("Karlskrona");
        await("the origin is shown", A_WHILE, () -> String.valueOf(notes().get("origins"))
                .contains("https://usc.mentorpal.org"));
    }

    @Test
    void routes_withASlashAtTheEnd_answerAndLeaveUnknownPathsUnknown() {
        String token = bearer("ADMIN");

        assertThat(app.get("/status/").text("status")).isEqualTo("sleeping");
        assertThat(app.get("/classifier/ping/", "authorization", token).status())
                .isEqualTo(200);
        assertThat(app.get("/classifier/ping/").status()).isEqualTo(401);
        assertThat(app.get("/classifier/trainingdata/" + MARTA + "/", "authorization", token)
                        .status())
                .isEqualTo(200);
        assertThat(app.get("/classifier/train/status/" + firstTraining.text("id") + "/", "authorization", token)
                        .raw())
                .contains("SUCCESS");
        assertThat(app.post("/classifier/followups/category/Background/" + MARTA + "/", "", "authorization", token)
                        .raw())
                .contains("Karlskrona");
        assertThat(app.post("/stop/", "{}").status()).isEqualTo(403);
        for (String path : List.of("/nothing/", "/status/x", "/classifier/", "/classifier/questions/x")) {
            var answer = app.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.raw()).as(path).isEqualTo("{\"message\":\"Not Found\"}");
        }
    }

    @Test
    void train_whenPinged_warmsAWorkerAndChangesNothing() {
        String before = trainingsOf(MARTA);
        int pings = pings();

        var data = data(app.post(
                "/classifier/train",
                "{\"mentor\":\"" + MARTA + "\",\"ping\":true}",
                "authorization",
                bearer("USER", MARTA)));

        assertThat(data.text("statusUrl")).isEqualTo("no_status_on_ping");
        await("a worker was pinged", A_WHILE, () -> pings() == pings + 1);
        assertThat(trainingsOf(MARTA)).isEqualTo(before);
        assertThat(app.get("/classifier/train/status/" + data.text("id"), "authorization", bearer("ADMIN"))
                        .status())
                .isEqualTo(404);
    }

    /** What the GraphQL server has heard of a mentor's trainings. */
    private static String trainingsOf(String mentor) {
        Map<String, ?> notes = notes();
        List<?> tasks = ((List<?>) notes.get("trainTasks"))
                .stream()
                        .filter(task -> mentor.equals(((Map<?, ?>) task).get("mentor")))
                        .toList();
        return ((Map<?, ?>) notes.get("trained")).get(mentor) + " " + tasks;
    }

    private static int pings() {
        return app.log("classifier-train").split("Pinged", -1).length;
    }

    @Test
    void train_always_tellsTheGraphQlServerHowItStands() {
        assertThat(tasks(firstTraining.text("id"))).containsExactly("QUEUED", "IN_PROGRESS", "SUCCESS");
        mentor("in-vain", "Why?", "");

        String id = trained("in-vain").text("id");

        await("the failure is reported", A_WHILE, () -> tasks(id).contains("FAILURE"));
        assertThat(tasks(id)).containsExactly("QUEUED", "IN_PROGRESS", "FAILURE");
    }

    @Test
    void secretHeader_always_isSentToTheServerOnly() {
        assertThat(firstTraining.text("status"))
                .as("the server refuses what comes without the header")
                .isEqualTo("SUCCESS");
        for (String function : List.of("classifier-train-request", "classifier-train", "classifier-predict")) {
            assertThat(app.log(function)).as(function).isNotEmpty().doesNotContain("open-sesame");
        }
    }

    @Test
    void routes_whenTheTokenHasNoExpiry_takeItWithJwtRequireExpiryFalse() {
        String token = Jwt.signed(
                Map.of("id", "5f0cfea3395d762ca65405d1", "role", "USER", "mentorIds", List.of(MARTA)), SECRET);

        assertThat(app.get("/classifier/trainingdata/" + MARTA, "authorization", "Bearer " + token)
                        .status())
                .isEqualTo(200);
    }

    private static List<String> tasks(String id) {
        return ((List<?>) notes().get("trainTasks"))
                .stream()
                        .map(task -> (Map<?, ?>) task)
                        .filter(task -> id.equals(task.get("_id")))
                        .map(task -> String.valueOf(task.get("status")))
                        .toList();
    }

    @Test
    void train_whenTheServerKnowsTheCallerAsAnEditor_isAllowed() {
        app.send(HttpRequest.newBuilder(standIn("mentors/of-an-organisation"))
                .PUT(HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"x\",\"editors\":[\"5f0cfea3395d762ca65405d1\"]}")));

        Data data = data(
                app.post("/classifier/train", "{\"mentor\":\"of-an-organisation\"}", "authorization", bearer("USER")));

        awaitEnd(data.text("id"));
    }

    @Test
    void train_whenAskedManyTimesAtOnce_isOneTraining() throws Exception {
        mentor("popular", "Who are you?", "Somebody.");
        order("silence=9000&times=1000&operation=graderAnswer"); // so that the first training is still open at the last
        // request
        Set<String> ids;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(IntStream.range(0, 6)
                    .mapToObj(n -> (Callable<String>) () -> train("popular").text("id"))
                    .toList());
            ids = answers.stream().map(Future::resultNow).collect(Collectors.toSet());
        } finally {
            order("times=0");
        }
        assertThat(ids).hasSize(1);
        await("the training is over", A_WHILE, () -> status(ids.iterator().next())
                .text("status")
                .equals("SUCCESS"));
    }

    @Test
    void train_whenTheMentorIsUnknownOrHasNoAnswers_failsAndItsMessageIsDone() {
        int before = messagesAtRest();

        assertThat(trained("nobody").text("message")).isEqualTo("There is no mentor \"nobody\".");
        mentor("silent", "Why?", "");
        assertThat(trained("silent").text("message")).contains("has no answer to learn from");

        await("the messages are done", A_WHILE, () -> messages() == before);
    }

    @ParameterizedTest
    @CsvSource({"2001, 1, '2,001 answers with 2,001 questions'", "834, 12, '834 answers with 10,008 questions'"})
    void train_whenTheMentorIsTooLarge_failsPermanentlyWithTheLimits(int answers, int texts, String size) {
        int before = messagesAtRest();
        mentor(
                "too-large",
                IntStream.range(0, answers)
                        .mapToObj(n -> answer(
                                "a" + n,
                                "Question " + n + "?",
                                IntStream.range(1, texts)
                                        .mapToObj(text -> "Question " + n + " in way " + text)
                                        .toList(),
                                "Answer " + n))
                        .toList());

        var job = trained("too-large");

        assertThat(job.text("status")).isEqualTo("FAILURE");
        assertThat(job.text("message"))
                .isEqualTo("The mentor has " + size + "; a training takes 2,000 answers with 10,000 questions at most."
                        + " Remove paraphrases, or give answers that are never asked for the status SKIP.");
        await("the message is done", A_WHILE, () -> messages() == before);
    }

    @Test
    void train_whenTheMessageIsPoison_isTriedOnceInTheTimeOfItsVisibility() throws IOException {
        String unknown = UUID.randomUUID().toString();
        app.deliver("ClassifierTrainQueue", "{\"id\": \"" + unknown + "\"}");
        app.deliver("ClassifierTrainQueue", "poison, not JSON");

        mentor("after-poison", "Who are you?", "Somebody.");

        assertThat(trained("after-poison").text("status")).isEqualTo("SUCCESS");
        await("it was tried", A_WHILE, () -> app.log("classifier-train").contains(unknown));
        assertThat(Files.readString(directory.resolve("logs/classifier-train.log"))
                        .lines())
                .filteredOn(line -> line.contains("There is no record of the training \\\"" + unknown))
                .filteredOn(line -> line.contains("will be redelivered"))
                .hasSize(1);
    }

    @Test
    void train_whenTheGraphQlServerIsDownOrSlow_failsWithTheReasonAndTheMessagesAreRedelivered() {
        int before = messagesAtRest();
        mentor("unlucky", "Who are you?", "Somebody.");
        try {
            assertFails("status=503", "Ordered by the test");
            assertThat(messages()).isEqualTo(before + 1);
            assertFails("silence=60000", "did not answer within");
            assertThat(messages()).isEqualTo(before + 2);
        } finally {
            order("times=0");
        }
        assertThat(trained("unlucky").text("status")).isEqualTo("SUCCESS");
        await("the messages have come again and are done", A_WHILE, () -> messages() == before);
    }

    private static void assertFails(String fault, String reason) {
        order(fault + "&times=1000&operation=graderAnswer");
        var job = trained("unlucky");
        assertThat(job.text("status")).isEqualTo("FAILURE");
        assertThat(job.text("message")).contains(reason);

        order(fault + "&times=1000");
        var answer = ask(MARTA, "Where did you grow up?");
        assertThat(answer.text("answer_text")).contains("Karlskrona");
        assertThat(answer.json()).containsEntry("feedback_id", null);
    }

    @Test
    void status_whenUnknown_is404() {
        var answer = app.get("/classifier/train/status/nothing", "authorization", bearer("ADMIN"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.raw()).contains("\"error\":\"not found\"");
    }

    @Test
    void trainingData_always_isACsv() {
        var answer = app.get("/classifier/trainingdata/" + MARTA, "authorization", bearer("USER", MARTA));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.raw())
                .startsWith("id,question,paraphrases,answer,topic\r\n")
                .contains("Karlskrona");
    }

    @Test
    void followUps_ofACategory_askForWhatTheAnswersName() {
        String token = bearer("USER", MARTA);

        assertThat(followUps("/classifier/followups/category/Background/" + MARTA, token))
                .contains(
                        followUp("person", "Can you tell me more about {entity}?", "Jonas"),
                        followUp("place", "What was {entity} like?", "Karlskrona"),
                        followUp("place", "What was {entity} like?", "Gothenburg"))
                .as("she was asked about her family already")
                .noneSatisfy(followUp -> assertThat(followUp).asString().contains("about your"));
        assertThat(List.<Object>copyOf((List<?>) notes().get("authorizations"))).contains(token);
    }

    @Test
    void followUps_ofTheCallersOwnMentor_needNoId() {
        String path = "/classifier/me/followups/category/Becoming%20an%20engineer";
        var organisation = followUp("organisation", "What is {entity}?", "Chalmers");

        assertThat(followUps(path, bearer("USER", MARTA))).contains(organisation);
        assertThat(followUps(path, bearer("ADMIN")))
                .as("the server knows the caller's mentor where the token doesn't")
                .contains(organisation);
        assertThat(followUps(path, bearer("USER")))
                .as("the server's word counts for a caller of own mentors only, too")
                .contains(organisation);
    }

    @Test
    void followUps_whenThereIsNoSuchCategoryOrMentor_areNoneOr404() {
        String token = bearer("ADMIN");

        assertThat(app.post("/classifier/followups/category/nothing/" + MARTA, "", "authorization", token)
                        .raw())
                .isEqualTo("{\"data\":{\"followups\":[]}}");
        assertThat(app.post("/classifier/followups/category/Background/nobody", "", "authorization", token)
                        .status())
                .isEqualTo(404);
    }

    private static List<Object> followUps(String path, String token) {
        return List.copyOf((List<?>)
                data(app.post(path, "", "authorization", token)).fields().get("followups"));
    }

    private static Map<String, String> followUp(String kind, String template, String entity) {
        return Map.of("question", template.replace("{entity}", entity), "entityType", kind, "template", template);
    }

    @Test
    void ping_always_isPong() {
        assertThat(app.get("/classifier/ping", "authorization", bearer("USER")).raw())
                .isEqualTo("{\"status\":\"success\",\"message\":\"pong!\"}");
    }

    @Test
    void routes_whenTheTokenIsMissingOrBad_areUnauthorizedWithTheReason() {
        String none = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8))
                + "."
                + bearer("ADMIN").split("\\.", -1)[1]
                + ".";
        var tokens = Map.of(
                "no Authorization header", "",
                "has expired", "Bearer " + jwt(SECRET, "ADMIN", -600),
                "signature does not hold", "Bearer " + jwt("another secret, also 32 bytes long", "ADMIN", 600),
                "not a signed JWT", "Bearer " + none,
                "not \"Bearer\"", "Basic dTpw");
        tokens.forEach((reason, token) -> {
            for (String path : List.of(
                    "/classifier/train",
                    "/classifier/ping",
                    "/classifier/train/status/x",
                    "/classifier/trainingdata/x",
                    "/classifier/me/followups/category/x",
                    "/classifier/followups/category/x/y")) {
                String[] headers = token.isEmpty() ? new String[0] : new String[] {"authorization", token};
                boolean post = path.endsWith("/train") || path.contains("/followups/");
                var answer = post ? app.post(path, "{}", headers) : app.get(path, headers);
                assertThat(answer.status()).as(path + " " + reason).isEqualTo(401);
                assertThat(answer.raw()).contains("\"error\":\"not authorized\"");
                assertThat(answer.text("data")).contains(reason);
            }
        });
    }

    @Test
    void routes_whenTheCallerMayNotEditTheMentor_areForbidden() {
        String token = bearer("USER", "another");

        var answer = app.post("/classifier/train", "{\"mentor\":\"" + MARTA + "\"}", "authorization", token);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.raw()).contains("\"error\":\"not authorized\"");
        assertThat(app.get("/classifier/trainingdata/" + MARTA, "authorization", token)
                        .status())
                .isEqualTo(403);
        assertThat(app.get("/classifier/train/status/" + firstTraining.text("id"), "authorization", token)
                        .status())
                .isEqualTo(403);
        assertThat(app.post("/classifier/followups/category/Background/" + MARTA, "", "authorization", token)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void training_whenItsWorkerCrashed_isReportedAsFailedAndTheNextOneBegins() {
        String mentor = "crashed-worker";
        mentor(mentor, "Where do you live?", "In a lighthouse.");
        String id = trained(mentor).text("id");

        crash(mentor, id);
        assertThat(status(id).toString()).contains("FAILURE", "its worker crashed or ran out of time");

        crash(mentor, id);
        assertThat(trained(mentor).text("status")).isEqualTo("SUCCESS");
        assertThat(status(id).text("status")).isEqualTo("FAILURE");
    }

    /** Sets the records to those of a worker that was killed during a training and never restarted. */
    private static void crash(String mentor, String id) {
        for (var record :
                app.dynamoDb.scan(request -> request.tableName(app.jobsTable())).items()) {
            String key = requireNonNull(record.get("id")).s();
            if (key.endsWith("#" + id)) {
                change(
                        key,
                        "IN_PROGRESS",
                        "SET attributes.#until = :then, ",
                        Map.of("#until", "until"),
                        Map.of(":then", AttributeValue.fromS("2026-01-01T00:00:00Z")));
            } else if (key.endsWith("#" + mentor)) {
                change(key, id, "REMOVE expiresAt SET ", Map.of(), Map.of());
            }
        }
    }

    /** @param update the beginning of the expression, with its own names and values */
    private static void change(
            String key, String state, String update, Map<String, String> names, Map<String, AttributeValue> values) {
        var allNames = new HashMap<>(names);
        allNames.put("#state", "state");
        var allValues = new HashMap<>(values);
        allValues.put(":state", AttributeValue.fromS(state));
        allValues.put(
                ":change",
                AttributeValue.fromL(List.of(AttributeValue.fromM(Map.of(
                        "state", AttributeValue.fromS(state),
                        "at", AttributeValue.fromS(Instant.now().toString()),
                        "reason", AttributeValue.fromS("The worker began."))))));
        app.dynamoDb.updateItem(request -> request.tableName(app.jobsTable())
                .key(Map.of("id", AttributeValue.fromS(key)))
                .updateExpression(update + "#state = :state, history = list_append(history, :change)")
                .expressionAttributeNames(allNames)
                .expressionAttributeValues(allValues));
    }

    private static Answer ask(String mentor, String question) {
        return app.get("/classifier/questions?mentor=" + mentor + "&query=" + URLEncoder.encode(question, UTF_8));
    }

    /** Trains the mentor and waits for the end. */
    private static Data trained(String mentor) {
        String id = train(mentor).text("id");
        awaitEnd(id);
        return status(id);
    }

    private static void awaitEnd(String id) {
        await("the training is over", A_WHILE, () -> status(id).text("status").matches("SUCCESS|FAILURE"));
    }

    private static Data train(String mentor) {
        return data(app.post(
                "/classifier/train", Json.string(Map.of("mentor", mentor)), "authorization", bearer("USER", mentor)));
    }

    private static Data status(String id) {
        return data(app.get("/classifier/train/status/" + id, "authorization", bearer("ADMIN")));
    }

    private static void mentor(String id, String question, String transcript) {
        mentor(id, List.of(answer("a", question, List.of(), transcript)));
    }

    private static void mentor(String id, List<Map<String, Object>> answers) {
        assertThat(app.send(HttpRequest.newBuilder(standIn("mentors/" + id))
                                .PUT(HttpRequest.BodyPublishers.ofString(
                                        Json.string(Map.of("name", id, "answers", answers)))))
                        .status())
                .isEqualTo(201);
    }

    private static Map<String, Object> answer(String id, String question, List<String> paraphrases, String transcript) {
        return Map.of(
                "_id",
                id,
                "status",
                "COMPLETE",
                "transcript",
                transcript,
                "question",
                Map.of("_id", "q-" + id, "question", question, "type", "QUESTION", "paraphrases", paraphrases));
    }

    private static void order(String fault) {
        assertThat(app.send(HttpRequest.newBuilder(standIn("fault?" + fault)).PUT(HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(201);
    }

    private static Map<String, ?> notes() {
        return app.send(HttpRequest.newBuilder(standIn("notes")).GET()).json();
    }

    private static URI standIn(String path) {
        return URI.create(String.valueOf(app.fact("graphql"))).resolve("/stand-in/" + path);
    }

    /**
     * The number of trainings in the queue, including those in flight and those to be redelivered; without scheduled
     * checks.
     */
    private static int messages() {
        return app.messagesThatAreNotLate("ClassifierTrainQueue");
    }

    /** A training's record shows its end shortly before its message is deleted. */
    private static int messagesAtRest() {
        int[] last = {-1};
        await("no message comes or goes", A_WHILE, Duration.ofSeconds(2), () -> {
            int before = last[0];
            last[0] = messages();
            return last[0] == before;
        });
        return last[0];
    }

    private static String bearer(String role, String... mentorIds) {
        return "Bearer " + jwt(SECRET, role, 600, mentorIds);
    }

    private static String jwt(String secret, String role, long validSeconds, String... mentorIds) {
        return Jwt.signed(
                Map.of(
                        "id",
                        "5f0cfea3395d762ca65405d1",
                        "role",
                        role,
                        "mentorIds",
                        List.of(mentorIds),
                        "exp",
                        Instant.now().getEpochSecond() + validSeconds),
                secret);
    }

    /** The value of {@code data}. */
    private record Data(Map<?, ?> fields) {
        String text(String name) {
            return String.valueOf(fields.get(name));
        }
    }

    private static Data data(Answer answer) {
        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        return new Data((Map<?, ?>) answer.json().get("data"));
    }
}
