package dev.wakebox.functions.ec2stopper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.Ec2Machines;
import dev.wakebox.runtime.Function;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state EC2Stopper: called with the run's document until that says {@code run.stopped}. */
public final class EC2StopperHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(EC2StopperHandler.class);

    private final Stopper stopper;

    public EC2StopperHandler() {
        this(new Stopper(Ec2Machines.create(), Clock.systemUTC()));
    }

    EC2StopperHandler(Stopper stopper) {
        this.stopper = requireNonNull(stopper, "stopper is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        RunDocument after = stopper.step(RunDocument.of(event));
        log.info("{}: over {}, stopped {}", after.at("run", "id"), after.at("run", "stopped"), after.at("stopped"));
        return after.json();
    }
}
