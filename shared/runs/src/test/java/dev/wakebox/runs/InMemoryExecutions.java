package dev.wakebox.runs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryRequest;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryResponse;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.ListExecutionsRequest;
import software.amazon.awssdk.services.sfn.model.ListExecutionsResponse;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;
import software.amazon.awssdk.services.sfn.model.StopExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StopExecutionResponse;

/** Step Functions with one state machine, whose executions move only as a test moves them. */
public final class InMemoryExecutions implements SfnClient {
    public static final String STATE_MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:wakebox-ec2-run";
    public static final Instant START = Instant.parse("2026-11-29T12:00:00Z");

    /** An execution, and its history, oldest event first. */
    public static final class Execution {
        public final String input;
        public final List<HistoryEvent> events = new ArrayList<>();
        public ExecutionStatus status = ExecutionStatus.RUNNING;

        public @Nullable String output;

        public @Nullable String error;

        public @Nullable String cause;

        public @Nullable Instant end;

        Execution(String input) {
            this.input = input;
        }

        public Execution enter(String state, long second, String input) {
            events.add(HistoryEvent.builder()
                    .id((long) events.size() + 1)
                    .timestamp(START.plusSeconds(second))
                    .stateEnteredEventDetails(details -> details.name(state).input(input))
                    .build());
            return this;
        }

        /** A task that is scheduled, or that fails. */
        public Execution task(long second, boolean failed) {
            var event = HistoryEvent.builder().id((long) events.size() + 1).timestamp(START.plusSeconds(second));
            events.add(
                    failed
                            ? event.taskFailedEventDetails(details -> details.error("Lambda.ServiceException"))
                                    .build()
                            : event.taskScheduledEventDetails(details -> details.resource("invoke"))
                                    .build());
            return this;
        }

        public Execution leave(String state, long second, String output) {
            events.add(HistoryEvent.builder()
                    .id((long) events.size() + 1)
                    .timestamp(START.plusSeconds(second))
                    .stateExitedEventDetails(details -> details.name(state).output(output))
                    .build());
            return this;
        }
    }

    private final Map<String, Execution> executions = new LinkedHashMap<>();

    /** How many calls of GetExecutionHistory were answered, and with how many events. */
    int historyCalls;

    int historyEvents;

    public Execution execution(String name) {
        return executions.computeIfAbsent(arn(name), _ -> new Execution("{}"));
    }

    @Override
    public StartExecutionResponse startExecution(StartExecutionRequest request) {
        String arn = arn(request.name());
        Execution known = executions.get(arn);
        if (known != null && !(known.status == ExecutionStatus.RUNNING && known.input.equals(request.input()))) {
            throw ExecutionAlreadyExistsException.builder().message("exists").build();
        }
        executions.putIfAbsent(arn, new Execution(request.input()));
        return StartExecutionResponse.builder().executionArn(arn).build();
    }

    @Override
    public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
        Execution execution = known(request.executionArn());
        return DescribeExecutionResponse.builder()
                .executionArn(request.executionArn())
                .name(request.executionArn().substring(request.executionArn().lastIndexOf(':') + 1))
                .status(execution.status)
                .input(execution.input)
                .output(execution.output)
                .error(execution.error)
                .cause(execution.cause)
                .startDate(START)
                .stopDate(execution.end)
                .build();
    }

    @Override
    public GetExecutionHistoryResponse getExecutionHistory(GetExecutionHistoryRequest request) {
        List<HistoryEvent> events = known(request.executionArn()).events;
        if (Boolean.TRUE.equals(request.reverseOrder())) {
            events = events.reversed();
        }
        int from = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
        int to = Math.min(events.size(), from + request.maxResults());
        historyCalls++;
        historyEvents += to - from;
        return GetExecutionHistoryResponse.builder()
                .events(events.subList(from, to).stream()
                        .map(event -> Boolean.FALSE.equals(request.includeExecutionData()) ? withoutData(event) : event)
                        .toList())
                .nextToken(to < events.size() ? String.valueOf(to) : null)
                .build();
    }

    @Override
    public ListExecutionsResponse listExecutions(ListExecutionsRequest request) {
        var items = executions.entrySet().stream()
                .filter(entry -> request.statusFilter() == null || entry.getValue().status == request.statusFilter())
                .map(entry -> ExecutionListItem.builder()
                        .executionArn(entry.getKey())
                        .name(entry.getKey().substring(entry.getKey().lastIndexOf(':') + 1))
                        .status(entry.getValue().status)
                        .startDate(START)
                        .stopDate(entry.getValue().end)
                        .build())
                .toList();
        int from = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
        int to = Math.min(items.size(), from + request.maxResults());
        return ListExecutionsResponse.builder()
                .executions(items.subList(from, to))
                .nextToken(to < items.size() ? String.valueOf(to) : null)
                .build();
    }

    @Override
    public StopExecutionResponse stopExecution(StopExecutionRequest request) {
        Execution execution = known(request.executionArn());
        execution.status = ExecutionStatus.ABORTED;
        execution.error = request.error();
        execution.cause = request.cause();
        execution.end = START.plusSeconds(60);
        return StopExecutionResponse.builder().stopDate(execution.end).build();
    }

    private Execution known(String arn) {
        Execution execution = executions.get(arn);
        if (execution == null) {
            throw ExecutionDoesNotExistException.builder().message("no " + arn).build();
        }
        return execution;
    }

    private static HistoryEvent withoutData(HistoryEvent event) {
        return event.toBuilder()
                .stateEnteredEventDetails(
                        event.stateEnteredEventDetails() == null
                                ? null
                                : event.stateEnteredEventDetails().toBuilder()
                                        .input(null)
                                        .build())
                .stateExitedEventDetails(
                        event.stateExitedEventDetails() == null
                                ? null
                                : event.stateExitedEventDetails().toBuilder()
                                        .output(null)
                                        .build())
                .build();
    }

    private static String arn(String name) {
        return STATE_MACHINE.replace(":stateMachine:", ":execution:") + ":" + name;
    }

    @Override
    public String serviceName() {
        return "states";
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
