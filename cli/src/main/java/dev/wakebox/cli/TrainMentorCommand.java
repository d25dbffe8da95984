package dev.wakebox.cli;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "train-mentor",
        description = {
            "Trains the classifier of a mentor and waits until it has ended. The exit code is 1 if it failed.",
            "It needs a token whose owner may act for the mentor (docs/cli.md, Tokens)."
        })
final class TrainMentorCommand extends ApiCommand {
    /** Measures that are lists in JSON; --json and the console show them. */
    private static final Set<String> LISTS = Set.of("calibration", "confusions");

    @Parameters(paramLabel = "MENTOR", description = "The mentor's id.")
    String mentor = "";

    @Option(names = "--no-wait", description = "Only request the training.")
    boolean requestOnly;

    TrainMentorCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack, StackApi api) throws InterruptedException {
        Terminal terminal = terminal();
        var timeline = new Timeline(out(), context.clock());
        JsonObject requested =
                api.post("/classifier/train", JsonObject.of("mentor", mentor)).object("data");
        if (requestOnly) {
            end(requested, "Requested the training " + requested.text("id"));
            return SUCCEEDED;
        }
        JsonObject training = new JobFollower<JsonObject>(terminal, timeline, asJson)
                .follow(
                        () -> api.get("/classifier" + requested.text("statusUrl"))
                                .object("data"),
                        now -> now.text("status"),
                        now -> Terminal.bar(progress(now)) + "  " + now.text("message"),
                        now -> !List.of("QUEUED", "IN_PROGRESS").contains(now.text("status")));
        boolean succeeded = training.text("status").equals("SUCCESS");
        end(training, succeeded ? "" : training.text("message"));
        return succeeded ? SUCCEEDED : JOB_FAILED;
    }

    private void end(JsonObject training, String message) {
        if (asJson) {
            print(training);
            return;
        }
        if (!message.isEmpty()) {
            out().println(message);
        }
        for (Map.Entry<String, ?> measure : training.object("report").entrySet()) {
            if (!LISTS.contains(measure.getKey())) {
                String[] values = String.valueOf(measure.getValue()).split("\n", -1);
                out().printf("%-20s  %s%n", measure.getKey(), String.join("\n" + " ".repeat(22), values));
            }
        }
    }

    private static double progress(JsonObject training) {
        Number percent = training.number("progress");
        return percent == null ? 0 : percent.doubleValue() / 100;
    }
}
