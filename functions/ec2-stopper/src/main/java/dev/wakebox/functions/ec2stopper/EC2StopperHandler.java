package dev.wakebox.functions.ec2stopper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunMetrics;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.MetricLine;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State EC2Stopper: invoked with the run document until {@code run.stopped} is true. */
public final class EC2StopperHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(EC2StopperHandler.class);

    private final InstanceEnder stopper;
    private final Optional<RunMetrics> metrics;
    private final Clock clock;
    private final Consumer<String> lines;

    public EC2StopperHandler() {
        this(
                new InstanceEnder(Ec2RunResources.create(), Clock.systemUTC()),
                Environment.optional("METRICS_STACK").map(RunMetrics::new),
                Clock.systemUTC(),
                MetricLine::print);
    }

    /**
     * @param metrics of the runs that have ended; empty for none
     * @param lines receives them in CloudWatch's Embedded Metric Format, without a log prefix
     */
    EC2StopperHandler(InstanceEnder stopper, Optional<RunMetrics> metrics, Clock clock, Consumer<String> lines) {
        this.stopper = requireNonNull(stopper, "stopper is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.lines = requireNonNull(lines, "lines is null");
    }

    @Override
    protected JsonObject event(JsonObject event) {
        RunDocument after = stopper.step(RunDocument.of(event).traced());
        RunState state = after.state();
        log.info("{}: ended {}, stopped {}", state.id().orElse(null), state.stopped(), after.at("stopped"));
        metrics.flatMap(of -> of.line(after, clock.instant())).ifPresent(lines);
        return after.json();
    }
}
