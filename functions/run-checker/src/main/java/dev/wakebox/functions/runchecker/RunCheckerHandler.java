package dev.wakebox.functions.runchecker;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.OutputCheck;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SearchableObjectStore;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * State RunChecker: checks once for the output in S3. The state machine invokes it up to five times and waits in
 * between.
 */
public final class RunCheckerHandler extends LambdaFunction {
    private static final String STATE = "RunChecker";
    private static final int MOST_CHECKS = 5;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Function<String, ? extends SearchableObjectStore> buckets;

    public RunCheckerHandler() {
        this(S3ObjectStore.ofAnyBucket());
    }

    RunCheckerHandler(Function<String, ? extends SearchableObjectStore> buckets) {
        this.buckets = requireNonNull(buckets, "buckets is null");
    }

    @Override
    protected JsonObject event(JsonObject event) {
        var submitted = RunDocument.of(event);
        var document = submitted.with(submitted.state().withCheckAgain(false)).with(false, "ii_s3_object_checked");
        var execution = Execution.of(document);
        return execution
                .check()
                .map(check -> document.orFailed(
                        () -> checked(document, execution.run(), check),
                        cause -> Failure.of(
                                RunOutcome.OUTPUT_MISSING,
                                "The output " + check + " could not be checked. " + cause,
                                STATE)))
                .orElse(document)
                .json();
    }

    private RunDocument checked(RunDocument document, Run run, OutputCheck check) {
        Optional<String> found = found(buckets.apply(check.place().bucket()), check);
        if (found.isPresent()) {
            return document.with(true, "ii_s3_object_checked")
                    .with(document.state().withOutputKey(found.get()));
        }
        RunState state = document.state();
        int checks = state.checks() + 1;
        RunState checked = state.withChecks(checks);
        return checks < MOST_CHECKS
                ? document.with(checked.withCheckAgain(true))
                : missing(document.with(checked), run, check);
    }

    /** Lists only below the folder, because any number of other keys may begin with its name. */
    private static Optional<String> found(SearchableObjectStore bucket, OutputCheck check) {
        String prefix = check.place().prefix();
        if (!check.folder() || prefix.endsWith("/")) {
            return bucket.firstKey(prefix, check::accepts);
        }
        return bucket.firstKey(prefix, _ -> true)
                .filter(prefix::equals)
                .or(() -> bucket.firstKey(prefix + "/", check::accepts));
    }

    private RunDocument missing(RunDocument document, Run run, OutputCheck check) {
        String key = OutputCheck.FAILED_EXECUTIONS + STAMP.format(run.startedAt()) + "-" + run.name() + "-"
                + run.attempt() + ".json";
        String cause = "The commands succeeded, but there is no object " + check + " after " + MOST_CHECKS + " checks."
                + hint(check);
        var failed = document.failed(Failure.of(RunOutcome.OUTPUT_MISSING, cause, STATE));
        try {
            buckets.apply(check.place().bucket())
                    .put(key, Json.bytes(failed.json()), "application/json", new Condition.Always());
            return failed.with(failed.state().withFailedExecutionKey(key));
        } catch (WakeboxException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            return document.failed(Failure.of(
                    RunOutcome.OUTPUT_MISSING, cause + " It could not be recorded: " + e.getMessage(), STATE));
        }
    }

    /** A hint for a prefix with a leading slash, which is allowed but rarely intended. */
    private static String hint(OutputCheck check) {
        String prefix = check.place().prefix();
        return prefix.startsWith("/")
                ? " Its key begins with \"/\"; an object that was put to s3://"
                        + check.place().bucket() + prefix + " has the key \"" + prefix.substring(1) + "\"."
                : "";
    }
}
