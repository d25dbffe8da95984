package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.RunNames;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "rerun",
        description = {
            "Submits the document of an earlier run again, as a new run; of an array, only the runs that have not succeeded.",
            "Step Functions' own redrive cannot do that: it would continue with an instance that has ended."
        })
final class RerunCommand extends StackCommand {
    @Parameters(paramLabel = "NAME", description = "The earlier run's name or its execution's ARN.")
    String earlier = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The new run's name. Default: the earlier one's and the time.")
    @Nullable
    String name;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Changes a value of the document, such as run_options.timeout_s=600. May be repeated.")
    List<String> settings = List.of();

    @Option(names = "--watch", description = "Print the states and the commands' output, until the run has ended.")
    boolean watch;

    RerunCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) throws IOException, InterruptedException {
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            RunArrays arrays = stack.arrays(stepFunctions);
            String stem = RunNames.stem(earlier.substring(earlier.lastIndexOf(':') + 1));
            var source = new DocumentSource(
                    "the document of " + earlier, stem, submitted(runs, arrays).getBytes(UTF_8));
            ExecutionDocument document =
                    ExecutionDocument.of(source).untraced().with(settings).calledFrom(context.environment());
            ExecutionDocument.check(
                    List.of(document), stack.launchCheck(), context.clock().instant());
            String unique = name == null ? document.newName(context.clock().instant()) : name;
            String execution = submit(runs, arrays, unique, document);
            return watch ? follow(stack, runs, arrays, execution) : SUCCEEDED;
        }
    }

    private String submitted(Runs runs, RunArrays arrays) {
        return arrays.orElse(earlier, () -> runs.submitted(earlier), () -> arrays.again(earlier)
                .map(Json::string));
    }
}
