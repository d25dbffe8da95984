package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.Outcome;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.Agents;
import dev.wakebox.compute.launch.LaunchAnswer.Launched;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.compute.launch.Machine;
import dev.wakebox.compute.launch.Machines;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One step towards an instance that can be sent commands: at most one launch or one look a call. Every launch is
 * determined by the document that the call was given, so that a call that is delivered again, at whatever point the
 * first one broke off, gets the same instance. Thread-safe.
 */
final class Starter {
    private static final String STATE = "EC2StarterFromAMI";
    private static final int WAIT_S = 5;

    private final Machines machines;
    private final Agents agents;
    private final String stack;
    private final String region;
    private final Clock clock;
    private final Limits limits;

    Starter(Machines machines, Agents agents, String stack, String region, Clock clock, Limits limits) {
        this.machines = requireNonNull(machines, "machines is null");
        this.agents = requireNonNull(agents, "agents is null");
        this.stack = requireNonNull(stack, "stack is null");
        this.region = requireNonNull(region, "region is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    /** Takes the step and returns the document with what it found: {@code run.ready}, or a failure. */
    RunDocument step(RunDocument document) {
        Execution execution;
        try {
            execution = Execution.of(document, LaunchPlan::problems);
        } catch (WakeboxException e) {
            return nothingLaunched(document, e.getMessage());
        }
        var plan = LaunchPlan.of(execution, stack);
        if (execution.options().dryRun()) {
            return notYet(document.with(described(plan, execution), "dry_run"), 0)
                    .with(true, "run", "dry_run");
        }
        var attempt = new Attempt(document, plan, Progress.of(document, execution.run()), clock.instant());
        try {
            return attempt.progress.instanceId().isEmpty() ? attempt.launch() : attempt.look();
        } catch (WakeboxException e) {
            if (e.code().kind() == ErrorCode.Kind.TRANSIENT) {
                throw e;
            }
            return attempt.failed(Failure.permanent(Outcome.LAUNCH_FAILED, String.valueOf(e.getMessage()), STATE));
        }
    }

    private static RunDocument nothingLaunched(RunDocument document, @Nullable String problems) {
        return notYet(document, 0)
                .with(document.count("run", "attempt"), "run", "launch", "attempt")
                .with(true, "run", "launch", "over")
                .failed(Failure.permanent(Outcome.LAUNCH_FAILED, String.valueOf(problems), STATE));
    }

    private static RunDocument notYet(RunDocument document, int waitS) {
        return document.with(false, "run", "ready").with(waitS, "run", "wait_s");
    }

    /** What the candidates' requests have alike is told once: a state's output has to stay below 256 KiB. */
    private Map<String, @Nullable Object> described(LaunchPlan plan, Execution execution) {
        var requests = IntStream.range(0, plan.candidates().size())
                .mapToObj(index -> plan.request(index, execution.run().t0(), limits.ready()))
                .toList();
        var alike = new LinkedHashMap<>(requests.getFirst());
        requests.forEach(request -> alike.entrySet().retainAll(request.entrySet()));
        var candidates = new ArrayList<Map<String, @Nullable Object>>();
        for (int index = 0; index < requests.size(); index++) {
            var rest = new LinkedHashMap<>(requests.get(index));
            rest.keySet().removeAll(alike.keySet());
            var candidate = new LinkedHashMap<String, @Nullable Object>();
            candidate.put("candidate", plan.candidates().get(index).toString());
            candidate.put("request", rest);
            candidates.add(candidate);
        }
        var described = new LinkedHashMap<String, @Nullable Object>();
        described.put("request", alike);
        described.put("candidates", candidates);
        described.put("commands", execution.commands());
        return described;
    }

    /** One attempt of a run at the moment of one call. */
    private final class Attempt {
        private final RunDocument document;
        private final LaunchPlan plan;
        private final Progress progress;
        private final Instant now;

        Attempt(RunDocument document, LaunchPlan plan, Progress progress, Instant now) {
            this.document = document;
            this.plan = plan;
            this.progress = progress;
            this.now = now;
        }

        RunDocument launch() {
            var request = plan.request(progress.candidate(), progress.since(), limits.ready());
            return switch (machines.launch(request)) {
                case Launched launched ->
                    waiting(progress.launched(launched.instanceId(), now), now)
                            .with(launched.instanceId(), "instance_parameters", "InstanceId")
                            .with(region, "region");
                case Refused refused
                when refused.elsewhere() -> next(candidate() + ": " + refused.code() + " (" + refused.message() + ")");
                case Refused refused ->
                    failed(Failure.permanent(
                            Outcome.LAUNCH_FAILED,
                            "EC2 refused to launch " + candidate() + ": " + refused.code() + " (" + refused.message()
                                    + ").",
                            STATE));
            };
        }

        RunDocument look() {
            String id = progress.instanceId().orElseThrow();
            Instant launchedAt = progress.launchedAt().orElse(progress.since());
            Optional<Machine> machine = machines.describe(id);
            if (machine.isEmpty()) {
                return waitOrGiveUp(progress, launchedAt, limits.running(), "EC2 did not show the instance " + id);
            }
            return switch (machine.get().state()) {
                case PENDING ->
                    waitOrGiveUp(progress, launchedAt, limits.running(), "The instance " + id + " did not get to run");
                case RUNNING -> running(machine.get());
                case STOPPING, STOPPED, SHUTTING_DOWN, TERMINATED -> ended(machine.get());
            };
        }

        private RunDocument running(Machine machine) {
            if (progress.runningSince().isEmpty()) {
                // Should the instance be lost, EC2 forgets which volume it booted from.
                machine.rootVolumeToDelete().ifPresent(id -> machines.tag(id, RunTags.DELETE_VOLUME, "true"));
            }
            if (agents.online(machine.id())) {
                var ready = progress.running(progress.runningSince().orElse(now))
                        .in(document)
                        .with(true, "run", "ready")
                        .with(0, "run", "wait_s");
                return machine.rootVolume()
                        .map(volume -> ready.with(volume.id(), "volume_id"))
                        .orElse(ready);
            }
            Instant since = progress.runningSince().orElse(now);
            return waitOrGiveUp(
                    progress.running(since),
                    since,
                    limits.online(),
                    "The instance " + machine.id() + " runs, but its SSM agent did not come online (PingStatus is not"
                            + " Online). Check that the AMI has the agent, that the instance profile allows it"
                            + " (AmazonSSMManagedInstanceCore) and that it can reach Systems Manager");
        }

        /** It ended before it was ready; where EC2 took it back, the next candidate may do better. */
        private RunDocument ended(Machine machine) {
            machines.terminate(machine.id());
            String how = candidate() + ": " + machine.id() + " ended before it was ready";
            if (machine.endedForEc2sReasons()) {
                return next(how + " (" + machine.stateReason().orElseThrow() + ")");
            }
            return failed(Failure.of(
                    Outcome.LAUNCH_FAILED,
                    how + " (" + machine.stateReason().orElse(machine.state().awsName()) + ").",
                    STATE));
        }

        private RunDocument next(String reason) {
            var next = progress.next(reason, now);
            if (next.candidate() < plan.candidates().size()) {
                return waiting(next, now).with(1, "run", "wait_s");
            }
            return failed(Failure.of(
                    Outcome.LAUNCH_FAILED,
                    "No instance is to be had. Tried " + String.join("; ", next.refused()) + ".",
                    STATE));
        }

        private RunDocument waitOrGiveUp(Progress seen, Instant since, Duration limit, String problem) {
            Duration timeout = plan.execution().options().timeout();
            Instant deadline = plan.execution().run().t0().plus(timeout);
            boolean overLimit = !now.isBefore(since.plus(limit));
            if (!overLimit && now.isBefore(deadline)) {
                return waiting(seen, since);
            }
            machines.terminate(seen.instanceId().orElseThrow());
            return failed(
                    overLimit
                            ? Failure.of(
                                    Outcome.LAUNCH_FAILED,
                                    problem + " within " + limit.toMinutes() + " minutes. It was terminated.",
                                    STATE)
                            : Failure.of(
                                    Outcome.TIMED_OUT,
                                    problem + " before timeout_s (" + timeout.toSeconds()
                                            + " s) was over. It was terminated.",
                                    STATE));
        }

        private RunDocument waiting(Progress next, Instant since) {
            return notYet(next.in(document), WAIT_S).with(since.toString(), "run", "waiting_since");
        }

        private RunDocument failed(Failure failure) {
            return notYet(progress.ended().in(document), 0).failed(failure);
        }

        private String candidate() {
            return plan.candidates().get(progress.candidate()).toString();
        }
    }
}
