package dev.wakebox.cli;

import dev.wakebox.runs.RunReport;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "ssh",
        description = {
            "Opens a shell on a run's instance through Session Manager, without an open port.",
            "It needs the aws command and its Session Manager plugin."
        })
final class SshCommand extends StackCommand {
    @Parameters(paramLabel = "NAME", description = "The run's name or the execution's ARN.")
    String name = "";

    SshCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) throws IOException, InterruptedException {
        RunReport report;
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            report = stack.runs(stepFunctions).report(name);
        }
        Optional<String> instance = report.reachableInstance(context.clock().instant());
        if (instance.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    report.ended()
                            ? "the run \"" + name + "\" has ended, and its instance with it."
                            : "the run \"" + name + "\" has no instance yet; ./wakebox show " + name
                                    + " tells what it does.");
        }
        var command = new ArrayList<>(List.of(
                "aws",
                "ssm",
                "start-session",
                "--target",
                instance.get(),
                "--region",
                stack.region().id()));
        stack.profile().ifPresent(profile -> command.addAll(List.of("--profile", profile)));
        stack.endpoint().ifPresent(endpoint -> command.addAll(List.of("--endpoint-url", endpoint.toString())));
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "the aws command is not on the PATH. Install the AWS CLI and its Session Manager plugin.",
                    e);
        }
    }
}
