package dev.wakebox.cli;

import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.RunReport;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "run",
        description = {
            "Submits executions: files, directories of .json files, or - for one document a line on the standard input.",
            "Every document is checked first; if one has a mistake, none is submitted. A document with run_options.array starts many runs.",
            "With the variable TRACEPARENT they are in that trace (docs/ec2-runs.md)."
        })
final class RunCommand extends StackCommand {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Execution documents (docs/ec2-runs.md).")
    List<String> files = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "The run's name, or the beginning of the names of several runs. Default: the file's name and the time.")
    @Nullable
    String name;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Changes a value of the documents, such as run_options.timeout_s=600. May be repeated.")
    List<String> settings = List.of();

    @Option(
            names = "--watch",
            description = "Print the states and the commands' output of one run, until it has ended.")
    boolean watch;

    @Option(names = "--wait", description = "Wait until all have ended. The exit code is 1 if one failed.")
    boolean await;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "Run at most N of them at the same time; implies --wait.")
    @Nullable
    Integer atOnce;

    private List<ExecutionDocument> documents = List.of();

    RunCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() throws IOException {
        documents = ExecutionDocument.read(files, context).stream()
                .map(document -> document.with(settings).calledFrom(context.environment()))
                .toList();
        ExecutionDocument.check(
                documents, ExecutionDocument.OFFLINE, context.clock().instant());
        if (watch && documents.size() > 1) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "--watch follows one run, not " + documents.size()
                            + ". Use --wait, and ./wakebox logs NAME -f for one.");
        }
        if (atOnce != null) {
            requirePositive("--at-once", atOnce);
        }
    }

    @Override
    int run(Target stack) throws InterruptedException {
        ExecutionDocument.check(documents, stack.launchCheck(), context.clock().instant());
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            RunArrays arrays = stack.arrays(stepFunctions);
            if (watch) {
                ExecutionDocument document = documents.getFirst();
                return follow(stack, runs, arrays, submit(runs, arrays, name(document, 0), document));
            }
            return submitAll(runs, arrays);
        }
    }

    private int submitAll(Runs runs, RunArrays arrays) throws InterruptedException {
        boolean waits = await || atOnce != null;
        var left = new ArrayDeque<>(documents);
        var running = new ArrayList<String>();
        int failed = 0;
        int number = 0;
        var polling = new Polling();
        while (!left.isEmpty() || !running.isEmpty()) {
            while (!left.isEmpty() && (atOnce == null || running.size() < atOnce)) {
                number++;
                ExecutionDocument document = left.removeFirst();
                String submitted = submit(runs, arrays, name(document, documents.size() == 1 ? 0 : number), document);
                if (waits) {
                    running.add(submitted);
                }
            }
            for (String execution : List.copyOf(running)) {
                if (!runs.running(execution)) {
                    RunReport report = runs.report(execution);
                    running.remove(execution);
                    failed += report.succeeded() ? 0 : 1;
                    ended(report);
                    polling.restart();
                }
            }
            if (!running.isEmpty()) {
                polling.pause();
            }
        }
        return failed == 0 ? SUCCEEDED : JOB_FAILED;
    }

    private String name(ExecutionDocument document, int number) {
        String stem = name == null ? document.newName(context.clock().instant()) : name;
        return number == 0 ? stem : stem + "-" + number;
    }

    private void ended(RunReport report) {
        if (asJson) {
            print(report);
        } else {
            String outcome = report.outcome().orElse(report.status());
            Duration took =
                    Duration.between(report.startedAt(), report.endedAt().orElse(report.startedAt()));
            out().println(terminal().outcome(outcome, report.succeeded()) + "  " + report.name() + "  "
                    + Durations.text(took)
                    + (report.succeeded() ? "" : "  " + report.cause().orElse("")));
        }
    }
}
