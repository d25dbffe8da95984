package dev.wakebox.local.client;

import dev.wakebox.runtime.Json;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * The demo: a browser's {@code POST /train} with real questions, watched until the box sleeps again.
 *
 * <p>Every line of its timeline is something that was observed from outside: an HTTP answer, an instance's state, the
 * instance's console, an object in S3.
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

    /** Runs the scenario; true only when all of it was seen to happen. */
    boolean run(Path data) throws IOException, InterruptedException {
        byte[] csv = Files.readAllBytes(data);
        long rows;
        try (Stream<String> lines = Files.lines(data)) {
            rows = lines.count() - 1;
        }
        out.println("\nA browser uploads " + rows
                + " labelled questions; a sleeping box wakes, trains, and sleeps again.\n");
        var before = application.get("/status");
        timeline.add("GET  /status  " + before.status() + "  " + before.text("status"));
        if (before.status() != 200 || !before.text("status").equals("sleeping")) {
            return failed(
                    "The training server is not asleep; wait for its run to end, or ./wakebox down and try again.");
        }

        String request = Json.string(trainingRequest(csv));
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

    private static Map<String, @Nullable Object> trainingRequest(byte[] csv) {
        var request = new LinkedHashMap<String, @Nullable Object>();
        request.put("taskType", "textClassification");
        request.put("taskName", "banking questions");
        request.put("modelType", "sentence-embeddings");
        request.put("optimizer", "adam");
        request.put("learningRate", 0.02);
        request.put("batchSize", 32);
        request.put("epochs", 12);
        request.put("dataSplit", "80 : 20");
        request.put("reduceLrOnPlateau", false);
        request.put("stepLr", false);
        request.put("dataset", Base64.getEncoder().encodeToString(csv));
        return request;
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
        Map<String, @Nullable Object> inference;
        try {
            inference = Json.object(s3.getObjectAsBytes(
                            request -> request.bucket(application.bucket()).key("inference.json"))
                    .asByteArray());
        } catch (NoSuchKeyException e) {
            return;
        }
        if (inference.get(token) instanceof Map<?, ?> entry) {
            timeline.add(String.format(
                    Locale.ROOT,
                    "S3   %s  held-out accuracy %.1f %% (%s questions it had not seen)",
                    entry.get("model_key"),
                    100 * ((Number) requireNumber(entry.get("accuracy"))).doubleValue(),
                    entry.get("held_out_rows")));
            missing.remove("the model is in S3");
        }
    }

    private static Object requireNumber(@Nullable Object value) throws IOException {
        if (value instanceof Number) {
            return value;
        }
        throw new IOException("inference.json has no accuracy for the run");
    }

    private void seeJobFile(S3Client s3) {
        if (missing.contains("the model is in S3") || !missing.contains("training.json is deleted")) {
            return;
        }
        try {
            s3.headObject(request -> request.bucket(application.bucket()).key("training/training.json"));
        } catch (NoSuchKeyException e) {
            timeline.add("S3   training/training.json  deleted by the box: it is done");
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
                (The AWS CLI wants credentials; any will do: AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1)
                """,
                application.api(), application.aws(), application.bucket(), application.trainingInstanceId(), token);
        return true;
    }

    private boolean failed(String why) {
        out.println("\nThe demo FAILED. " + why + "\nSee ./wakebox logs, and .wakebox/run/logs/.");
        return false;
    }
}
