package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.cost.RunUsage;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * The runs of a stack, which are the executions of its state machine. A run that is submitted here is the same as one of
 * {@code aws stepfunctions start-execution}. Exceptions of the AWS SDK pass through. Thread-safe.
 */
public final class Runs {
    /** Step Functions' limit for an execution's input, in bytes of UTF-8. */
    public static final int MOST_DOCUMENT_BYTES = 256 * 1024;

    /** Step Functions' rule for the names of executions, without the characters that it advises against. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

    private final SfnClient stepFunctions;
    private final String stateMachineArn;
    private final RunExecutions executions;
    private final int slots;

    /**
     * @param slots how many runs of the stack may have an instance at the same time, or 0 for any number. With a limit, the
     *     list tells runs apart that wait, with a call for each running run
     */
    public Runs(SfnClient stepFunctions, String stateMachineArn, int slots) {
        this.stepFunctions = requireNonNull(stepFunctions, "stepFunctions is null");
        this.stateMachineArn = requireNonNull(stateMachineArn, "stateMachineArn is null");
        this.executions = new RunExecutions(stepFunctions, stateMachineArn);
        this.slots = slots;
    }

    /**
     * Submits an execution document. While a run is running, submitting the same document under its name returns the same
     * run.
     *
     * @return the execution's ARN
     * @throws WakeboxException {@code INVALID_REQUEST} for the name; {@code CONFLICT} when the name was used in the last 90
     *     days
     */
    public String submit(String name, String document) {
        if (!NAME.matcher(name).matches()) {
            throw WakeboxException.invalidField(
                    "name",
                    "The name of a run must have 1 to 80 characters of A-Z, a-z, 0-9, \".\", \"_\" and \"-\", is \""
                            + name + "\".");
        }
        try {
            return stepFunctions
                    .startExecution(request ->
                            request.stateMachineArn(stateMachineArn).name(name).input(document))
                    .executionArn();
        } catch (ExecutionAlreadyExistsException e) {
            throw new WakeboxException(
                    ErrorCode.CONFLICT,
                    "There is already a run \"" + name
                            + "\". Step Functions keeps a name for 90 days; use another one.",
                    e);
        }
    }

    /**
     * A page of the runs, newest first.
     *
     * @param status only runs of this status of Step Functions
     * @param limit at most so many, up to 1,000
     * @param token of the page; empty for the first one
     */
    public RunPage list(Optional<String> status, int limit, Optional<String> token) {
        var page = stepFunctions.listExecutions(request -> {
            request.stateMachineArn(stateMachineArn).maxResults(limit);
            status.ifPresent(request::statusFilter);
            token.ifPresent(request::nextToken);
        });
        var runs = page.executions().stream()
                .map(execution -> new RunSummary(
                        execution.name(),
                        slots > 0 && execution.status() == ExecutionStatus.RUNNING
                                ? RunReports.status(
                                        execution.statusAsString(), executions.waitingFor(execution.executionArn()))
                                : execution.statusAsString(),
                        execution.startDate(),
                        Optional.ofNullable(execution.stopDate()),
                        execution.executionArn()))
                .toList();
        return new RunPage(runs, Optional.ofNullable(page.nextToken()));
    }

    /**
     * Everything about a run, by its name or ARN. For several polls of one run, {@link #watch} costs less.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunReport report(String nameOrArn) {
        return watch(nameOrArn).poll();
    }

    /** Polls of a run, by its name or ARN, that read only what is new. */
    public RunWatch watch(String nameOrArn) {
        return new RunWatch(executions, slots, nameOrArn);
    }

    /**
     * What AWS bills for a run until {@code now}.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunUsage usage(String nameOrArn, Instant now) {
        DescribeExecutionResponse execution = executions.describe(nameOrArn);
        var steps = new RunSteps();
        var tally = new LambdaTally();
        executions.history(execution).forEach(event -> {
            steps.add(event);
            tally.add(event);
        });
        return UsageReader.usage(
                executions.document(execution), steps.steps(), tally, Optional.ofNullable(execution.stopDate()), now);
    }

    /**
     * Whether a run is still running, which costs one call.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public boolean running(String nameOrArn) {
        return RunReports.outcome(executions.describe(nameOrArn), RunDocument.of(JsonObject.of()))
                .isEmpty();
    }

    /**
     * How a run has ended, such as {@code SUCCEEDED} or {@code CANCELLED}; empty while it is running. It costs one call.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public Optional<String> outcome(String nameOrArn) {
        DescribeExecutionResponse execution = executions.describe(nameOrArn);
        return RunReports.outcome(
                execution,
                execution.status() == ExecutionStatus.SUCCEEDED
                        ? executions.document(execution)
                        : RunDocument.of(JsonObject.of()));
    }

    /**
     * The document of a run with what its states have added so far.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunDocument document(String nameOrArn) {
        return executions.document(executions.describe(nameOrArn));
    }

    /**
     * Where a run's output is, which costs less than a report.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunOutput output(String nameOrArn) {
        DescribeExecutionResponse execution = executions.describe(nameOrArn);
        RunDocument document = executions.document(execution);
        return new RunOutput(RunReports.outcome(execution, document).isPresent(), OutputStreams.of(document));
    }

    /**
     * The events of a run, oldest first, read as the stream goes on.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public Stream<HistoryEvent> events(String nameOrArn) {
        return executions.history(executions.describe(nameOrArn));
    }

    /** The ARN of the execution with a name, or this ARN. There need not be such a run. */
    public String arn(String nameOrArn) {
        return executions.arn(nameOrArn);
    }

    /** The document of a run as it was submitted. */
    public String submitted(String nameOrArn) {
        return executions.describe(nameOrArn).input();
    }

    /**
     * Stops a run by its name or ARN. It ends as {@code CANCELLED}, and the reaper ends its instance. A run that has ended
     * stays as it is.
     *
     * @return whether the run was running
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public boolean cancel(String nameOrArn, String cause) {
        DescribeExecutionResponse execution = executions.describe(nameOrArn);
        if (execution.status() != ExecutionStatus.RUNNING) {
            return false;
        }
        stepFunctions.stopExecution(request -> request.executionArn(execution.executionArn())
                .error("CANCELLED")
                .cause(cause));
        return true;
    }
}
