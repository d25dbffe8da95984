package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.compute.launch.SsmAgents;
import dev.wakebox.prices.RememberedPrices;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State EC2StarterFromAMI: invoked with the run document until {@code run.ready} is true or there is a failure. */
public final class EC2StarterFromAMIHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(EC2StarterFromAMIHandler.class);

    private final InstanceLauncher launcher;

    public EC2StarterFromAMIHandler() {
        this(
                Ec2RunResources.create(),
                Environment.required("STACK_NAME"),
                tags(Environment.list("RUN_TAGS")),
                Environment.required("AWS_REGION"),
                Boolean.parseBoolean(Environment.required("REQUIRE_IMDS_V2")),
                Clock.systemUTC());
    }

    private EC2StarterFromAMIHandler(
            RunResources resources,
            String stack,
            Map<String, String> stackTags,
            String region,
            boolean requireImdsV2,
            Clock clock) {
        this(new InstanceLauncher(
                resources,
                SsmAgents.create(),
                new LaunchPrices(
                        RememberedPrices.ofAws(region, clock),
                        resources,
                        Environment.optional("RUN_COST").filter("true"::equals).isPresent()),
                execution -> LaunchPlan.of(execution, stack, stackTags, requireImdsV2),
                region,
                new LaunchCheck(Environment.list("OUTPUT_BUCKETS")),
                clock,
                new LaunchLimits(
                        Environment.minutes("RUNNING_LIMIT_MINUTES"), Environment.minutes("ONLINE_LIMIT_MINUTES"))));
    }

    EC2StarterFromAMIHandler(InstanceLauncher launcher) {
        this.launcher = requireNonNull(launcher, "launcher is null");
    }

    /** Each text is {@code key=value}. */
    private static Map<String, String> tags(Set<String> texts) {
        return texts.stream()
                .map(text -> text.split("=", 2))
                .collect(Collectors.toMap(tag -> tag[0], tag -> tag.length == 2 ? tag[1] : "", (_, last) -> last));
    }

    @Override
    protected JsonObject event(JsonObject event) {
        RunDocument after = launcher.step(RunDocument.of(event).traced());
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
