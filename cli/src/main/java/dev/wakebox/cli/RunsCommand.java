package dev.wakebox.cli;

import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.RunPage;
import dev.wakebox.runs.RunSummary;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(name = "runs", description = "Lists the newest runs, newest first.")
final class RunsCommand extends StackCommand {
    private static final int MOST_PER_CALL = 1000;

    /** Step Functions' statuses of executions. */
    enum Status {
        RUNNING,
        SUCCEEDED,
        FAILED,
        TIMED_OUT,
        ABORTED
    }

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only runs of this status: ${COMPLETION-CANDIDATES}.")
    @Nullable
    Status status;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Only runs that started since then: an age such as 90m, 12h or 7d, or an instant such as 2026-11-29T12:00:00Z.")
    @Nullable
    String since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    int limit;

    @Option(names = "--arrays", description = "List arrays instead of runs.")
    boolean arrays;

    private Instant earliest = Instant.MIN;

    RunsCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() {
        requirePositive("--limit", limit);
        earliest = since == null ? Instant.MIN : since(since, context.clock().instant());
    }

    @Override
    int run(Target stack) {
        Instant now = context.clock().instant();
        List<RunSummary> runs = read(stack);
        if (asJson) {
            print(runs);
            return SUCCEEDED;
        }
        if (runs.isEmpty()) {
            out().println("There is no such run. ./wakebox run FILE.json submits one.");
        }
        for (RunSummary run : runs) {
            out().printf(
                            "%s  %s  %12s  %s%n",
                            terminal().state(String.format("%-9s", run.status())),
                            run.startedAt().toString().substring(0, 19) + "Z",
                            Durations.text(run.duration(now)),
                            run.name());
        }
        return SUCCEEDED;
    }

    private List<RunSummary> read(Target stack) {
        var found = new ArrayList<RunSummary>();
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            RunArrays listed = stack.arrays(stepFunctions);
            Optional<String> token = Optional.empty();
            do {
                Optional<String> named = Optional.ofNullable(status).map(Status::name);
                int most = Math.min(MOST_PER_CALL, limit - found.size());
                RunPage page = arrays ? listed.list(named, most, token) : runs.list(named, most, token);
                for (RunSummary run : page.runs()) {
                    if (run.startedAt().isBefore(earliest)) {
                        return found;
                    }
                    found.add(run);
                }
                token = page.next();
            } while (token.isPresent() && found.size() < limit);
        }
        return found;
    }

    private static Instant since(String text, Instant now) {
        Optional<Duration> age = Durations.age(text);
        if (age.isPresent()) {
            return now.minus(age.get());
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "--since needs an age such as 90m, 12h or 7d, or an instant such as 2026-11-29T12:00:00Z, not \""
                            + text + "\".",
                    e);
        }
    }
}
