package dev.wakebox.local.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/** Executions of commands on throw-away instances: submitted, watched, listed and cancelled. Not thread-safe. */
final class Runs {
    private static final Set<String> STATES =
            Set.of("EC2StarterFromAMI", "Commander", "EC2Poller", "RunChecker", "EC2Stopper");
    private static final Duration LOOK_EVERY = Duration.ofMillis(300);

    private final Application application;
    private final PrintStream out;
    private final Clock clock;

    Runs(Application application, PrintStream out, Clock clock) {
        this.application = application;
        this.out = out;
        this.clock = clock;
    }

    /**
     * Submits an execution file.
     *
     * @return the execution's ARN
     */
    String submit(SfnClient stepFunctions, Path file) throws IOException {
        byte[] document = Files.readAllBytes(file);
        try {
            Json.object(document);
        } catch (WakeboxException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, file + ": " + e.getMessage(), e);
        }
        String stem = file.getFileName().toString().replaceAll("\\.json$", "").replaceAll("[^A-Za-z0-9_-]", "-");
        String time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(clock.instant());
        String name = stem.substring(0, Math.min(stem.length(), 60)) + "-" + time;
        return submit(stepFunctions, name, new String(document, UTF_8));
    }

    String submit(SfnClient stepFunctions, String name, String document) {
        return stepFunctions
                .startExecution(request -> request.stateMachineArn(application.stateMachine())
                        .name(name)
                        .input(document))
                .executionArn();
    }

    /** Draws the states as they pass, with the commands' output, until the execution is over; true when it succeeded. */
    boolean watch(SfnClient stepFunctions, String execution) throws IOException, InterruptedException {
        var timeline = new Timeline(out, clock);
        var output = new CommandOutput(application.instances());
        String state = "";
        var news = new HashSet<String>();
        Map<String, @Nullable Object> document = Map.of();
        long seen = 0;
        while (true) {
            DescribeExecutionResponse now = stepFunctions.describeExecution(request -> request.executionArn(execution));
            for (HistoryEvent event : history(stepFunctions, execution, seen)) {
                seen = event.id();
                if (event.stateEnteredEventDetails() != null) {
                    document = document(event.stateEnteredEventDetails().input(), document);
                    output.show(document, timeline);
                    String name = event.stateEnteredEventDetails().name();
                    if (STATES.contains(name) && !name.equals(state)) {
                        state = name;
                        timeline.add(name);
                    }
                }
                if (event.stateExitedEventDetails() != null) {
                    document = document(event.stateExitedEventDetails().output(), document);
                    news(document).filter(news::add).forEach(timeline::detail);
                }
            }
            output.show(document, timeline);
            if (now.status() != ExecutionStatus.RUNNING) {
                return outcome(now, document, timeline);
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    /** The newest executions, newest first. */
    void list(SfnClient stepFunctions) {
        var executions = stepFunctions
                .listExecutions(request ->
                        request.stateMachineArn(application.stateMachine()).maxResults(50))
                .executions();
        if (executions.isEmpty()) {
            out.println("No execution yet; submit one with ./wakebox run FILE.json");
        }
        for (var execution : executions) {
            var end = execution.stopDate() == null ? clock.instant() : execution.stopDate();
            out.printf(
                    Locale.ROOT,
                    "%-10s %s  %6.1f s  %s%n",
                    execution.statusAsString(),
                    execution.startDate(),
                    Duration.between(execution.startDate(), end).toMillis() / 1000.0,
                    execution.name());
        }
    }

    /** Stops an execution by its name or ARN; the reaper ends its instance. */
    void cancel(SfnClient stepFunctions, String nameOrArn) {
        String execution = nameOrArn.startsWith("arn:")
                ? nameOrArn
                : application.stateMachine().replace(":stateMachine:", ":execution:") + ":" + nameOrArn;
        stepFunctions.stopExecution(
                request -> request.executionArn(execution).error("CANCELLED").cause("Cancelled with ./wakebox cancel"));
        out.println("Stopped " + execution + "; the reaper ends its instance.");
    }

    /** What happened after an event, read from the end: a long run has many pages. */
    private static List<HistoryEvent> history(SfnClient stepFunctions, String execution, long after) {
        return stepFunctions
                .getExecutionHistoryPaginator(request -> request.executionArn(execution)
                        .includeExecutionData(true)
                        .reverseOrder(true)
                        .maxResults(100))
                .events()
                .stream()
                .takeWhile(event -> event.id() > after)
                .toList()
                .reversed();
    }

    private static Map<String, @Nullable Object> document(
            @Nullable String json, Map<String, @Nullable Object> otherwise) {
        return json != null && json.startsWith("{") ? Json.object(json.getBytes(UTF_8)) : otherwise;
    }

    /** What the document says that is worth a line: the instance and the command of the attempt. */
    private static Stream<String> news(Map<String, @Nullable Object> document) {
        Object instance =
                document.get("instance_parameters") instanceof Map<?, ?> given ? given.get("InstanceId") : null;
        Object command = document.get("command_id");
        return Stream.of(instance == null ? "" : "instance " + instance, command == null ? "" : "command " + command)
                .filter(line -> !line.isEmpty());
    }

    private static boolean outcome(
            DescribeExecutionResponse end, Map<String, @Nullable Object> document, Timeline timeline) {
        String outcome = end.error() != null
                ? end.error()
                : String.valueOf(document.getOrDefault("outcome", end.statusAsString()));
        timeline.add(outcome);
        String cause = end.cause() != null ? end.cause() : String.valueOf(document.getOrDefault("cause", ""));
        cause.lines().forEach(timeline::detail);
        return end.status() == ExecutionStatus.SUCCEEDED && outcome.equals("SUCCEEDED");
    }

    /** What a command prints while it runs, from the disk of its instance. */
    static final class CommandOutput {
        private final Path instances;
        private final Map<Path, Integer> shown = new HashMap<>();

        CommandOutput(Path instances) {
            this.instances = instances;
        }

        void show(Map<String, @Nullable Object> document, Timeline timeline) throws IOException {
            if (!(document.get("command_id") instanceof String command)
                    || !(document.get("instance_parameters") instanceof Map<?, ?> parameters)
                    || !(parameters.get("InstanceId") instanceof String instance)) {
                return;
            }
            for (String stream : List.of("stdout", "stderr")) {
                Path file = instances
                        .resolve("commands")
                        .resolve(command)
                        .resolve(instance)
                        .resolve(stream);
                if (!Files.exists(file)) {
                    continue;
                }
                byte[] written = Files.readAllBytes(file);
                int from = shown.getOrDefault(file, 0);
                int to = written.length;
                while (to > from && written[to - 1] != '\n') {
                    to--;
                }
                // A command may print what isn't UTF-8.
                new String(written, from, to - from, UTF_8)
                        .lines()
                        .forEach(line -> timeline.detail(stream + "  " + line));
                shown.put(file, to);
            }
        }
    }
}
