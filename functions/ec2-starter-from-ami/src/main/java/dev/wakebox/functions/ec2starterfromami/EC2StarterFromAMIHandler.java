package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.Ec2Machines;
import dev.wakebox.compute.launch.SsmAgents;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state EC2StarterFromAMI: called with the run's document until that says {@code run.ready} or has a failure. */
public final class EC2StarterFromAMIHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(EC2StarterFromAMIHandler.class);

    private final Starter starter;

    public EC2StarterFromAMIHandler() {
        this(new Starter(
                Ec2Machines.create(),
                SsmAgents.create(),
                Environment.required("STACK_NAME"),
                Environment.required("AWS_REGION"),
                Clock.systemUTC(),
                new Limits(Environment.minutes("RUNNING_LIMIT_MINUTES"), Environment.minutes("ONLINE_LIMIT_MINUTES"))));
    }

    EC2StarterFromAMIHandler(Starter starter) {
        this.starter = requireNonNull(starter, "starter is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        RunDocument after = starter.step(RunDocument.of(event));
        log.info(
                "{}: ready {}, launch {}, failure {}",
                after.at("run", "id"),
                after.at("run", "ready"),
                after.at("run", "launch"),
                after.at("failure"));
        return after.json();
    }
}
