package dev.wakebox.functions.ec2stopper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.Ending;
import dev.wakebox.compute.launch.Ending.Step;
import dev.wakebox.compute.launch.Machine;
import dev.wakebox.compute.launch.Machines;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.compute.launch.Volume;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step towards the end of what a run's attempts have launched so far. It is found by its tags, so that neither an
 * id that got lost nor one that a former run left in the document matters. Thread-safe.
 */
final class Stopper {
    private static final int WAIT_S = 5;

    /** EC2 may show a new instance only after a while; without one, a launch that broke off isn't ruled out sooner. */
    private static final Duration LOOK_FOR = Duration.ofSeconds(30);

    /** Then the rest is the reaper's. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Machines machines;
    private final Clock clock;

    Stopper(Machines machines, Clock clock) {
        this.machines = requireNonNull(machines, "machines is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Takes the step and returns the document with {@code run.stopped} and, in {@code stopped}, what was done. */
    RunDocument step(RunDocument document) {
        Optional<String> run = document.text("run", "id");
        if (run.isEmpty()) {
            return answer(document, true, "nothing", Optional.empty(), Map.of());
        }
        int attempt = document.count("run", "attempt");
        Instant now = clock.instant();
        boolean again =
                document.at("run", "stopping") != null && document.count("run", "stopping", "attempt") == attempt;
        Instant since = again ? document.instant("run", "stopping", "since").orElse(now) : now;
        Duration taken = Duration.between(since, now);

        List<Machine> found = machinesOf(run.get(), attempt, document);
        var ending = Ending.of(found, volumesOf(run.get(), attempt));
        ending.carryOut(machines);

        var volumes = new LinkedHashMap<String, @Nullable Object>();
        if (again && document.at("run", "stopping", "volumes") instanceof Map<?, ?> before) {
            before.forEach((id, action) -> volumes.put((String) id, action));
        }
        for (Step step : ending.steps()) {
            switch (step) {
                case Step.DetachVolume detach -> volumes.put(detach.id(), "detached");
                case Step.DeleteVolume delete -> volumes.put(delete.id(), "deleted");
                case Step.Terminate terminate -> {}
                case Step.Stop stop -> {}
                case Step.Release release -> {}
                case Step.MarkVolume mark -> volumes.put(mark.id(), "to be deleted");
            }
        }
        Optional<Machine> mine = found.stream()
                .filter(machine -> RunTags.attempt(machine.tags()) == attempt)
                .reduce((first, second) -> second);
        boolean mayAppear = mine.isEmpty() && mayHaveLaunched(document, attempt) && taken.compareTo(LOOK_FOR) < 0;
        boolean ended = ending.done() && !mayAppear;
        boolean outOfPatience = !ended && taken.compareTo(PATIENCE) >= 0;
        if (outOfPatience) {
            // No further attempt may begin beside it.
            document = document.with(
                    "Not all that was launched had ended after " + PATIENCE.toMinutes()
                            + " minutes; the reaper ends the rest.",
                    "stopper_failure",
                    "cause");
        }

        var stopping = new LinkedHashMap<String, @Nullable Object>();
        stopping.put("attempt", attempt);
        stopping.put("since", since.toString());
        stopping.put("volumes", volumes);
        return answer(
                document.with(stopping, "run", "stopping"),
                ended || outOfPatience,
                mine.map(Stopper::action).orElse("nothing"),
                mine.map(Machine::id),
                volumes);
    }

    /** Later attempts are not this call's: it may be one that was delivered again long after. */
    private List<Machine> machinesOf(String run, int attempt, RunDocument document) {
        var found = new ArrayList<>(machines.tagged(RunTags.EXECUTION, run));
        document.text("run", "launch", "instance_id")
                .filter(id -> found.stream().noneMatch(machine -> machine.id().equals(id)))
                .flatMap(machines::describe)
                .filter(machine -> run.equals(machine.tags().get(RunTags.EXECUTION)))
                .ifPresent(found::add);
        found.removeIf(machine -> RunTags.attempt(machine.tags()) > attempt);
        return found;
    }

    private List<Volume> volumesOf(String run, int attempt) {
        return machines.volumesTagged(RunTags.EXECUTION, run).stream()
                .filter(volume -> RunTags.attempt(volume.tags()) <= attempt)
                .toList();
    }

    private static boolean mayHaveLaunched(RunDocument document, int attempt) {
        boolean over = Boolean.TRUE.equals(document.at("run", "launch", "over"))
                && document.count("run", "launch", "attempt") == attempt;
        return !over && !Boolean.TRUE.equals(document.at("run", "dry_run"));
    }

    private static String action(Machine machine) {
        return machine.endsStopped() && !machine.gone() ? "stopped" : "terminated";
    }

    private static RunDocument answer(
            RunDocument document,
            boolean done,
            String action,
            Optional<String> instanceId,
            Map<String, @Nullable Object> volumes) {
        var stopped = new LinkedHashMap<String, @Nullable Object>();
        stopped.put("instance_id", instanceId.orElse(null));
        stopped.put("action", action);
        stopped.put(
                "volumes",
                volumes.entrySet().stream()
                        .map(volume -> Map.of(
                                "volume_id",
                                volume.getKey(),
                                "action",
                                Objects.requireNonNullElse(volume.getValue(), "")))
                        .toList());
        return document.with(stopped, "stopped").with(done, "run", "stopped").with(done ? 0 : WAIT_S, "run", "wait_s");
    }
}
