package dev.wakebox.cli;

import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.Runs;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "cancel",
        description =
                "Stops runs, and arrays with their runs. The reaper ends their instances within five minutes, usually at once.")
final class CancelCommand extends StackCommand {
    private static final String CAUSE = "Cancelled with wakebox cancel.";

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The runs' names or the executions' ARNs.")
    List<String> names = List.of();

    CancelCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) {
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            RunArrays arrays = stack.arrays(stepFunctions);
            for (String name : names) {
                boolean stopped = arrays.orElse(name, () -> runs.cancel(name, CAUSE), () -> arrays.cancel(name, CAUSE));
                if (asJson) {
                    print(new Cancelled(name, stopped));
                } else {
                    out().println(
                                    stopped
                                            ? "Stopped " + name + "; the reaper ends what it has launched."
                                            : name + " had already ended.");
                }
            }
        }
        return SUCCEEDED;
    }

    /** What {@code --json} prints for a run. */
    private record Cancelled(String name, boolean stopped) {}
}
