package dev.wakebox.cli;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

@Command(name = "events", description = "Lists the events of a run's history in Step Functions, oldest first.")
final class EventsCommand extends StackCommand {
    @Parameters(paramLabel = "NAME", description = "The run's name or the execution's ARN.")
    String name = "";

    EventsCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) {
        try (SfnClient stepFunctions = stack.stepFunctions();
                Stream<HistoryEvent> events = stack.runs(stepFunctions).events(name)) {
            events.forEach(event -> {
                var printed =
                        new Event(event.id(), event.timestamp(), event.typeAsString(), state(event), error(event));
                if (asJson) {
                    print(printed);
                } else {
                    out().printf(
                                    "%6d  %s  %-26s  %s%n",
                                    printed.id,
                                    printed.time,
                                    printed.type,
                                    (printed.state + "  " + printed.error).strip());
                }
            });
        }
        return SUCCEEDED;
    }

    /** An event as it is printed; texts are empty where it has none. */
    @SnakeCase
    private record Event(long id, Instant time, String type, String state, String error) {}

    private static String state(HistoryEvent event) {
        if (event.stateEnteredEventDetails() != null) {
            return event.stateEnteredEventDetails().name();
        }
        return event.stateExitedEventDetails() == null
                ? ""
                : event.stateExitedEventDetails().name();
    }

    private static String error(HistoryEvent event) {
        if (event.taskFailedEventDetails() != null) {
            return text(event.taskFailedEventDetails().error());
        }
        if (event.executionFailedEventDetails() != null) {
            return text(event.executionFailedEventDetails().error());
        }
        return event.executionAbortedEventDetails() == null
                ? ""
                : text(event.executionAbortedEventDetails().error());
    }

    private static String text(@Nullable String error) {
        return error == null ? "" : error;
    }
}
