package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.JOB;
import static dev.wakebox.local.application.RunningApplication.STATUS;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.goodRequest;
import static dev.wakebox.local.application.RunningApplication.jobEvent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.application.RunningApplication.Answer;
import dev.wakebox.runtime.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The training server from outside: HTTP, S3 events and EC2, with the real template, functions and instance. */
class TrainingServerTest {
    private static final List<String> QUEUES = List.of("StartQueue", "StopQueue");
    private static final long SEED = Long.getLong("wakebox.seed", System.nanoTime());

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(
                directory, Map.of("TrainingTimeLimit", "10", "TrainingInstanceTypes", "m1.small,t4g.large"));
        // SQS redelivers an event that arrives while the instance is stopping.
        for (String queue : QUEUES) {
            app.setQueueAttribute(queue, QueueAttributeName.VISIBILITY_TIMEOUT, "15");
        }
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @BeforeEach
    void everythingSleeps() {
        app.delete(JOB);
        app.put(
                STATUS,
                "{\"status\":\"sleeping\",\"token\":\"\",\"task_type\":\"\",\"dev_mode\":false,\"color\":\"blue\"}");
        app.signedPost("/stop");
        await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
    }

    @Test
    void train_whenAsleep_startsTheInstanceWhichTrainsAndSleepsAgain() {
        var answer = app.train();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("result")).isEqualTo("success");
        String token = answer.text("token");
        assertThat(token).matches("textclassification-my_task-[a-z0-9]{5}");
        assertThat(app.status()).isEqualTo("active");
        var busy = app.train();
        assertThat(busy.status()).isEqualTo(409);
        assertThat(busy.json()).containsExactly(Map.entry("result", "error"), Map.entry("message", "Server is busy."));

        await("the instance runs", A_WHILE, () -> app.instanceState().equals("running"));
        await("the run is over", A_WHILE, () -> app.status().equals("sleeping"));
        assertThat(app.object(JOB)).isEmpty();
        assertThat(app.instanceState()).isIn("stopping", "stopped");
        var inference = Json.object(app.object("inference.json").orElseThrow().getBytes(UTF_8));
        assertThat(inference).containsKey(token);
        assertThat(app.object("models/" + token + "/model.json")).isPresent();
        assertThat(app.object(STATUS).orElseThrow())
                .contains("\"color\":\"blue\"")
                .contains("\"token\":\"\"");

