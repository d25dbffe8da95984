package dev.wakebox.functions.ec2stopper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State EC2Stopper: invoked with the run document until {@code run.stopped} is true. */
public final class EC2StopperHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(EC2StopperHandler.class);

    private final InstanceEnder stopper;

    public EC2StopperHandler() {
        this(new InstanceEnder(Ec2RunResources.create(), Clock.systemUTC()));
    }

    EC2StopperHandler(InstanceEnder stopper) {
        this.stopper = requireNonNull(stopper, "stopper is null");
    }

    @Override
    protected JsonObject event(JsonObject event) {
        RunDocument after = stopper.step(RunDocument.of(event));
        RunState state = after.state();
        log.info("{}: ended {}, stopped {}", state.id().orElse(null), state.stopped(), after.at("stopped"));
        return after.json();
    }
}
