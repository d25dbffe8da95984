package dev.wakebox.functions.runchecker;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.Outcome;
import dev.wakebox.compute.execution.OutputCheck;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SearchableObjectStore;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** State RunChecker: one look for the output in S3; up to five of them, the waiting between is the state machine's. */
public final class RunCheckerHandler extends Function {
    private static final String STATE = "RunChecker";
    private static final int MOST_LOOKS = 5;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final java.util.function.Function<String, ? extends SearchableObjectStore> buckets;

    public RunCheckerHandler() {
        this(S3ObjectStore.ofAnyBucket());
    }

    RunCheckerHandler(java.util.function.Function<String, ? extends SearchableObjectStore> buckets) {
        this.buckets = requireNonNull(buckets, "buckets is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        var document = RunDocument.of(event).with(false, "run", "check_again").with(false, "ii_s3_object_checked");
        var execution = Execution.of(document);
        return execution
                .check()
                .map(check -> document.orFailed(
                        () -> checked(document, execution.run(), check),
                        cause -> Failure.of(
                                Outcome.OUTPUT_MISSING,
                                "The output " + check + " could not be looked for. " + cause,
                                STATE)))
                .orElse(document)
                .json();
    }

    private RunDocument checked(RunDocument document, Run run, OutputCheck check) {
        Optional<String> found = found(buckets.apply(check.place().bucket()), check);
        if (found.isPresent()) {
            return document.with(true, "ii_s3_object_checked").with(found.get(), "run", "output_key");
        }
        int looks = document.count("run", "checks") + 1;
        var looked = document.with(looks, "run", "checks");
        return looks < MOST_LOOKS ? looked.with(true, "run", "check_again") : missing(looked, run, check);
    }

    /** Beside a folder there may be any number of keys that begin as it does: they aren't listed. */
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
        String cause = "The commands succeeded, but there is no object " + check + " after " + MOST_LOOKS + " looks.";
        var failed = document.failed(Failure.of(Outcome.OUTPUT_MISSING, cause, STATE));
        try {
            buckets.apply(check.place().bucket())
                    .put(key, Json.bytes(failed.json()), "application/json", new Condition.Always());
            return failed.with(key, "run", "failed_execution_key");
        } catch (WakeboxException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            return document.failed(
                    Failure.of(Outcome.OUTPUT_MISSING, cause + " It could not be recorded: " + e.getMessage(), STATE));
        }
    }
}
