package dev.wakebox.cli;

import dev.wakebox.runs.ArrayReport;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.RunReport;
import dev.wakebox.runs.RunStep;
import dev.wakebox.runs.Runs;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sfn.SfnClient;

@Command(
        name = "show",
        description = {
            "Shows one run: outcome, cause, instance, states with their times, earlier attempts, links.",
            "Or one array: how many runs have succeeded, failed, not started, and the names of those that failed."
        })
final class ShowCommand extends StackCommand {
    @Parameters(paramLabel = "NAME", description = "The name of the run or the array, or the execution's ARN.")
    String name = "";

    ShowCommand(Context context) {
        super(context);
    }

    @Override
    int run(Target stack) {
        try (SfnClient stepFunctions = stack.stepFunctions()) {
            Runs runs = stack.runs(stepFunctions);
            RunArrays arrays = stack.arrays(stepFunctions);
            return arrays.orElse(name, () -> show(stack, runs.report(name)), () -> arrays.find(name)
                    .map(this::show));
        }
    }

    private int show(ArrayReport array) {
        if (asJson) {
            print(array);
        } else {
            new ArrayText(out(), terminal()).print(array, context.clock().instant());
        }
        return array.ended() && !array.hasSucceeded() ? JOB_FAILED : SUCCEEDED;
    }

    private int show(Target stack, RunReport report) {
        if (asJson) {
            print(report);
        } else {
            text(stack, report);
        }
        return report.ended() && !report.succeeded() ? JOB_FAILED : SUCCEEDED;
    }

    private void text(Target stack, RunReport report) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("Run", report.name());
        facts.put(
                "Outcome",
                report.outcome()
                        .map(outcome -> terminal().outcome(outcome, report.succeeded()))
                        .orElse("none yet (" + terminal().state(report.status()) + ")"));
        report.waitingFor().ifPresent(clause -> facts.put("Waits for", clause));
        report.place().ifPresent(place -> facts.put("Place", place + " in the queue"));
        report.cause().ifPresent(cause -> facts.put("Cause", cause.strip().replace("\n", "\n            ")));
        Duration took = Duration.between(report.startedAt(), report.endedAt().orElseGet(context.clock()::instant));
        facts.put(
                "Started",
                report.startedAt()
                        + report.endedAt().map(end -> ", ended " + end).orElse(", running") + ", "
                        + Durations.text(took));
        facts.put("Attempt", String.valueOf(report.attempt() + 1));
        report.instanceId()
                .ifPresent(id -> facts.put(
                        "Instance",
                        id
                                + report.keptUntil()
                                        .map(until -> ", stays until " + until)
                                        .orElse("")));
        report.commandId().ifPresent(id -> facts.put("Command", id));
        report.cost()
                .ifPresent(cost -> facts.put(
                        "Cost",
                        (cost.complete() ? "about " : "at least ") + cost.usd().toPlainString() + " USD"));
        report.traceparent().ifPresent(place -> facts.put("Trace", place));
        facts.put("Execution", report.execution());
        facts.forEach((name, value) -> out().printf("%-10s  %s%n", name, value));

        out().println();
        for (RunStep step : report.steps()) {
            String duration = step.left()
                    .map(left -> Durations.text(Duration.between(step.entered(), left)))
                    .orElse("running");
            out().printf(
                            "  %s  attempt %d  %-17s  %12s%s%n",
                            step.entered().toString().substring(0, 19) + "Z",
                            step.attempt() + 1,
                            step.state(),
                            duration,
                            step.times() > 1 ? "  (" + step.times() + " times)" : "");
        }
        report.earlierAttempts().forEach(attempt -> out().printf(
                        "%nAttempt %d ended as %s: %s%n", attempt.attempt() + 1, attempt.outcome(), attempt.cause()));
        Map<String, String> links = ConsoleLinks.of(stack, report);
        if (!links.isEmpty()) {
            out().println();
            links.forEach((name, url) -> out().printf("%-15s  %s%n", name, url));
        }
    }
}
