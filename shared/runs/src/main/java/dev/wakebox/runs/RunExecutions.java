package dev.wakebox.runs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/** Reads the executions of one state machine: their newest document, and their events. Thread-safe. */
final class RunExecutions {
    private static final int MOST_EVENTS_PER_CALL = 1000;

    /** More than a run has between two polls, usually. */
    private static final int NEW_EVENTS_PER_CALL = 100;

    private static final int MOST_EXECUTIONS_PER_CALL = 1000;

    /** With more running executions, nobody needs to know how many of them are in front. */
    private static final int MOST_PAGES = 10;

    private final SfnClient stepFunctions;
    private final String stateMachineArn;

    RunExecutions(SfnClient stepFunctions, String stateMachineArn) {
        this.stepFunctions = requireNonNull(stepFunctions, "stepFunctions is null");
        this.stateMachineArn = requireNonNull(stateMachineArn, "stateMachineArn is null");
    }

    /** The ARN of the execution with a name, or this ARN. There need not be such a run. */
    String arn(String nameOrArn) {
        return nameOrArn.startsWith("arn:")
                ? nameOrArn
                : stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + nameOrArn;
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

    /** What a running execution waits for. */
    Optional<String> waitingFor(String execution) {
        return newestData(execution).flatMap(json -> RunDocument.of(Json.object(json.getBytes(UTF_8)))
                .state()
                .waitingFor());
    }

    /**
     * The place in the queue of an execution that waits for a slot, 1 for the next one. Every slot is taken then, by an
     * execution that is running, and those that were started earlier and have no slot are in front.
     *
     * @param slots how many executions may have a slot
     * @return empty if more executions are running than are read
     */
    Optional<Integer> place(DescribeExecutionResponse waiting, int slots) {
        int earlier = 0;
        Optional<String> token = Optional.empty();
        for (int read = 0; read < MOST_PAGES; read++) {
            Optional<String> next = token;
            var page = stepFunctions.listExecutions(request -> {
                request.stateMachineArn(stateMachineArn)
                        .statusFilter(ExecutionStatus.RUNNING)
                        .maxResults(MOST_EXECUTIONS_PER_CALL);
                next.ifPresent(request::nextToken);
            });
            earlier += (int) page.executions().stream()
                    .filter(execution -> inFront(execution, waiting))
                    .count();
            token = Optional.ofNullable(page.nextToken());
            if (token.isEmpty()) {
                return Optional.of(Math.max(1, earlier - slots + 1));
            }
        }
        return Optional.empty();
    }

    /** The order of the queue: the time of the start in milliseconds, then the name. */
    private static boolean inFront(ExecutionListItem execution, DescribeExecutionResponse waiting) {
        Instant start = execution.startDate().truncatedTo(ChronoUnit.MILLIS);
        int order = start.compareTo(waiting.startDate().truncatedTo(ChronoUnit.MILLIS));
        return order < 0 || (order == 0 && execution.name().compareTo(waiting.name()) < 0);
    }

    private Optional<String> newestData(String execution) {
        return stepFunctions
                .getExecutionHistoryPaginator(request -> request.executionArn(execution)
                        .includeExecutionData(true)
                        .reverseOrder(true)
                        .maxResults(10))
                .events()
                .stream()
                .flatMap(RunExecutions::data)
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
}
