package dev.wakebox.runs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.ArrayIndexes;
import dev.wakebox.compute.execution.RunArray;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.StateMachineDoesNotExistException;

/**
 * The arrays of a stack, which are the executions of its second state machine. The runs of an array are ordinary runs, named
 * after the array and their index: {@code night-17} of the array {@code night}. Exceptions of the AWS SDK pass through.
 * Thread-safe.
 */
public final class RunArrays {
    private static final int MOST_PER_CALL = 1000;

    /** Enough for runs that were just being started when their array was stopped. */
    private static final int MOST_SWEEPS = 5;

    private final Runs arrays;
    private final RunExecutions executions;
    private final Runs runs;

    /** @param stateMachineArn of single runs */
    public RunArrays(SfnClient stepFunctions, String stateMachineArn) {
        String arrayMachineArn = requireNonNull(stateMachineArn, "stateMachineArn is null") + "-array";
        this.arrays = new Runs(stepFunctions, arrayMachineArn, 0);
        this.executions = new RunExecutions(stepFunctions, arrayMachineArn);
        this.runs = new Runs(stepFunctions, stateMachineArn, 0);
    }

    /**
     * Submits the document of an array, as {@link Runs#submit} does that of a run.
     *
     * @return the ARN of the array's execution
     * @throws WakeboxException {@code INVALID_REQUEST} for the name, or if the stack has no arrays yet
     */
    public String submit(String name, String document) {
        if (name.length() > RunArray.LONGEST_NAME) {
            throw WakeboxException.invalidField(
                    "name",
                    "The name of an array must have at most " + RunArray.LONGEST_NAME + " characters, has "
                            + name.length() + ": the names of its runs are longer by an index.");
        }
        try {
            return arrays.submit(name, document);
        } catch (StateMachineDoesNotExistException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The stack has no state machine for arrays (-ec2-run-array): deploy the present template.",
                    e);
        }
    }

    /** Whether this is the ARN of an array's execution. */
    public boolean isArn(String nameOrArn) {
        return nameOrArn.startsWith(arrays.arn(""));
    }

    /**
     * What is known of the run with a name or ARN, or else of the array.
     *
     * @param ofRun throws {@code NOT_FOUND} if there is no such run
     * @throws WakeboxException {@code NOT_FOUND} if there is neither
     */
    public <T> T orElse(String nameOrArn, Supplier<T> ofRun, Supplier<Optional<T>> ofArray) {
        try {
            return isArn(nameOrArn) ? ofArray.get().orElseGet(ofRun) : ofRun.get();
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.NOT_FOUND || isArn(nameOrArn) || nameOrArn.startsWith("arn:")) {
                throw e;
            }
            return ofArray.get().orElseThrow(() -> e);
        }
    }

    /** The array with a name or ARN; empty if there is none. */
    public Optional<ArrayReport> find(String nameOrArn) {
        return describe(nameOrArn).map(this::report);
    }

    /** The runs of an array that have started, in any order; empty if there is no such array. */
    public Optional<List<RunSummary>> runs(String nameOrArn) {
        return describe(nameOrArn).map(this::started);
    }

    /** Whether there is an array with this name or ARN that is still running. */
    public boolean running(String nameOrArn) {
        return describe(nameOrArn)
                .filter(array -> array.status() == ExecutionStatus.RUNNING)
                .isPresent();
    }

    /** The newest arrays, newest first. */
    public RunPage list(Optional<String> status, int limit, Optional<String> token) {
        return arrays.list(status, limit, token);
    }

    /**
     * Stops an array and those of its runs that are running. It ends as {@code CANCELLED}.
     *
     * @return whether the array was running; empty if there is no such array
     */
    public Optional<Boolean> cancel(String nameOrArn, String cause) {
        return describe(nameOrArn).map(array -> {
            boolean stopped = arrays.cancel(array.executionArn(), cause);
            // Step Functions stops them too, but promises it only as far as it can.
            List<RunSummary> running = running(array);
            for (int sweep = 0; sweep < MOST_SWEEPS && !running.isEmpty(); sweep++) {
                running.forEach(run -> runs.cancel(run.execution(), cause));
                running = running(array);
            }
            return stopped;
        });
    }

    /**
     * The document that runs again what has not succeeded: that of the array, with the indexes of these runs.
     *
     * @return empty if there is no such array
     * @throws WakeboxException {@code CONFLICT} while the array is running; {@code INVALID_REQUEST} if every run succeeded
     */
    public Optional<JsonObject> again(String nameOrArn) {
        return describe(nameOrArn).map(array -> {
            if (array.status() == ExecutionStatus.RUNNING) {
                throw new WakeboxException(
                        ErrorCode.CONFLICT,
                        "The array \"" + array.name() + "\" is still running. Wait for its end, or cancel it.");
            }
            ArrayReport report = report(array);
            if (report.remaining().isEmpty()) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "Every run of the array \"" + array.name() + "\" succeeded: there is nothing to run again.");
            }
            JsonObject document = submitted(array);
            JsonObject options = document.object("run_options");
            return report.size() == 0
                    ? document // it was refused before it had runs
                    : document.with(
                            "run_options",
                            options.with("array", options.object("array").with("indexes", report.remaining())));
        });
    }

    private Optional<DescribeExecutionResponse> describe(String nameOrArn) {
        try {
            return Optional.of(executions.describe(nameOrArn));
        } catch (WakeboxException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static JsonObject submitted(DescribeExecutionResponse array) {
        return Json.object(array.input().getBytes(UTF_8));
    }

    private ArrayReport report(DescribeExecutionResponse array) {
        RunDocument state = executions.document(array);
        JsonObject options = submitted(array).object("run_options").object("array");
        List<Integer> wanted = indexes(options, state);
        List<RunSummary> started = started(array);
        var succeeded = new TreeSet<Integer>();
        var running = new TreeSet<Integer>();
        var failed = new ArrayList<String>();
        for (RunSummary run : started) {
            int index = index(array.name(), run.name());
            switch (run.status()) {
                case "SUCCEEDED" -> succeeded.add(index);
                case "RUNNING", "PENDING_REDRIVE" -> running.add(index);
                default -> failed.add(run.name());
            }
        }
        failed.sort((a, b) -> Integer.compare(index(array.name(), a), index(array.name(), b)));
        var remaining = new TreeSet<>(wanted);
        remaining.removeAll(succeeded);
        return new ArrayReport(
                array.name(),
                array.statusAsString(),
                outcome(array),
                Optional.ofNullable(array.cause()).or(() -> state.text("cause")),
                array.startDate(),
                Optional.ofNullable(array.stopDate()),
                wanted.size(),
                succeeded.size(),
                failed.size(),
                running.size(),
                wanted.size() - started.size(),
                List.copyOf(failed),
                ArrayIndexes.of(remaining).toString(),
                array.executionArn());
    }

    /** Those that the array was asked for; none before the list is read. */
    private static List<Integer> indexes(JsonObject options, RunDocument state) {
        Optional<ArrayIndexes> given = options.optionalText("indexes").flatMap(ArrayIndexes::read);
        if (given.isPresent()) {
            return given.get().values();
        }
        Number size = options.number("size") == null ? state.json().number("size") : options.number("size");
        return IntStream.range(0, size == null ? 0 : size.intValue()).boxed().toList();
    }

    private static Optional<String> outcome(DescribeExecutionResponse array) {
        return switch (array.status()) {
            case RUNNING, PENDING_REDRIVE -> Optional.empty();
            case ABORTED -> Optional.of("CANCELLED");
            case FAILED -> Optional.of(Optional.ofNullable(array.error()).orElse("FAILED"));
            case SUCCEEDED ->
                RunDocument.of(Json.object(array.output().getBytes(UTF_8))).text("outcome");
            case TIMED_OUT, UNKNOWN_TO_SDK_VERSION -> Optional.of(array.statusAsString());
        };
    }

    private List<RunSummary> running(DescribeExecutionResponse array) {
        return started(array, Optional.of("RUNNING"));
    }

    private List<RunSummary> started(DescribeExecutionResponse array) {
        return started(array, Optional.empty());
    }

    /** The runs of an array, found by their names among those that are newer than the array. */
    private List<RunSummary> started(DescribeExecutionResponse array, Optional<String> status) {
        var found = new ArrayList<RunSummary>();
        Optional<String> token = Optional.empty();
        do {
            RunPage page = runs.list(status, MOST_PER_CALL, token);
            for (RunSummary run : page.runs()) {
                // Step Functions lists a run at the time of its end, or of its start while it is running.
                if (run.endedAt().orElse(run.startedAt()).isBefore(array.startDate())) {
                    return found;
                }
                if (!run.startedAt().isBefore(array.startDate()) && index(array.name(), run.name()) >= 0) {
                    found.add(run);
                }
            }
            token = page.next();
        } while (token.isPresent());
        return found;
    }

    /** The index of a run in an array, or -1 if it is none of the array. */
    private static int index(String array, String run) {
        return run.startsWith(array + "-") && run.substring(array.length() + 1).matches("\\d{1,4}")
                ? Integer.parseInt(run.substring(array.length() + 1))
                : -1;
    }
}
