package dev.wakebox.cli;

import dev.wakebox.runs.RunReport;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "dry-run",
        description =
                "Submits an execution that launches nothing, and prints its plan: requests, commands and places, as JSON.")
final class DryRunCommand extends StackCommand {
    @Parameters(paramLabel = "FILE", description = "An execution document (docs/ec2-runs.md).")
    String file = "";

    private List<ExecutionDocument> documents = List.of();

    DryRunCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() throws IOException {
        documents = ExecutionDocument.read(List.of(file), context).stream()
                .map(document -> document.with(List.of("run_options.dry_run=true")))
                .toList();
        if (documents.size() != 1) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "dry-run takes one document; " + file + " has " + documents.size() + ".");
        }
        ExecutionDocument.check(
                documents, ExecutionDocument.OFFLINE, context.clock().instant());
    }

    @Override
    int run(Target stack) throws InterruptedException {
        ExecutionDocument document = documents.getFirst();
        ExecutionDocument.check(documents, stack.launchCheck(), context.clock().instant());
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            String execution = runs.submit(document.newName(context.clock().instant()), document.json());
            var polling = new Polling();
            while (runs.running(execution)) {
                polling.pause();
            }
            RunReport report = runs.report(execution);
            if (!report.succeeded()) {
                out().println(report.outcome().orElse(report.status()) + ": "
                        + report.cause().orElse(""));
                return JOB_FAILED;
            }
            out().println(Json.string(runs.document(execution).at("dry_run")));
            return SUCCEEDED;
        }
    }
}
