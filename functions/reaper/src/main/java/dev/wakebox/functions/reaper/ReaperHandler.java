package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.CapacitySeekingInstances;
import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.compute.execution.RunMetrics;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.compute.launch.SsmAgents;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.MetricLine;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the schedule, changes of the training instance's state, and the end of executions. It watches the training
 * server and the resources of runs, whichever of them the stack has.
 */
public final class ReaperHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(ReaperHandler.class);
    private static final Set<String> ENDED_BADLY = Set.of("ABORTED", "FAILED", "TIMED_OUT");

    private final Optional<WatchedServer> server;
    private final Optional<WatchedRuns> runs;
    private final String stack;
    private final Clock clock;
    private final Consumer<String> metrics;

    /** The training server of a stack that has one. */
    record WatchedServer(String instanceId, Sweep sweep) {
        WatchedServer {
            requireNonNull(instanceId, "instanceId is null");
            requireNonNull(sweep, "sweep is null");
        }

        private static WatchedServer ofEnvironment(String instanceId) {
            return new WatchedServer(
                    instanceId,
                    new Sweep(
                            S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                            CapacitySeekingInstances.of(
                                    Ec2Instances.create(), List.copyOf(Environment.list("TRAINING_INSTANCE_TYPES"))),
                            instanceId,
                            SsmAgents.create(),
                            Clock.systemUTC(),
                            Limits.ofRun(
                                    Environment.minutes("TRAINING_TIME_LIMIT_MINUTES"),
                                    Environment.minutes("TRAINING_SILENCE_LIMIT_MINUTES")),
                            Notices.ofEnvironment(),
                            TrainingQueue.placesOfEnvironment()));
        }
    }

    /** The runs of a stack that has them. */
    record WatchedRuns(String stateMachineArn, RunSweep sweep, OutcomeEvents outcomes, Optional<RunMetrics> metrics) {
        WatchedRuns {
            requireNonNull(stateMachineArn, "stateMachineArn is null");
            requireNonNull(sweep, "sweep is null");
            requireNonNull(outcomes, "outcomes is null");
            requireNonNull(metrics, "metrics is null");
        }

        /** Whether this is the state machine of the runs, or that of their arrays. */
        boolean has(String machine) {
            return machine.equals(stateMachineArn) || machine.equals(stateMachineArn + "-array");
        }

        private static WatchedRuns ofEnvironment(String stateMachineArn) {
            return new WatchedRuns(
                    stateMachineArn,
                    new RunSweep(
                            Ec2RunResources.create(),
                            SsmAgents.create(),
                            SfnExecutions.create(),
                            Environment.required("STACK_NAME"),
                            Clock.systemUTC()),
                    EventBridgeOutcomes.create(),
                    Environment.optional("METRICS_STACK").map(RunMetrics::new));
        }
    }

    public ReaperHandler() {
        this(
                Environment.optional("TRAINING_INSTANCE_ID").map(WatchedServer::ofEnvironment),
                Environment.optional("STATE_MACHINE_ARN").map(WatchedRuns::ofEnvironment),
                Environment.required("STACK_NAME"),
                Clock.systemUTC(),
                MetricLine::print);
    }

    /** @param metrics receives lines in CloudWatch's Embedded Metric Format, without a log prefix */
    ReaperHandler(
            Optional<WatchedServer> server,
            Optional<WatchedRuns> runs,
            String stack,
            Clock clock,
            Consumer<String> metrics) {
        if (server.isEmpty() && runs.isEmpty()) {
            throw new IllegalStateException(
                    "Neither the environment variable TRAINING_INSTANCE_ID nor STATE_MACHINE_ARN is set: there is"
                            + " nothing to watch. template.yaml sets them; with sam local invoke, env.json does.");
        }
        this.server = server;
        this.runs = runs;
        this.stack = requireNonNull(stack, "stack is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    @Override
    protected ReaperReport event(JsonObject event) {
        JsonObject detail = event.object("detail");
        Optional<String> execution = detail.optionalText("executionArn");
        if (execution.isPresent()) {
            boolean badly = ENDED_BADLY.contains(detail.text("status"));
            return runs.filter(watched -> badly && watched.has(detail.text("stateMachineArn")))
                    .map(watched -> brokenOff(watched, execution.get(), detail))
                    .orElseGet(() -> report(new Action.Nothing("the event is not about our runs")));
        }
        Optional<String> instanceId = detail.optionalText("instance-id");
        if (instanceId.isPresent()) {
            return server.filter(watched -> watched.instanceId().equals(instanceId.get()))
                    .map(watched -> report(watched.sweep().run()))
                    .orElseGet(() -> report(new Action.Nothing("the event is about another instance")));
        }
        return everything();
    }

    /**
     * Ends leftovers first, then publishes the outcome. Throws if a resource could not be ended, so that the alarm
     * fires.
     */
    private ReaperReport brokenOff(WatchedRuns watched, String execution, JsonObject detail) {
        RunSweep.Result result = watched.sweep().ended(execution);
        ReaperReport report = report(result);
        BrokenOff.of(detail).ifPresent(run -> {
            watched.outcomes().publish(run);
            watched.metrics()
                    .map(line -> line.line(run.name(), run.outcome(), run.startedAt(), run.endedAt(clock.instant())))
                    .ifPresent(metrics);
        });
        failIfIncomplete(result);
        return report;
    }

    /** A failure of one sweep doesn't prevent the other. */
    private ReaperReport everything() {
        Optional<RunSweep.Result> result;
        try {
            result = runs.map(watched -> watched.sweep().all());
        } catch (WakeboxException e) {
            training();
            throw e;
        }
        ReaperReport report =
                result.map(this::report).orElse(ReaperReport.NOTHING_WATCHED).and(training());
        result.ifPresent(ReaperHandler::failIfIncomplete);
        return report;
    }

    private ReaperReport training() {
        return server.map(watched -> report(watched.sweep().run())).orElse(ReaperReport.NOTHING_WATCHED);
    }

    private static void failIfIncomplete(RunSweep.Result result) {
        result.failure().ifPresent(e -> {
            throw e;
        });
    }

    private ReaperReport report(Action action) {
        log.info("{}: {}", action.word(), action.reason());
        return ReaperReport.of(action);
    }

    private ReaperReport report(RunSweep.Result result) {
        result.found().forEach(orphan -> log.warn("orphan {}: {}", orphan.id(), orphan.reason()));
        result.ended().forEach(orphan -> log.warn("ended {}: {}", orphan.id(), orphan.reason()));
        metrics.accept(OrphanMetrics.line(stack, result, clock.instant()));
        return ReaperReport.of(result);
    }
}
