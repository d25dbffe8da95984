package dev.wakebox.local;

import static java.util.Objects.requireNonNull;

import dev.wakebox.local.ec2.Timing;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The configuration of a {@link LocalApplication}.
 *
 * @param root the repository: {@code template.yaml}, the functions' modules and {@code local/images} are below it
 * @param directory for all written files; those of an earlier run are overwritten
 * @param python of the virtual environment with the emulator
 * @param apiPort of the HTTP API; 0 for any free port
 * @param awsPort of the AWS endpoint; 0 for any free port
 * @param stack the name of the deployed stack
 * @param timing how long instances take to start and to stop
 * @param parameters values that override the template's defaults
 * @param progress receives each step with its duration
 */
public record ApplicationConfig(
        Path root,
        Path directory,
        Path python,
        int apiPort,
        int awsPort,
        String stack,
        Timing timing,
        Map<String, String> parameters,
        Consumer<String> progress) {
    public ApplicationConfig {
        root = root.toAbsolutePath().normalize();
        directory = directory.toAbsolutePath().normalize();
        python = python.toAbsolutePath().normalize();
        requireNonNull(stack, "stack is null");
        parameters = Map.copyOf(parameters);
        requireNonNull(progress, "progress is null");
    }

    /** As the other constructor, with the default durations of instances. */
    public ApplicationConfig(
            Path root,
            Path directory,
            Path python,
            int apiPort,
            int awsPort,
            String stack,
            Map<String, String> parameters,
            Consumer<String> progress) {
        this(root, directory, python, apiPort, awsPort, stack, Timing.DEFAULT, parameters, progress);
    }

    /** The stack {@code wakebox} with the template's defaults, on free ports. */
    public static ApplicationConfig of(Path root, Path directory, Path python) {
        return new ApplicationConfig(root, directory, python, 0, 0, "wakebox", Map.of(), _ -> {});
    }

    String bucket() {
        return stack + "-data-" + LocalAccount.ID + "-" + LocalAccount.REGION;
    }

    /** The values of CloudFormation's pseudo parameters. */
    Map<String, String> pseudoParameters() {
        return Map.of(
                "AWS::StackName",
                stack,
                "AWS::AccountId",
                LocalAccount.ID,
                "AWS::Region",
                LocalAccount.REGION,
                "AWS::Partition",
                "aws",
                "AWS::URLSuffix",
                "amazonaws.com");
    }
}