        if (app.instanceState().equals("stopping")) {
            var tooSoon = app.train();
            if (tooSoon.status() == 409) {
                assertThat(tooSoon.text("message"))
                        .isEqualTo("Server is currently training another model, please check back in 5 minutes.");
            }
        }
        await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
    }

    @Test
    void train_whenTheInstanceIsStopping_answers409() {
        Answer answer;
        int tries = 0;
        do { // on a busy computer the instance may be stopped before the first poll, or by a late event
            everythingSleeps();
            app.ec2.startInstances(request -> request.instanceIds(app.instance));
            await("the instance is not pending", A_WHILE, () -> !app.instanceState()
                    .equals("pending"));
            app.ec2.stopInstances(request -> request.instanceIds(app.instance));
            answer = app.train();
        } while (answer.status() == 200 && ++tries < 5);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("message"))
                .isEqualTo("Server is currently training another model, please check back in 5 minutes.");
        assertThat(app.status()).isEqualTo("sleeping");
        assertThat(app.object(JOB)).isEmpty();
    }

    @Test
    void train_whenTheDatasetWasUploadedWithAPresignedUrl_trains() {
        byte[] csv = Base64.getDecoder().decode(String.valueOf(goodRequest().get("dataset")));
        var upload = app.post(
                "/datasets",
                Json.string(Map.of("contentType", "text/csv", "contentLength", csv.length)),
                "content-type",
                "application/json");
        assertThat(upload.status()).isEqualTo(201);
        var put =
                HttpRequest.newBuilder(URI.create(upload.text("url"))).PUT(HttpRequest.BodyPublishers.ofByteArray(csv));
        ((Map<?, ?>) upload.json().get("headers")).forEach((name, value) -> {
            if (!String.valueOf(name).equalsIgnoreCase("content-length")) {
                put.header(String.valueOf(name), String.valueOf(value));
            }
        });
        assertThat(app.send(put).status()).isEqualTo(200);

        var request = goodRequest();
        request.remove("dataset");
        request.put("datasetKey", upload.text("datasetKey"));
        var answer = app.post("/train", Json.string(request), "content-type", "application/json");

        assertThat(answer.raw()).contains("\"success\"");
        await("the run is over", A_WHILE, () -> app.status().equals("sleeping"));
        assertThat(app.object("models/" + answer.text("token") + "/model.json")).isPresent();
    }

    @Test
    void train_whenMultipart_isTaken() {
        devMode();
        String body = "--x\r\nContent-Disposition: form-data; name=\"training_data\"\r\n\r\n"
                + Json.string(goodRequest()) + "\r\n--x--\r\n";

        assertThat(app.post("/train", body, "content-type", "multipart/form-data; boundary=x")
                        .text("result"))
                .isEqualTo("success");
        var busy = app.post("/train", body, "content-type", "multipart/form-data; boundary=x");
        assertThat(busy.status()).isEqualTo(200);
        assertThat(busy.json()).containsExactly(Map.entry("result", "error"), Map.entry("message", "Server is busy."));
    }

    @Test
    void train_whenAnOrderWasLeftBehind_replacesIt() {
        devMode();
        app.put(JOB, "{}");

        var answer = app.train();

        assertThat(answer.raw()).contains("\"success\"");
        assertThat(app.object(JOB).orElseThrow()).contains(answer.text("token"));
    }

    @Test
    void train_whenTheTaskIsAboutImages_trainsThem() throws IOException {
        var request = goodRequest();
        request.put("taskType", "imageClassification");
        request.put("batchSize", 8);
        request.put("epochs", 10);
        request.put("learningRate", 0.01);
        request.put("dataset", Map.of("red", images(0xCC2222), "blue", images(0x2222CC)));

        var answer = app.post("/train", Json.string(request), "content-type", "application/json");

        assertThat(answer.raw()).contains("\"success\"");
        String token = answer.text("token");
        assertThat(token).matches("imageclassification-my_task-[a-z0-9]{5}");
        await("the run is over", A_WHILE, () -> app.status().equals("sleeping"));
        var inference = Json.object(app.object("inference.json").orElseThrow().getBytes(UTF_8));
        var entry = (Map<?, ?>) requireNonNull(inference.get(token));
        assertThat(entry.get("task_type")).isEqualTo("imageclassification");
        assertThat(entry.get("labels")).isEqualTo(List.of("blue", "red"));
        assertThat(entry.get("accuracy")).isEqualTo(100.0);
        assertThat(app.object(String.valueOf(entry.get("model_filename")))).isPresent();
        assertThat(app.object(String.valueOf(entry.get("metadata_filename")))).isPresent();
    }

    /** Ten PNG images of one colour, each a little darker than the previous one, as base64. */
    private static List<String> images(int rgb) throws IOException {
        var images = new ArrayList<String>();
        for (int number = 0; number < 10; number++) {
            var image = new BufferedImage(24, 24, BufferedImage.TYPE_INT_RGB);
            for (int pixel = 0; pixel < 24 * 24; pixel++) {
                image.setRGB(pixel % 24, pixel / 24, rgb - number * 0x010101);
            }
            var png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            images.add(Base64.getEncoder().encodeToString(png.toByteArray()));
        }
        return images;
    }

    @Test
    void train_whenFiftyArriveTogether_hasExactlyOneWinnerInEveryRound() throws Exception {
        String request = Json.string(goodRequest());
        int rounds = RunningApplication.rounds(15, 50);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < rounds; round++) {
                devMode();
                app.delete(JOB);
                List<Callable<Answer>> trains =
                        Collections.nCopies(50, () -> app.post("/train", request, "content-type", "application/json"));
                var answers = new ArrayList<Answer>();
                for (Future<Answer> answer : executor.invokeAll(trains)) {
                    answers.add(answer.get());
                }
                var winners = answers.stream()
                        .filter(answer -> answer.status() == 200)
                        .toList();
                assertThat(winners).as("winners of round %d", round).hasSize(1);
                assertThat(answers.stream().filter(answer -> answer.status() == 409))
                        .as("losers of round %d", round)
                        .hasSize(49);
                String token = winners.getFirst().text("token");
                assertThat(app.object(STATUS).orElseThrow()).contains(token);
                assertThat(app.object(JOB).orElseThrow()).contains(token);
            }
        }
    }

    @Test
    void events_whenDuplicatedAndReorderedAroundARun_endInTheRightState() {
        System.out.println("Seed of the reordered events: " + SEED + " (-Dwakebox.seed=" + SEED + ")");
        var random = new Random(SEED);
        Instant before = Instant.now().minusSeconds(30);
        var answer = app.train();
        assertThat(answer.status()).isEqualTo(200);
        Runnable lateStop = () -> app.deliver("StopQueue", jobEvent(app.bucket, "ObjectRemoved:Delete", before));
        Runnable start = () -> app.deliver("StartQueue", jobEvent(app.bucket, "ObjectCreated:Put", Instant.now()));
        var noise = new ArrayList<>(List.of(lateStop, start, lateStop, start, start, lateStop));
        Collections.shuffle(noise, random);
        noise.forEach(Runnable::run);

        await("the run is over", A_WHILE, () -> app.status().equals("sleeping"));
        assertThat(app.object("models/" + answer.text("token") + "/model.json")).isPresent();
        Collections.shuffle(noise, random);
        noise.forEach(Runnable::run);
        await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
        await("all events are handled", A_WHILE, this::queuesAreEmpty);
        assertThat(app.status()).isEqualTo("sleeping");
        assertThat(app.instanceState()).isEqualTo("stopped");
    }

    @Test
    void removedEvent_whenItIsOfAFormerRun_leavesTheNewRunAlone() {
        devMode();
        Instant formerRun = Instant.now().minusSeconds(5);
        assertThat(app.train().status()).isEqualTo(200);
        app.delete(JOB); // the state between the claim and the put
        await("its own event is handled", A_WHILE, () -> app.status().equals("sleeping"));

        devMode();
        assertThat(app.train().status()).isEqualTo(200);
        app.deliver("StopQueue", jobEvent(app.bucket, "ObjectRemoved:Delete", formerRun));
        await("all events are handled", A_WHILE, this::queuesAreEmpty);

        assertThat(app.status()).isEqualTo("active");
        assertThat(app.object(JOB)).isPresent();
    }

    @Test
    void run_whenThereIsNoCapacityForTheWantedType_getsAnotherOne_andTheWantedOneBackWhenItSleeps() {
        startFault("m1.small");
        try {
            assertThat(app.train().status()).isEqualTo(200);
            await("the instance runs", A_WHILE, () -> app.instanceState().equals("running"));
            assertThat(instanceType()).isEqualTo("t4g.large");

            await("the run is over", A_WHILE, () -> app.status().equals("sleeping"));
            await("the type is back", A_WHILE, () -> instanceType().equals("m1.small"));
            assertThat(app.instanceState()).isEqualTo("stopped");
        } finally {
            startFault("none");
        }
    }

    /** EC2 has no capacity to start the instance with this type. */
    private static void startFault(String type) {
        app.ec2.createTags(request -> request.resources(app.instance)
                .tags(Tag.builder()
                        .key("wakebox:fault")
                        .value("StartInstances=InsufficientInstanceCapacity times=always type=" + type)
                        .build()));
    }

    private static String instanceType() {
        return app.ec2
                .describeInstances(request -> request.instanceIds(app.instance))
                .reservations()
                .getFirst()
                .instances()
                .getFirst()
                .instanceTypeAsString();
    }

    @Test
    void run_whenTheInstanceIsStoppedByHand_goesBackToSleepingByItself() throws IOException {
        faultyTrainer("hang");
        try {
            assertThat(app.train().status()).isEqualTo(200);
            await("the instance runs", A_WHILE, () -> app.instanceState().equals("running"));

            app.ec2.stopInstances(request -> request.instanceIds(app.instance));

            await("the state-change event is handled", A_WHILE, () -> app.status()
                    .equals("sleeping"));
            assertThat(app.object(JOB)).isEmpty();
            assertThat(app.instanceState()).isEqualTo("stopped");
        } finally {
            faultyTrainer("");
        }
    }

    @Test
    void run_whenTheTrainerCrashes_goesBackToSleepingByItself() throws IOException {
        faultyTrainer("crash");
        try {
            assertThat(app.train().status()).isEqualTo(200);

            await("the instance is stopped", A_WHILE, () -> app.status().equals("sleeping"));
            assertThat(app.object(JOB)).isEmpty();
            assertThat(app.instanceState()).isEqualTo("stopped");
        } finally {
            faultyTrainer("");
        }
    }

    @Test
    void run_whenTheTrainerHangs_isEndedAtTheTimeLimit() throws IOException {
        faultyTrainer("hang");
        try {
            assertThat(app.train().status()).isEqualTo(200);
            await("the instance runs", A_WHILE, () -> app.instanceState().equals("running"));
            assertThat(app.sweep()).as("within its limit a run is left alone").containsEntry("action", "nothing");
            assertThat(app.status()).isEqualTo("active");

            app.backdate(Duration.ofMinutes(11));
            app.sweep();

            assertThat(app.status()).isEqualTo("sleeping");
            assertThat(app.object(JOB)).isEmpty();
            await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
        } finally {
            faultyTrainer("");
        }
    }

    @Test
    void run_whenTheTrainersHeartbeatStops_isEndedLongBeforeTheTimeLimit() throws IOException {
        faultyTrainer("hang");
        app.delete("training/heartbeat");
        try {
            assertThat(app.train().status()).isEqualTo(200);
            await("the trainer's heartbeat is there", A_WHILE, () -> app.object("training/heartbeat")
                    .isPresent());
            app.setVariable("reaper", "TRAINING_SILENCE_LIMIT_MINUTES", "0.05");

            await("the run is ended", A_WHILE, () -> {
                app.sweep();
                return app.status().equals("sleeping");
            });

            // An event of the instance may have started the sweep that ended it; that sweep logs at its end.
            await("the reaper has said why", A_WHILE, () -> app.log("reaper")
                    .contains("the trainer's last sign of life was at"));
            assertThat(app.object(JOB)).isEmpty();
            await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
        } finally {
            app.setVariable("reaper", "TRAINING_SILENCE_LIMIT_MINUTES", "10");
            faultyTrainer("");
        }
    }

    @Test
    void stop_whenARunIsInProgress_endsItAndDeletesItsOrder() throws IOException {
        faultyTrainer("hang");
        try {
            assertThat(app.train().status()).isEqualTo(200);
            await("the instance runs", A_WHILE, () -> app.instanceState().equals("running"));
            assertThat(app.object(JOB)).isPresent();

            assertThat(app.signedPost("/stop").text("message")).isEqualTo("Instance stopped.");

            assertThat(app.status()).isEqualTo("sleeping");
            assertThat(app.object(JOB)).isEmpty();
            await("the instance is stopped", A_WHILE, () -> app.instanceState().equals("stopped"));
        } finally {
            faultyTrainer("");
        }
    }

    @Test
    void startAndStop_whenNotSigned_areForbidden() {
        for (String path : List.of("/start", "/stop")) {
            var answer = app.post(path, "");
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.text("message")).isEqualTo("Forbidden");
        }
        assertThat(app.signedPost("/start").text("message")).isEqualTo("Status not active. Server not turned on.");
        assertThat(app.signedPost("/stop").text("message")).isEqualTo("Instance stopped.");
    }

    @Test
    void start_whenInDevMode_doesNothing() {
        devMode();
        assertThat(app.train().status()).isEqualTo(200);

        assertThat(app.signedPost("/start").text("message")).isEqualTo("Dev mode is on.");
        assertThat(app.instanceState()).isEqualTo("stopped");
    }

    @Test
    void devMode_whenItsEndHasPassed_isOff() {
        app.put(STATUS, "{\"status\":\"sleeping\",\"dev_mode\":true,\"dev_mode_until\":\"2026-01-31T18:00:00Z\"}");

        String token = app.train().text("token");

        await("the run is over", A_WHILE, () -> app.status().equals("sleeping"));
        assertThat(app.object("models/" + token + "/model.json")).isPresent();
        assertThat(app.object(STATUS).orElseThrow()).doesNotContain("dev_mode_until");
    }

    static List<String> badBodies() {
        var random = new Random(SEED);
        byte[] noise = new byte[300];
        random.nextBytes(noise);
        var badRate = goodRequest();
        badRate.put("learningRate", 7);
        return List.of(
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"taskType\":\"textClassification\"}",
                "{\"taskType\":{\"$ne\":null}}",
                "'; DROP TABLE students; --",
                "\u0000\u0001\u0002",
                new String(noise, java.nio.charset.StandardCharsets.ISO_8859_1),
                "{\"a\":".repeat(2000),
                Json.string(badRate));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void post_whenTheBodyIsBad_refusesItAndTouchesNothing(String body) {
        String before = app.object(STATUS).orElseThrow();
        for (String path : List.of("/train", "/datasets")) {
            for (String type : List.of("application/json", "multipart/form-data; boundary=x", "text/plain", "?")) {
                var answer = app.post(path, body, "content-type", type);

                // The original's page reads a form's answer only if the status is 200.
                boolean form = path.equals("/train") && type.startsWith("multipart/");
                assertThat(answer.status())
                        .as("%s %s: %s", path, type, answer.raw())
                        .isBetween(form ? 200 : 400, form ? 200 : 499);
                assertThat(answer.text("message")).isNotBlank();
                assertThat(answer.json().get("result")).isEqualTo("error");
                assertThat(answer.raw())
                        .doesNotContainPattern("Exception|\\bat [a-z]+\\.|dev\\.wakebox|java\\.|software\\.amazon");
            }
        }
        assertThat(app.object(STATUS)).contains(before);
        assertThat(app.object(JOB)).isEmpty();
        assertThat(app.instanceState()).isEqualTo("stopped");
    }

    @Test
    void post_whenTheBodyIsTooLarge_answers413() {
        assertThat(app.post("/train", "x".repeat(11_000_000), "content-type", "application/json")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void status_whenTheRecordIsBroken_answers500AndNamesTheCause() {
        app.put(STATUS, "not JSON");

        var answer = app.get("/status");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text("result")).isEqualTo("internal_error");
        assertThat(answer.text("message")).contains("status.json").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/status/x", "/train"})
    void get_whenThereIsNoSuchRoute_answers404(String path) {
        assertThat(app.get(path).status()).isEqualTo(404);
    }

    static List<Path> fixtures() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("wakebox.root"), "events"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> !file.getFileName().toString().startsWith("ec2-run-")) // for the state machine
                    .filter(file ->
                            !file.getFileName().toString().startsWith("notify-")) // RequireAuthTest has a receiver
                    .filter(file ->
                            !file.getFileName().toString().startsWith("run-slots-")) // MaxConcurrentRunsTest has slots
                    .sorted()
                    .toList();
        }
    }

    /** A fixture's name begins with the name of its function. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void fixture_always_isAnsweredByItsFunction(Path fixture) throws IOException {
        String name = fixture.getFileName().toString();
        String function = name.startsWith("datasets-")
                ? "train"
                : app.functions().stream()
                        .filter(each -> name.startsWith(each + "-"))
                        .max(Comparator.comparingInt(String::length))
                        .orElseThrow();
        if (function.equals("authorizer")) {
            app.putJwtSecret("a-secret-for-tests-only-0123456789abcdef");
        }

        var answer = app.invoke(function, Files.readString(fixture));

        if (answer.get("statusCode") instanceof Number status) {
            assertThat(status.intValue()).isBetween(200, 499);
        } else {
            assertThat(answer).isNotEmpty();
        }
    }

    private static void devMode() {
        app.put(STATUS, "{\"status\":\"sleeping\",\"token\":\"\",\"task_type\":\"\",\"dev_mode\":true}");
    }

    /** Changes the instance's user data, as its owner can while it is stopped. */
    private static void faultyTrainer(String fault) throws IOException {
        Files.writeString(
                directory.resolve("instances").resolve(app.instance).resolve("user-data"),
                "BUCKET=" + app.bucket + "\n" + (fault.isEmpty() ? "" : "TRAINER_FAULT=" + fault + "\n"));
    }

    private boolean queuesAreEmpty() {
        return QUEUES.stream().allMatch(queue -> app.messages(queue) == 0);
    }
}
