package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.compute.launch.Ec2Machines;
import dev.wakebox.compute.launch.SsmAgents;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedule's tick, a change of the training instance's state, or the end of a run's execution: looks after the
 * training server and after what runs have launched.
 */
public final class ReaperHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(ReaperHandler.class);
    private static final Set<String> ENDED_BADLY = Set.of("ABORTED", "FAILED", "TIMED_OUT");

    private final String instanceId;
    private final String stateMachineArn;
    private final String stack;
    private final Sweep sweep;
    private final RunSweep runs;
    private final OutcomeEvents outcomes;
    private final Clock clock;
    private final Consumer<String> metrics;

    public ReaperHandler() {
        this(
                Environment.required("TRAINING_INSTANCE_ID"),
                Environment.required("STATE_MACHINE_ARN"),
                Environment.required("STACK_NAME"),
                new Sweep(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        Clock.systemUTC(),
                        Limits.ofRun(Environment.minutes("TRAINING_TIME_LIMIT_MINUTES"))),
                new RunSweep(
                        Ec2Machines.create(),
                        SsmAgents.create(),
                        SfnExecutions.create(),
                        Environment.required("STACK_NAME"),
                        Clock.systemUTC()),
                EventBridgeOutcomes.create(),
                Clock.systemUTC(),
                System.out::println);
    }

    /** @param metrics where lines in CloudWatch's Embedded Metric Format go, bare as they are */
    ReaperHandler(
            String instanceId,
            String stateMachineArn,
            String stack,
            Sweep sweep,
            RunSweep runs,
            OutcomeEvents outcomes,
            Clock clock,
            Consumer<String> metrics) {
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.stateMachineArn = requireNonNull(stateMachineArn, "stateMachineArn is null");
        this.stack = requireNonNull(stack, "stack is null");
        this.sweep = requireNonNull(sweep, "sweep is null");
        this.runs = requireNonNull(runs, "runs is null");
        this.outcomes = requireNonNull(outcomes, "outcomes is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        Map<?, ?> detail = event.get("detail") instanceof Map<?, ?> map ? map : Map.of();
        if (detail.get("executionArn") instanceof String execution) {
            boolean ours = stateMachineArn.equals(detail.get("stateMachineArn"))
                    && detail.get("status") instanceof String status
                    && ENDED_BADLY.contains(status);
            return ours
                    ? brokenOff(execution, detail)
                    : training(new Action.Nothing("the event is not about our runs"));
        }
        if (detail.get("instance-id") instanceof String id) {
            return training(
                    id.equals(instanceId) ? sweep.run() : new Action.Nothing("the event is about another instance"));
        }
        return everything();
    }

    /** First what costs money, then who wants to hear of it; what could not be ended fails the event, for the alarm. */
    private Map<String, @Nullable Object> brokenOff(String execution, Map<?, ?> detail) {
        RunSweep.Result result = runs.ended(execution);
        Map<String, @Nullable Object> answer = told(result);
        BrokenOff.of(detail).ifPresent(outcomes::publish);
        failIfIncomplete(result);
        return answer;
    }

    /** Neither sweep keeps the other from being made. */
    private Map<String, @Nullable Object> everything() {
        RunSweep.Result result;
        try {
            result = runs.all();
        } catch (WakeboxException e) {
            training(sweep.run());
            throw e;
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(told(result));
        answer.putAll(training(sweep.run()));
        failIfIncomplete(result);
        return answer;
    }

    private static void failIfIncomplete(RunSweep.Result result) {
        result.failure().ifPresent(e -> {
            throw e;
        });
    }

    private Map<String, @Nullable Object> training(Action action) {
        log.info("{}: {}", action.word(), action.reason());
        return Map.of("action", action.word(), "reason", action.reason());
    }

    private Map<String, @Nullable Object> told(RunSweep.Result result) {
        result.found().forEach(orphan -> log.warn("orphan {}: {}", orphan.id(), orphan.reason()));
        result.ended().forEach(orphan -> log.warn("ended {}: {}", orphan.id(), orphan.reason()));
        metrics.accept(OrphanMetrics.line(stack, result, clock.instant()));
        return Map.of("orphans_found", ids(result.found()), "orphans_ended", ids(result.ended()));
    }

    private static List<String> ids(List<RunSweep.Orphan> orphans) {
        return orphans.stream().map(RunSweep.Orphan::id).toList();
    }
}
