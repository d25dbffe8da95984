package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.MetricLine;
import dev.wakebox.runtime.MetricLine.Metric;
import dev.wakebox.runtime.MetricLine.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The metrics of a run that has ended: {@code RunsEnded} by outcome, {@code RunDuration}, {@code RunAttempts}, {@code
 * TimeToCommands} and {@code RunCost}. Thread-safe.
 *
 * @param stack the name of the stack, the dimension of all metrics
 */
public record RunMetrics(String stack) {
    private static final Set<String> NEVER_REPEATED = Set.of(RunOutcome.CANCELLED.name(), RunOutcome.COST_LIMIT.name());

    public RunMetrics {
        requireNonNull(stack, "stack is null");
    }

    /**
     * The line about a run, after EC2Stopper has finished with an attempt.
     *
     * @return empty if another attempt follows, and for a dry run, which launches nothing
     */
    public Optional<String> line(RunDocument document, Instant now) {
        RunState state = document.state();
        Optional<String> name = state.name();
        Optional<Instant> startedAt = state.startedAt();
        if (name.isEmpty() || startedAt.isEmpty() || !state.stopped() || state.dryRun() || isRepeated(document)) {
            return Optional.empty();
        }
        var metrics = new ArrayList<Metric>();
        metrics.add(new Metric("RunAttempts", Unit.COUNT, state.attempt() + 1));
        state.launch()
                .flatMap(LaunchProgress::launchedAt)
                .flatMap(launched -> state.sentAt().map(sent -> seconds("TimeToCommands", launched, sent)))
                .ifPresent(metrics::add);
        state.cost().ifPresent(cost -> metrics.add(new Metric("RunCost", Unit.NONE, cost.usd())));
        return Optional.of(line(
                name.get(),
                document.text("failure", "outcome").orElse(RunOutcome.SUCCEEDED.name()),
                startedAt.get(),
                now,
                metrics));
    }

    /** The line about a run of which only its outcome and its time are known. */
    public String line(String name, RunOutcome outcome, Instant startedAt, Instant endedAt) {
        return line(name, outcome.name(), startedAt, endedAt, List.of());
    }

    private String line(String name, String outcome, Instant startedAt, Instant endedAt, List<Metric> others) {
        var byOutcome = new LinkedHashMap<String, String>();
        byOutcome.put("Stack", stack);
        byOutcome.put("Outcome", outcome);
        var metrics = new ArrayList<>(List.of(seconds("RunDuration", startedAt, endedAt)));
        metrics.addAll(others);
        return new MetricLine(endedAt)
                .with(byOutcome, List.of(new Metric("RunsEnded", Unit.COUNT, 1)))
                .with(Map.of("Stack", stack), metrics)
                .with("Run", name)
                .text();
    }

    private static Metric seconds(String name, Instant from, Instant to) {
        return new Metric(
                name, Unit.SECONDS, Math.max(0, Duration.between(from, to).toSeconds()));
    }

    /** As the state Ended of the state machine decides. */
    private static boolean isRepeated(RunDocument document) {
        String outcome = document.text("failure", "outcome").orElse("");
        if (outcome.isEmpty()
                || NEVER_REPEATED.contains(outcome)
                || Boolean.TRUE.equals(document.at("failure", "permanent"))
                || document.at("stopper_failure") != null) {
            return false;
        }
        RunState state = document.state();
        if (outcome.equals(RunOutcome.INTERRUPTED.name())
                && document.at("run_options", "n_interruptions_allowed") instanceof Number allowed) {
            return state.interruptions() < allowed.doubleValue();
        }
        return document.at("run_options", "n_retries_allowed") instanceof Number allowed
                && state.attempt() - state.interruptions() < allowed.doubleValue();
    }
}
