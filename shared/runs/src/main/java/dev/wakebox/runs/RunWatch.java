package dev.wakebox.runs;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * Polls one run and reads only the events that are new, so that a poll costs as much after 25,000 events as after ten. Not
 * thread-safe.
 */
public final class RunWatch {
    private final RunExecutions executions;
    private final int slots;
    private final String nameOrArn;
    private final RunSteps steps = new RunSteps();
    private RunDocument document = RunDocument.of(JsonObject.of());
    private long lastEvent;

    /** @param slots how many runs may have an instance at the same time, or 0 */
    RunWatch(RunExecutions executions, int slots, String nameOrArn) {
        this.executions = executions;
        this.slots = slots;
        this.nameOrArn = nameOrArn;
    }

    /**
     * Everything about the run at this moment.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunReport poll() {
        DescribeExecutionResponse execution = executions.describe(nameOrArn);
        if (addEvents(execution) || execution.output() != null) {
            document = executions.document(execution);
        }
        boolean inQueue = slots > 0
                && execution.status() == ExecutionStatus.RUNNING
                && document.state().slotWanted();
        return RunReports.of(
                execution, document, steps.steps(), inQueue ? executions.place(execution, slots) : Optional.empty());
    }

    /** Adds the new events to the steps; whether there were any. */
    private boolean addEvents(DescribeExecutionResponse execution) {
        long before = lastEvent;
        if (before == 0) {
            try (Stream<HistoryEvent> all = executions.history(execution)) {
                all.forEach(this::add);
            }
        } else {
            // Step Functions can't continue after an event, but it lists the newest ones first.
            var news = new ArrayList<HistoryEvent>();
            for (HistoryEvent event : executions.newestEvents(execution)) {
                if (event.id() <= before) {
                    break;
                }
                news.add(event);
            }
            List<HistoryEvent> oldestFirst = news.reversed();
            oldestFirst.forEach(this::add);
        }
        return lastEvent > before;
    }

    private void add(HistoryEvent event) {
        steps.add(event);
        lastEvent = event.id();
    }
}
