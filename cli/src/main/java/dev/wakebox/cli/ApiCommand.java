package dev.wakebox.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;

/** A command that calls the HTTP API of a stack. */
abstract class ApiCommand extends StackCommand {
    @Mixin
    ApiOptions apiOptions = new ApiOptions();

    ApiCommand(Context context) {
        super(context);
    }

    @Override
    final int run(Target stack) throws IOException, InterruptedException {
        try (StackApi api = StackApi.of(stack, apiOptions, context)) {
            return run(stack, api);
        }
    }

    /** Runs the command and returns its exit code. */
    abstract int run(Target stack, StackApi api) throws IOException, InterruptedException;
}
