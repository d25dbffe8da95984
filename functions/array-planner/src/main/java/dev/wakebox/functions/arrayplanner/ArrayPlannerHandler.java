package dev.wakebox.functions.arrayplanner;

import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.storage.S3ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State ArrayPlanner: invoked once with the document of an array, before any of its runs is started. */
public final class ArrayPlannerHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(ArrayPlannerHandler.class);

    private final ArrayPlanner planner;

    public ArrayPlannerHandler() {
        this(new ArrayPlanner(
                new LaunchCheck(Environment.list("OUTPUT_BUCKETS")),
                S3ObjectStore.ofAnyBucket(),
                Environment.required("BUCKET")));
    }

    ArrayPlannerHandler(ArrayPlanner planner) {
        this.planner = planner;
    }

    @Override
    protected ArrayPlan event(JsonObject event) {
        ArrayPlan plan = planner.plan(
                event.object("document"), event.text("execution"), event.text("name"), event.text("started_at"));
        log.info("{}: {} runs, refused {}", plan.execution(), plan.size(), plan.refused());
        return plan;
    }
}
