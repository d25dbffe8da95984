package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schedule's tick, or a change of the training instance's state: looks after the training server. */
public final class ReaperHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(ReaperHandler.class);

    private final String instanceId;
    private final Sweep sweep;

    public ReaperHandler() {
        this(
                Environment.required("TRAINING_INSTANCE_ID"),
                new Sweep(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        Clock.systemUTC(),
                        Limits.ofRun(Environment.minutes("TRAINING_TIME_LIMIT_MINUTES"))));
    }

    ReaperHandler(String instanceId, Sweep sweep) {
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.sweep = requireNonNull(sweep, "sweep is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        Action action =
                isAboutAnotherInstance(event) ? new Action.Nothing("the event is about another instance") : sweep.run();
        log.info("{}: {}", action.word(), action.reason());
        return Map.of("action", action.word(), "reason", action.reason());
    }

    private boolean isAboutAnotherInstance(Map<String, @Nullable Object> event) {
        return event.get("detail") instanceof Map<?, ?> detail
                && detail.get("instance-id") instanceof String id
                && !id.equals(instanceId);
    }
}
