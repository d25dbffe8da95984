package dev.wakebox.cli;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * The demo: sends a browser's {@code POST /train} with real questions, and watches until the instance has stopped.
 *
 * <p>Every line of its timeline is an observation from outside: an HTTP answer, an instance's state, the instance's
 * console, an object in S3.
 */
final class Demo {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private final Application application;
    private final PrintStream out;
    private final Clock clock;
    private final Timeline timeline;
    private final List<String> missing = new ArrayList<>(List.of(
            "the instance runs",
            "the model is in S3",
            "training.json is deleted",
            "the instance is stopped",
            "the status is sleeping"));
    private String instanceState = "";
    private String consoleShown = "";

    Demo(Application application, PrintStream out, Clock clock) {
        this.application = application;
        this.out = out;
        this.clock = clock;
        this.timeline = new Timeline(out, clock);
    }

    /** Runs the scenario; true only when every expected step was observed. */
    boolean run(Path data) throws IOException, InterruptedException {
        byte[] csv = Files.readAllBytes(data);
        long rows;
        try (Stream<String> lines = Files.lines(data)) {
            rows = lines.count() - 1;
        }
        out.println("\nA browser uploads " + rows
                + " labelled questions: the training instance starts, trains a model, and stops.\n");
        var before = application.get("/status");
        timeline.add("GET  /status  " + before.status() + "  " + before.text("status"));
        if (before.status() != 200 || !before.text("status").equals("sleeping")) {
            return failed(
                    "The training server is active; wait until its run ends, or stop it with ./wakebox down and try again.");
        }

        String request = trainingRequest(csv);
        var train = application.post("/train", request);
        timeline.add("POST /train   " + train.status() + "  "
                + (train.status() == 200 ? "token " + train.text("token") : train.text("message")));
        if (train.status() != 200) {
            return failed("POST /train was refused.");
        }
        String token = train.text("token");
        var during = application.get("/status");
        timeline.add("GET  /status  " + during.status() + "  " + during.text("status"));
        var second = application.post("/train", request);
        timeline.add(
                "POST /train   " + second.status() + "  " + second.text("message") + "  (a second run is refused)");
        if (!during.text("status").equals("active") || second.status() != 409) {
            return failed(
                    "While a run is going on the status must be active and a second POST /train refused with 409.");
        }
        watch(token);
        if (missing.isEmpty()) {
            new RunDemo(application, out, clock).run().ifPresent(missing::add);
        }
        if (missing.isEmpty()) {
            new EgressDemo(application, out, clock).run().ifPresent(missing::add);
        }
        if (missing.isEmpty()) {
            missing.addAll(new UploadDemo(application, out, clock).run());
        }
        if (missing.isEmpty()) {
            new ClassifierDemo(application, out, clock).run().ifPresent(missing::add);
        }
        return missing.isEmpty()
                ? succeeded(token)
                : failed("This did not happen: " + String.join(", ", missing) + ".");
    }

    private static String trainingRequest(byte[] csv) {
        return """
                {"taskType": "textClassification", "taskName": "banking questions", "modelType": "sentence-embeddings",
                 "optimizer": "adam", "learningRate": 0.02, "batchSize": 32, "epochs": 12, "dataSplit": "80 : 20",
                 "reduceLrOnPlateau": false, "stepLr": false, "dataset": "%s"}
                """.formatted(Base64.getEncoder().encodeToString(csv));
    }

    private void watch(String token) throws IOException, InterruptedException {
        Instant deadline = clock.instant().plus(PATIENCE);
        try (S3Client s3 = application.s3();
                Ec2Client ec2 = application.ec2()) {
            while (!missing.isEmpty() && clock.instant().isBefore(deadline)) {
                seeInstance(ec2);
                seeConsole(ec2);
                seeModel(s3, token);
                seeJobFile(s3);
                if (instanceState.equals("stopped") && missing.equals(List.of("the status is sleeping"))) {
                    seeStatus();
                }
                Thread.sleep(LOOK_EVERY);
            }
        }
    }

    private void seeInstance(Ec2Client ec2) {
        String state = Application.state(ec2, application.trainingInstanceId());
        if (state.equals(instanceState)) {
            return;
        }
        instanceState = state;
        timeline.add("EC2  " + application.trainingInstanceId() + "  " + state);
        if (state.equals("running")) {
            missing.remove("the instance runs");
        }
        if (state.equals("stopped") && !missing.contains("the instance runs")) {
            missing.remove("the instance is stopped");
        }
    }

    private void seeConsole(Ec2Client ec2) {
        String encoded = ec2.getConsoleOutput(GetConsoleOutputRequest.builder()
                        .instanceId(application.trainingInstanceId())
                        .latest(true)
                        .build())
                .output();
        if (encoded == null) {
            return;
        }
        String console = new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.UTF_8);
        String whole = console.substring(0, console.lastIndexOf('\n') + 1);
        if (whole.length() > consoleShown.length() && whole.startsWith(consoleShown)) {
            whole.substring(consoleShown.length()).lines().forEach(timeline::detail);
        }
        consoleShown = whole;
    }

    private void seeModel(S3Client s3, String token) throws IOException {
        if (!missing.contains("the model is in S3")) {
            return;
        }
        JsonObject inference;
        try {
            inference = Json.object(s3.getObjectAsBytes(
                            request -> request.bucket(application.bucket()).key("inference.json"))
                    .asByteArray());
        } catch (NoSuchKeyException e) {
            return;
        }
        if (inference.hasObject(token)) {
            JsonObject entry = inference.object(token);
            timeline.add(String.format(
                    Locale.ROOT,
                    "S3   %s  held-out accuracy %.1f %% (%s questions it had not seen)",
                    entry.get("model_key"),
                    100 * accuracy(entry),
                    entry.get("held_out_rows")));
            missing.remove("the model is in S3");
        }
    }

    private static double accuracy(JsonObject entry) throws IOException {
        Number accuracy = entry.number("accuracy");
        if (accuracy == null) {
            throw new IOException("inference.json has no accuracy for the run");
        }
        return accuracy.doubleValue();
    }

    private void seeJobFile(S3Client s3) {
        if (missing.contains("the model is in S3") || !missing.contains("training.json is deleted")) {
            return;
        }
        try {
            s3.headObject(request -> request.bucket(application.bucket()).key("training/training.json"));
        } catch (NoSuchKeyException e) {
            timeline.add("S3   training/training.json  deleted by the instance: the run is done");
            missing.remove("training.json is deleted");
        }
    }

    private void seeStatus() throws IOException, InterruptedException {
        var status = application.get("/status");
        if (status.text("status").equals("sleeping")) {
            timeline.add("GET  /status  " + status.status() + "  sleeping");
            missing.remove("the status is sleeping");
        }
    }

    private boolean succeeded(String token) {
        out.printf(
                """

                It all happened. The application is still running; look around:
                  curl %1$s/status
                  aws --endpoint-url %2$s s3 ls --recursive s3://%3$s/
                  aws --endpoint-url %2$s ec2 describe-instances --instance-ids %4$s
                  ./wakebox logs train          the log of a function (-f follows it)
                  ./wakebox down                stops everything
                The model of this run: s3://%3$s/models/%5$s/
                (The AWS CLI needs the local application's credentials: AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1)
                """,
                application.api(), application.aws(), application.bucket(), application.trainingInstanceId(), token);
        return true;
    }

    private boolean failed(String why) {
        out.println("\nThe demo FAILED. " + why + "\nSee ./wakebox logs, and .wakebox/run/logs/.");
        return false;
    }
}
