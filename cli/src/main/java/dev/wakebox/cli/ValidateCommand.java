package dev.wakebox.cli;

import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "validate",
        description = {
            "Checks execution documents as the launch does, and prints every mistake. The exit code is 1 if there is one.",
            "It needs no AWS. With --stack it also checks the buckets that the stack's parameter OutputBuckets allows."
        })
final class ValidateCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Files, directories of .json files, or - for one document a line.")
    List<String> files = List.of();

    @Mixin
    TargetOptions target = new TargetOptions();

    @Option(names = "--json", description = "Print JSON instead of text: one object a document.")
    boolean asJson;

    ValidateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        List<DocumentSource> sources = DocumentSource.of(files, context);
        LaunchCheck check = target.stack == null
                ? ExecutionDocument.OFFLINE
                : Target.of(target, context).launchCheck();
        int wrong = 0;
        for (DocumentSource source : sources) {
            Result result = validate(source, check);
            wrong += result.valid ? 0 : 1;
            print(result);
        }
        return wrong == 0 ? StackCommand.SUCCEEDED : StackCommand.JOB_FAILED;
    }

    private Result validate(DocumentSource source, LaunchCheck check) {
        ExecutionDocument document;
        try {
            document = ExecutionDocument.of(source);
        } catch (WakeboxException e) {
            return Result.of(source, List.of(new Mistake("$", String.valueOf(e.getMessage()))), JsonObject.of());
        }
        return Result.of(
                source,
                document.mistakes(check, context.clock().instant()),
                document.document().json());
    }

    private void print(Result result) {
        if (asJson) {
            context.out().println(Json.string(result));
        } else if (result.valid) {
            context.out().println(result.source + ": valid");
        } else {
            result.mistakes.forEach(
                    mistake -> context.out().println(result.source + ": " + mistake.path + ": " + mistake.rule));
        }
    }

    /** What {@code --json} prints for a document. */
    @SnakeCase
    private record Result(String source, boolean valid, List<Broken> mistakes) {
        static Result of(DocumentSource source, List<Mistake> mistakes, JsonObject document) {
            return new Result(
                    source.name(),
                    mistakes.isEmpty(),
                    mistakes.stream()
                            .map(mistake -> new Broken(mistake.pointer(document), mistake.path(), mistake.rule()))
                            .toList());
        }
    }

    /** What {@code --json} prints for a mistake: its JSON pointer (RFC 6901), its JSON path, and the rule. */
    private record Broken(String pointer, String path, String rule) {}
}
