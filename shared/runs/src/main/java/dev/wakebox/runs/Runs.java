package dev.wakebox.runs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.execution.ScheduledEnd;
import dev.wakebox.cost.RunUsage;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
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

    private static final int MOST_EVENTS_PER_CALL = 1000;

    /** More than a run has between two polls, usually. */
    private static final int NEW_EVENTS_PER_CALL = 100;

    private final SfnClient stepFunctions;
    private final String stateMachineArn;
    private final boolean queued;

    /** @param queued whether runs of the stack may wait for a slot: the list then tells them apart, with a call for each running run */
    public Runs(SfnClient stepFunctions, String stateMachineArn, boolean queued) {
        this.stepFunctions = requireNonNull(stepFunctions, "stepFunctions is null");
        this.stateMachineArn = requireNonNull(stateMachineArn, "stateMachineArn is null");
        this.queued = queued;
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
                        queued && execution.status() == ExecutionStatus.RUNNING
                                ? status(execution.statusAsString(), waitingFor(execution.executionArn()))
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
        return new RunWatch(this, nameOrArn);
    }

    static RunReport report(DescribeExecutionResponse execution, RunDocument document, List<RunStep> steps) {
        Optional<String> waitingFor =
                execution.status() == ExecutionStatus.RUNNING ? document.state().waitingFor() : Optional.empty();
        return new RunReport(
                execution.name(),
                status(execution.statusAsString(), waitingFor),
                waitingFor,
                owner(execution),
                outcome(execution, document),
                Optional.ofNullable(execution.cause()).or(() -> document.text("cause")),
                execution.startDate(),
                Optional.ofNullable(execution.stopDate()),
                document.state().attempt(),
                document.text("instance_parameters", "InstanceId"),
                document.text("command_id"),
                OutputStreams.of(document),
                steps,
                earlierAttempts(document),
                document.state().cost().map(EstimatedCost::of),
                document.state().launch().flatMap(LaunchProgress::price),
                keptUntil(document),
                document.state().trace().map(TraceContext::traceparent),
                document.text("run_options", "array", "execution").map(arn -> arn.substring(arn.lastIndexOf(':') + 1)),
                execution.executionArn());
    }

    private Optional<String> waitingFor(String execution) {
        return newestData(execution).flatMap(json -> RunDocument.of(Json.object(json.getBytes(UTF_8)))
                .state()
                .waitingFor());
    }

    private static String status(String ofStepFunctions, Optional<String> waitingFor) {
        return waitingFor.isPresent() ? "QUEUED" : ofStepFunctions;
    }

    private static Optional<Instant> keptUntil(RunDocument document) {
        return document.text("stopped", "action")
                .filter("kept"::equals)
                .flatMap(_ -> document.state().launch())
                .flatMap(LaunchProgress::end)
                .map(ScheduledEnd::at);
    }

    /**
     * What AWS bills for a run until {@code now}.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunUsage usage(String nameOrArn, Instant now) {
        DescribeExecutionResponse execution = describe(nameOrArn);
        var steps = new RunSteps();
        var tally = new LambdaTally();
        history(execution).forEach(event -> {
            steps.add(event);
            tally.add(event);
        });
        return UsageReader.usage(
                document(execution), steps.steps(), tally, Optional.ofNullable(execution.stopDate()), now);
    }

    /**
     * Whether a run is still running, which costs one call.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public boolean running(String nameOrArn) {
        return outcome(describe(nameOrArn), RunDocument.of(JsonObject.of())).isEmpty();
    }

    /**
     * How a run has ended, such as {@code SUCCEEDED} or {@code CANCELLED}; empty while it is running. It costs one call.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public Optional<String> outcome(String nameOrArn) {
        DescribeExecutionResponse execution = describe(nameOrArn);
        return outcome(
                execution,
                execution.status() == ExecutionStatus.SUCCEEDED
                        ? document(execution)
                        : RunDocument.of(JsonObject.of()));
    }

    /**
     * The document of a run with what its states have added so far.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunDocument document(String nameOrArn) {
        return document(describe(nameOrArn));
    }

    /**
     * Where a run's output is, which costs less than a report.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunOutput output(String nameOrArn) {
        DescribeExecutionResponse execution = describe(nameOrArn);
        RunDocument document = document(execution);
        return new RunOutput(outcome(execution, document).isPresent(), OutputStreams.of(document));
    }

    /**
     * The events of a run, oldest first, read as the stream goes on.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public Stream<HistoryEvent> events(String nameOrArn) {
        return history(describe(nameOrArn));
    }

    /** The ARN of the execution with a name, or this ARN. There need not be such a run. */
    public String arn(String nameOrArn) {
        return nameOrArn.startsWith("arn:")
                ? nameOrArn
                : stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + nameOrArn;
    }

    /** The document of a run as it was submitted. */
    public String submitted(String nameOrArn) {
        return describe(nameOrArn).input();
    }

    /**
     * Stops a run by its name or ARN. It ends as {@code CANCELLED}, and the reaper ends its instance. A run that has ended
     * stays as it is.
     *
     * @return whether the run was running
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public boolean cancel(String nameOrArn, String cause) {
        DescribeExecutionResponse execution = describe(nameOrArn);
        if (execution.status() != ExecutionStatus.RUNNING) {
            return false;
        }
        stepFunctions.stopExecution(request -> request.executionArn(execution.executionArn())
                .error("CANCELLED")
                .cause(cause));
        return true;
    }

    DescribeExecutionResponse describe(String nameOrArn) {
        try {
            return stepFunctions.describeExecution(request -> request.executionArn(arn(nameOrArn)));
        } catch (ExecutionDoesNotExistException e) {
            throw new WakeboxException(
                    ErrorCode.NOT_FOUND,
                    "There is no run \"" + nameOrArn + "\". Step Functions forgets a run 90 days after its end.",
                    e);
        }
    }

    /** The newest state of the document: a failed execution has no output, so it is read from the history. */
    RunDocument document(DescribeExecutionResponse execution) {
        String json = Optional.ofNullable(execution.output())
                .filter(output -> execution.status() == ExecutionStatus.SUCCEEDED && output.startsWith("{"))
                .or(() -> newestData(execution.executionArn()))
                .orElse("{}");
        return RunDocument.of(Json.object(json.getBytes(UTF_8)));
    }

    private Optional<String> newestData(String execution) {
        return stepFunctions
                .getExecutionHistoryPaginator(request -> request.executionArn(execution)
                        .includeExecutionData(true)
                        .reverseOrder(true)
                        .maxResults(10))
                .events()
                .stream()
                .flatMap(Runs::data)
                .filter(data -> data.startsWith("{"))
                .findFirst();
    }

    /** The events, oldest first, without their data. */
    Stream<HistoryEvent> history(DescribeExecutionResponse execution) {
        return stepFunctions
                .getExecutionHistoryPaginator(request -> request.executionArn(execution.executionArn())
                        .includeExecutionData(false)
                        .maxResults(MOST_EVENTS_PER_CALL))
                .events()
                .stream();
    }

    /** The events, newest first, without their data, in small pages. */
    Iterable<HistoryEvent> newestEvents(DescribeExecutionResponse execution) {
        return stepFunctions
                .getExecutionHistoryPaginator(request -> request.executionArn(execution.executionArn())
                        .includeExecutionData(false)
                        .reverseOrder(true)
                        .maxResults(NEW_EVENTS_PER_CALL))
                .events();
    }

    private static Stream<String> data(HistoryEvent event) {
        if (event.stateEnteredEventDetails() != null) {
            return Stream.ofNullable(event.stateEnteredEventDetails().input());
        }
        return event.stateExitedEventDetails() == null
                ? Stream.empty()
                : Stream.ofNullable(event.stateExitedEventDetails().output());
    }

    private static Optional<String> outcome(DescribeExecutionResponse execution, RunDocument document) {
        return switch (execution.status()) {
            case RUNNING, PENDING_REDRIVE -> Optional.empty();
            case ABORTED -> Optional.of("CANCELLED");
            case TIMED_OUT -> Optional.of("TIMED_OUT");
            case FAILED -> Optional.of(Optional.ofNullable(execution.error()).orElse("FAILED"));
            case SUCCEEDED, UNKNOWN_TO_SDK_VERSION ->
                document.text("outcome").or(() -> Optional.of(execution.statusAsString()));
        };
    }

    private static Optional<String> owner(DescribeExecutionResponse execution) {
        return Optional.ofNullable(execution.input())
                .filter(input -> input.startsWith("{"))
                .flatMap(input -> RunDocument.of(Json.object(input.getBytes(UTF_8)))
                        .state()
                        .owner());
    }

    private static List<EarlierAttempt> earlierAttempts(RunDocument document) {
        return document.state().json().objects("history").stream()
                .map(attempt -> new EarlierAttempt(
                        new RunState(attempt).attempt(),
                        attempt.optionalText("InstanceId"),
                        attempt.text("outcome"),
                        attempt.text("cause")))
                .toList();
    }
}
