package dev.wakebox.runs;

import dev.wakebox.compute.execution.Purchase;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.execution.StopProgress;
import dev.wakebox.compute.execution.VolumeSize;
import dev.wakebox.cost.InstanceUsage;
import dev.wakebox.cost.RunUsage;
import dev.wakebox.cost.VolumeUsage;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what AWS bills for a run from its document and from the events of its history. Pure. */
final class UsageReader {
    private static final String STOPPER = "EC2Stopper";

    private UsageReader() {}

    /**
     * What the run used until now.
     *
     * @param endedAt empty while the run is running
     */
    static RunUsage usage(
            RunDocument document, List<RunStep> steps, LambdaTally tally, Optional<Instant> endedAt, Instant now) {
        RunState state = document.state();
        var instances = new ArrayList<InstanceUsage>();
        for (JsonObject attempt : state.json().objects("history")) {
            JsonObject launch = attempt.object("launch");
            List<VolumeSize> volumes =
                    attempt.objects("volumes").stream().map(VolumeSize::of).toList();
            instance(
                            new RunState(attempt).attempt(),
                            Purchase.of(launch.object("purchase")),
                            instant(launch.text("launched_at")),
                            volumes,
                            steps,
                            endedAt,
                            now)
                    .ifPresent(instances::add);
        }
        state.launch()
                .filter(launch -> launch.attempt() == state.attempt())
                .flatMap(launch -> instance(
                        state.attempt(),
                        launch.purchase().orElseGet(() -> Purchase.of(JsonObject.of())),
                        launch.launchedAt(),
                        state.stopping()
                                .filter(stopping -> stopping.attempt() == state.attempt())
                                .map(StopProgress::sizes)
                                .orElse(List.of()),
                        steps,
                        endedAt,
                        now))
                .ifPresent(instances::add);
        return new RunUsage(instances, tally.transitions(), tally.invocations(), tally.time());
    }

    private static Optional<InstanceUsage> instance(
            int attempt,
            Purchase purchase,
            Optional<Instant> launchedAt,
            List<VolumeSize> volumes,
            List<RunStep> steps,
            Optional<Instant> endedAt,
            Instant now) {
        Optional<Instant> stopped = steps.stream()
                .filter(step -> step.attempt() == attempt && step.state().equals(STOPPER))
                .map(RunStep::entered)
                .findFirst();
        InstanceUsage.End end = stopped.isPresent()
                ? InstanceUsage.End.ENDED
                : endedAt.isPresent() ? InstanceUsage.End.LEFT_TO_REAPER : InstanceUsage.End.RUNNING;
        return launchedAt.map(from -> new InstanceUsage(
                attempt,
                purchase.instanceType(),
                purchase.spot(),
                purchase.zone(),
                from,
                stopped.or(() -> endedAt).orElse(now),
                end,
                volumes.stream()
                        .map(volume -> new VolumeUsage(volume.type(), volume.gib()))
                        .toList()));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
