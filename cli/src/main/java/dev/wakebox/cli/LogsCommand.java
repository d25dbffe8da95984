package dev.wakebox.cli;

import dev.wakebox.runs.OutputLine;
import dev.wakebox.runs.OutputStreams;
import dev.wakebox.runs.RunReport;
import dev.wakebox.runs.RunWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "logs",
        description = {
            "Prints what the commands of a run wrote, standard error marked with \"! \".",
            "For the local application, logs [FUNCTION] prints the logs of its functions instead."
        })
final class LogsCommand extends StackCommand {
    @Parameters(paramLabel = "NAME", description = "The run's name or the execution's ARN.")
    String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Continue until the run has ended.")
    boolean follow;

    LogsCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) throws InterruptedException {
        try (SfnClient stepFunctions = stack.stepFunctions();
                CloudWatchLogsClient logs = stack.logs()) {
            return follow(stack.runs(stepFunctions).watch(name), new OutputFollower(logs));
        }
    }

    private int follow(RunWatch run, OutputFollower output) throws InterruptedException {
        var polling = new Polling();
        boolean any = false;
        while (true) {
            RunReport report = run.poll();
            OutputStreams streams = report.output().orElse(null);
            if (streams != null && output.readAll(streams, this::print)) {
                any = true;
                polling.restart();
            }
            if (report.ended() || !follow) {
                if (!any && !asJson) {
                    out().println(
                                    streams == null
                                            ? "The run has sent no command to an instance."
                                            : "There is no output. If the commands wrote some, the instance's role may not write to the log group "
                                                    + streams.logGroup() + " (docs/ec2-runs.md, IAM).");
                }
                return report.ended() && !report.succeeded() ? JOB_FAILED : SUCCEEDED;
            }
            polling.pause();
        }
    }

    private void print(OutputLine line) {
        if (asJson) {
            print((Object) line);
        } else {
            out().println((line.stream().equals("stderr") ? "! " : "") + line.text());
        }
    }
}
