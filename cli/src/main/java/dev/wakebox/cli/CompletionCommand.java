package dev.wakebox.cli;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {
            "Prints a script for bash and zsh that completes commands and options of these commands.",
            "Add to ~/.bashrc or ~/.zshrc: source <(./wakebox completion)"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    @Nullable
    CommandSpec spec;

    CompletionCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.out()
                .print(AutoComplete.bash(
                        "wakebox", requireNonNull(spec, "spec is null").root().commandLine()));
        return StackCommand.SUCCEEDED;
    }
}
