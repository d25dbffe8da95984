package dev.wakebox.cli;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;

@Command(
        name = "train",
        description = {
            "Trains a model on the training server, and waits until the run has ended. The exit code is 1 if it left no model.",
            "A dataset that is too large for POST /train is uploaded with POST /datasets (docs/training-server.md)."
        })
final class TrainCommand extends ApiCommand {
    /** Lambda takes 6 MB; a dataset grows by a third in base64, and by the quotes of the event around it. */
    private static final int MOST_BYTES_OF_REQUEST = 3_000_000;

    /** Longer texts of the entry in inference.json, such as a picture, are left out. */
    private static final int LONGEST_PRINTED = 200;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = {
                "CSV files with the columns input and label; the rows of several files are one dataset.",
                "Or one directory, which has a directory of images for each label."
            })
    List<String> files = List.of();

    @Option(
            names = "--task-name",
            paramLabel = "NAME",
            description = "The task's name: letters, digits, blanks and \"-\". Default: the file's name.")
    @Nullable
    String taskName;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The kind of model, for a trainer that has several. Default: ${DEFAULT-VALUE}.")
    String model = "";

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adam",
            description = "The optimizer, as the trainer names it. Default: ${DEFAULT-VALUE}.")
    String optimizer = "";

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.01",
            description = "From 0.00001 to 2. Default: ${DEFAULT-VALUE}.")
    double learningRate;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "From 1 to 256, for images to 32. Default: ${DEFAULT-VALUE}.")
    int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "From 1 to 20, for images to 10. Default: ${DEFAULT-VALUE}.")
    int epochs;

    @Option(
            names = "--split",
            paramLabel = "TRAIN:TEST",
            defaultValue = "80:20",
            description = "Per cent of the rows that are learned, and that are held out. Default: ${DEFAULT-VALUE}.")
    String split = "";

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description =
                    "Another field of POST /train (api/openapi.yaml), such as stepLr=true or pretrainDataset=imagenet. May be repeated.")
    List<String> settings = List.of();

    @Option(names = "--no-wait", description = "Only start the run, or have it wait.")
    boolean startOnly;

    private TrainingDataset dataset = new TrainingDataset("", "", new byte[0], "");

    TrainCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() throws IOException {
        dataset = TrainingDataset.read(
                files.stream().map(context.directory()::resolve).toList());
    }

    @Override
    int run(Target stack, StackApi api) throws InterruptedException {
        Terminal terminal = terminal();
        var timeline = new Timeline(out(), context.clock());
        JsonObject answer = api.post("/train", with(request(), settings, api, terminal));
        String token = answer.text("token");
        boolean queued = answer.isTrue("queued");
        if (!asJson) {
            timeline.add(
                    queued
                            ? "The run " + token + " waits at place " + answer.number("place")
                            : "Started the run " + token);
        }
        if (startOnly) {
            if (asJson) {
                print(new TrainingRun(
                        token, queued ? TrainingRun.Outcome.QUEUED : TrainingRun.Outcome.RUNNING, JsonObject.of()));
            }
            return SUCCEEDED;
        }
        try (S3Client s3 = stack.s3();
                Ec2Client ec2 = stack.ec2()) {
            TrainingRun run = new TrainingServer(stack, s3, ec2)
                    .follow(token, new JobFollower<>(terminal, timeline, asJson), context.clock());
            end(run);
            return run.outcome() == TrainingRun.Outcome.SUCCEEDED ? SUCCEEDED : JOB_FAILED;
        }
    }

    /** The request without its dataset. */
    private JsonObject request() {
        String name = Path.of(files.getFirst())
                .toAbsolutePath()
                .normalize()
                .getFileName()
                .toString();
        return JsonObject.of("taskType", dataset.taskType())
                .with(
                        "taskName",
                        taskName == null
                                ? name.replaceAll("\\.[A-Za-z]+$", "").replaceAll("[^A-Za-z0-9 -]", "-")
                                : taskName)
                .with("modelType", model)
                .with("optimizer", optimizer)
                .with("learningRate", learningRate)
                .with("batchSize", batchSize)
                .with("epochs", epochs)
                .with("dataSplit", split.replaceAll("\\s*:\\s*", " : "));
    }

    private JsonObject with(JsonObject request, List<String> fields, StackApi api, Terminal terminal) {
        JsonObject whole = request;
        for (String field : fields) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "--set needs FIELD=VALUE, such as stepLr=true, not \"" + field + "\".");
            }
            whole = whole.with(field.substring(0, equals), ExecutionDocument.value(field.substring(equals + 1)));
        }
        if (dataset.bytes().length <= MOST_BYTES_OF_REQUEST) {
            return whole.with("dataset", dataset.value());
        }
        int length = dataset.bytes().length;
        JsonObject announced = api.post(
                "/datasets", JsonObject.of("contentType", dataset.contentType()).with("contentLength", length));
        api.put(
                announced,
                new ProgressStream(
                        new ByteArrayInputStream(dataset.bytes()),
                        sent -> terminal.progress(Terminal.bar((double) sent / length) + "  dataset")),
                length);
        terminal.clear();
        return whole.with("datasetKey", announced.text("datasetKey"));
    }

    private void end(TrainingRun run) {
        if (asJson) {
            print(run);
            return;
        }
        if (run.outcome() == TrainingRun.Outcome.FAILED) {
            out().println(
                            "The run ended without a model. The console of the instance and the log of the reaper have the reason"
                                    + " (docs/training-server.md).");
        }
        run.inference().forEach((key, value) -> {
            if (value instanceof Number
                    || value instanceof Boolean
                    || (value instanceof String text && text.length() < LONGEST_PRINTED)) {
                out().printf("%-20s  %s%n", key, value);
            }
        });
    }
}
