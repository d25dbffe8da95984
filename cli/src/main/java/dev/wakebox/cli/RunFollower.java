package dev.wakebox.cli;

import dev.wakebox.runs.RunReport;
import dev.wakebox.runs.RunStep;
import dev.wakebox.runs.RunWatch;
import dev.wakebox.runs.Runs;
import java.io.PrintStream;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** Prints what a run does, as it does it, until it has ended. Not thread-safe. */
final class RunFollower {
    private final Runs runs;
    private final OutputFollower output;
    private final Timeline timeline;
    private final Terminal terminal;
    private final Set<String> printed = new HashSet<>();

    RunFollower(Runs runs, CloudWatchLogsClient logs, PrintStream out, Clock clock, Terminal terminal) {
        this.runs = runs;
        this.output = new OutputFollower(logs);
        this.timeline = new Timeline(out, clock);
        this.terminal = terminal;
    }

    /** Follows a run by its name or ARN; returns it when it has ended. */
    RunReport follow(String execution) throws InterruptedException {
        RunWatch watch = runs.watch(execution);
        var polling = new Polling();
        int steps = 0;
        while (true) {
            RunReport report = watch.poll();
            for (RunStep step : report.steps().subList(steps, report.steps().size())) {
                timeline.add(step.state());
                polling.restart();
            }
            steps = report.steps().size();
            report.waitingFor().ifPresent(clause -> once("waits for " + clause));
            report.instanceId().ifPresent(id -> once("instance " + id));
            report.commandId().ifPresent(id -> once("command " + id));
            if (report.output()
                    .filter(streams ->
                            output.readAll(streams, line -> timeline.detail(line.stream() + "  " + line.text())))
                    .isPresent()) {
                polling.restart();
            }
            if (report.ended()) {
                timeline.add(terminal.outcome(report.outcome().orElseThrow(), report.succeeded()));
                report.cause().orElse("").lines().forEach(timeline::detail);
                return report;
            }
            polling.pause();
        }
    }

    private void once(String news) {
        if (printed.add(news)) {
            timeline.detail(news);
        }
    }
}
