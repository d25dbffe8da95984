package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.compute.launch.SsmAgents;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State EC2StarterFromAMI: invoked with the run document until {@code run.ready} is true or there is a failure. */
public final class EC2StarterFromAMIHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(EC2StarterFromAMIHandler.class);

    private final InstanceLauncher launcher;

    public EC2StarterFromAMIHandler() {
        this(new InstanceLauncher(
                Ec2RunResources.create(),
                SsmAgents.create(),
                Environment.required("STACK_NAME"),
                Environment.required("AWS_REGION"),
                new LaunchCheck(Environment.list("OUTPUT_BUCKETS")),
                Clock.systemUTC(),
                new LaunchLimits(
                        Environment.minutes("RUNNING_LIMIT_MINUTES"), Environment.minutes("ONLINE_LIMIT_MINUTES"))));
    }

    EC2StarterFromAMIHandler(InstanceLauncher launcher) {
        this.launcher = requireNonNull(launcher, "launcher is null");
    }

    @Override
    protected JsonObject event(JsonObject event) {
        RunDocument after = launcher.step(RunDocument.of(event));
        RunState state = after.state();
        log.info(
                "{}: ready {}, launch {}, failure {}",
                state.id().orElse(null),
                state.ready(),
                state.launch().map(LaunchProgress::toJson).orElse(null),
                after.at("failure"));
        return after.json();
    }
}
