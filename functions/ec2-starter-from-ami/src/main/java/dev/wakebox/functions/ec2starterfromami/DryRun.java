package dev.wakebox.functions.ec2starterfromami;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.runtime.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.stream.IntStream;

/** Describes what a run would do, without a call to AWS. */
final class DryRun {
    private DryRun() {}

    /**
     * The launch requests, the commands and the output to check, for {@code $.dry_run}. The fields that all requests
     * share are listed only once, because a state's output must stay below 256 KiB.
     */
    static JsonObject described(LaunchPlan plan, Duration readyWithin) {
        Execution execution = plan.execution();
        var requests = IntStream.range(0, plan.candidates().size())
                .mapToObj(index -> plan.request(index, execution.run().t0(), readyWithin))
                .toList();
        var shared = new LinkedHashMap<>(requests.getFirst());
        requests.forEach(request -> shared.entrySet().retainAll(request.entrySet()));
        var candidates = new ArrayList<JsonObject>();
        for (int index = 0; index < requests.size(); index++) {
            candidates.add(
                    JsonObject.of("candidate", plan.candidates().get(index).toString())
                            .with("request", requests.get(index).without(shared.keySet())));
        }
        return JsonObject.of("request", shared)
                .with("candidates", candidates)
                .with("commands", execution.commands())
                .withPresent(
                        "execution_json", execution.output().map(output -> output.bucket() + "/" + output.execution()))
                .withPresent("output_looked_for", execution.check().map(Object::toString));
    }
}
