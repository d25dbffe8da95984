package dev.wakebox.runs;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * Polls one run and reads only the events that are new, so that a poll costs as much after 25,000 events as after ten. Not
 * thread-safe.
 */
public final class RunWatch {
    private final Runs runs;
    private final String nameOrArn;
    private final RunSteps steps = new RunSteps();
    private RunDocument document = RunDocument.of(JsonObject.of());
    private long lastEvent;

    RunWatch(Runs runs, String nameOrArn) {
        this.runs = runs;
        this.nameOrArn = nameOrArn;
    }

    /**
     * Everything about the run at this moment.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    public RunReport poll() {
        DescribeExecutionResponse execution = runs.describe(nameOrArn);
        if (addEvents(execution) || execution.output() != null) {
            document = runs.document(execution);
        }
        return Runs.report(execution, document, steps.steps());
    }

    /** Adds the new events to the steps; whether there were any. */
    private boolean addEvents(DescribeExecutionResponse execution) {
        long before = lastEvent;
        if (before == 0) {
            try (Stream<HistoryEvent> all = runs.history(execution)) {
                all.forEach(this::add);
            }
        } else {
            // Step Functions can't continue after an event, but it lists the newest ones first.
            var news = new ArrayList<HistoryEvent>();
            for (HistoryEvent event : runs.newestEvents(execution)) {
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
