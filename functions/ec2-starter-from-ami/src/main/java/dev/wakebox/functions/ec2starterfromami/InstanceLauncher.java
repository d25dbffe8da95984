package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.compute.execution.Deadline;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.QuotaWait;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.Agents;
import dev.wakebox.compute.launch.LaunchAnswer.Launched;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes one step towards an online instance: each invocation makes at most one launch or one poll. The run document
 * alone determines the launch request, so a repeated invocation gets the same instance, wherever the first one failed.
 * Thread-safe.
 */
final class InstanceLauncher {
    private static final String STATE = "EC2StarterFromAMI";

    private static final int WAIT_S = 5;

    private final RunResources resources;
    private final Agents agents;
    private final LaunchPrices prices;
    private final Function<Execution, LaunchPlan> plans;
    private final String region;
    private final LaunchCheck check;
    private final Clock clock;
    private final LaunchLimits limits;

    InstanceLauncher(
            RunResources resources,
            Agents agents,
            LaunchPrices prices,
            Function<Execution, LaunchPlan> plans,
            String region,
            LaunchCheck check,
            Clock clock,
            LaunchLimits limits) {
        this.resources = requireNonNull(resources, "resources is null");
        this.agents = requireNonNull(agents, "agents is null");
        this.prices = requireNonNull(prices, "prices is null");
        this.plans = requireNonNull(plans, "plans is null");
        this.region = requireNonNull(region, "region is null");
        this.check = requireNonNull(check, "check is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    /** Takes the step. Returns the document with {@code run.ready} or a failure. */
    RunDocument step(RunDocument document) {
        Execution execution;
        try {
            execution = check.read(document);
        } catch (WakeboxException e) {
            return nothingLaunched(document, e.getMessage());
        }
        var plan = plans.apply(execution);
        if (execution.options().dryRun()) {
            return document.with(DryRun.described(plan, limits.ready()), "dry_run")
                    .with(notReady(document.state(), 0).withDryRun(true));
        }
        if (document.state().slotWanted()) {
            return document.with(notReady(document.state(), 0));
        }
        var attempt = new Attempt(document, plan, progress(document.state(), execution.run()), clock.instant());
        try {
            return attempt.progress.instanceId().isEmpty() ? attempt.launch() : attempt.describe();
        } catch (WakeboxException e) {
            if (e.code().kind() == ErrorCode.Kind.TRANSIENT) {
                throw e;
            }
            return attempt.failed(Failure.permanent(RunOutcome.LAUNCH_FAILED, String.valueOf(e.getMessage()), STATE));
        }
    }

    private static RunDocument nothingLaunched(RunDocument document, @Nullable String problems) {
        return document.with(notReady(document.state(), 0).withLaunchOver())
                .failed(Failure.permanent(RunOutcome.LAUNCH_FAILED, String.valueOf(problems), STATE));
    }

    /** What earlier invocations for the same attempt recorded. */
    private static LaunchProgress progress(RunState state, Run run) {
        return state.launch()
                .filter(launch -> launch.attempt() == run.attempt())
                .orElseGet(() -> LaunchProgress.begun(run));
    }

    private static RunState notReady(RunState state, int waitS) {
        return state.withReady(false).withWaitS(waitS);
    }

    /** One attempt of a run during one invocation. */
    private final class Attempt {
        private final RunDocument document;
        private final LaunchPlan plan;
        private final LaunchProgress progress;
        private final Instant now;

        Attempt(RunDocument document, LaunchPlan plan, LaunchProgress progress, Instant now) {
            this.document = document;
            this.plan = plan;
            this.progress = progress;
            this.now = now;
        }

        RunDocument launch() {
            Optional<HourlyPrice> price = prices.beforeLaunch(plan, progress.candidate(), now);
            Optional<Duration> paid = price.flatMap(
                    hour -> Deadline.left(plan.execution(), document.state()).map(usd -> Deadline.lasts(usd, hour)));
            if (paid.filter(Duration::isZero).isPresent()) {
                return failed(Failure.of(
                        RunOutcome.COST_LIMIT,
                        Deadline.maxCost(plan.execution()) + " leaves too little for " + candidate()
                                + ", which was not launched.",
                        STATE));
            }
            var end = plan.end(progress.candidate(), since(), limits.ready());
            var latest =
                    paid.map(time -> now.plus(time).plus(LaunchPlan.MARGIN)).orElse(end.at());
            var request = LaunchRefusals.ofRound(
                    plan.request(progress.candidate(), since(), limits.ready()), document.state());
            return switch (resources.launch(request)) {
                case Launched launched ->
                    document.with(waiting(
                                    progress.launched(
                                            launched.instanceId(),
                                            launched.purchase(),
                                            now,
                                            price,
                                            end.orBefore(latest)),
                                    now))
                            .with(launched.instanceId(), "instance_parameters", "InstanceId")
                            .with(region, "region");
                case Refused refused -> refused(refused);
            };
        }

        private RunDocument refused(Refused refused) {
            if (refused.why() == AwsRefusal.ELSEWHERE) {
                return next(
                        candidate() + ": " + LaunchRefusals.text(refused),
                        LaunchRefusals.quota(plan, document.state(), progress.candidate(), refused, now));
            }
            boolean soon = now.isBefore(since().plus(LaunchRefusals.UNKNOWN_FOR));
            boolean passes = refused.why() == AwsRefusal.LATER || refused.why() == AwsRefusal.NOT_YET;
            return passes && soon
                    ? document.with(waiting(progress, since()))
                    : failed(LaunchRefusals.failure(refused, candidate(), STATE));
        }

        RunDocument describe() {
            String id = progress.instanceId().orElseThrow();
            Instant launchedAt = progress.launchedAt().orElseGet(this::since);
            Optional<RunInstance> instance = resources.describe(id);
            if (instance.isEmpty()) {
                return waitOrGiveUp(progress, launchedAt, limits.running(), "EC2 did not show the instance " + id);
            }
            return switch (instance.get().state()) {
                case PENDING ->
                    waitOrGiveUp(progress, launchedAt, limits.running(), "The instance " + id + " did not get to run");
                case RUNNING -> running(instance.get());
                case STOPPING, STOPPED, SHUTTING_DOWN, TERMINATED -> ended(instance.get());
            };
        }

        private RunDocument running(RunInstance instance) {
            if (progress.runningSince().isEmpty()) {
                // EC2 doesn't show the root volume of a terminated instance
                instance.rootVolumeToDelete().ifPresent(id -> resources.tag(id, RunTags.DELETE_VOLUME, "true"));
            }
            Instant since = progress.runningSince().orElse(now);
            LaunchProgress running = prices.running(plan, progress.running(since));
            if (agents.online(instance.id())) {
                var ready = document.with(
                        document.state().withLaunch(running).withReady(true).withWaitS(0));
                return instance.rootVolume()
                        .map(volume -> ready.with(volume.id(), "volume_id"))
                        .orElse(ready);
            }
            return waitOrGiveUp(
                    running,
                    since,
                    limits.online(),
                    "The instance " + instance.id() + " runs, but its SSM agent did not come online (PingStatus is not"
                            + " Online). Check that the AMI has the agent, that the instance profile allows it"
                            + " (AmazonSSMManagedInstanceCore) and that it can reach Systems Manager");
        }

        /** The instance ended before it was ready. If EC2 took it back, the next combination is tried. */
        private RunDocument ended(RunInstance instance) {
            resources.terminate(instance.id());
            String how = candidate() + ": " + instance.id() + " ended before it was ready";
            if (instance.endedForEc2sReasons()) {
                return next(
                        how + " (" + instance.stateReason().orElseThrow() + ")",
                        document.state().quota());
            }
            return failed(Failure.of(
                    RunOutcome.LAUNCH_FAILED,
                    how + " (" + instance.stateReason().orElse(instance.state().awsName()) + ").",
                    STATE));
        }

        private RunDocument next(String reason, Optional<QuotaWait> quota) {
            var next = progress.next(reason, now);
            RunState known = quota.map(document.state()::withQuota).orElse(document.state());
            if (next.candidate() < plan.candidates().size()) {
                return document.with(waiting(known, next, now).withWaitS(1));
            }
            return LaunchRefusals.waitFor(plan.execution(), known, now)
                    .map(wait -> again(known, wait))
                    .orElseGet(() -> failed(LaunchRefusals.everywhere(next.refused(), known.quota(), now, STATE)));
        }

        /** Waits for the quota, and begins again with the first combination; {@code timeout_s} counts from then on. */
        private RunDocument again(RunState state, Duration wait) {
            Instant then = now.plus(wait);
            QuotaWait quota = state.quota().orElseThrow().again();
            return document.with(waiting(state.withQuota(quota), progress.again(then), now)
                            .withWaitS((int) wait.toSeconds()))
                    .with(then.toString(), "t0");
        }

        private RunDocument waitOrGiveUp(LaunchProgress seen, Instant since, Duration limit, String problem) {
            RunState waiting = waiting(seen, since);
            var deadline = Deadline.of(plan.execution(), waiting);
            boolean overLimit = !now.isBefore(since.plus(limit));
            if (!overLimit && !deadline.isOver(now)) {
                return document.with(waiting);
            }
            resources.terminate(seen.instanceId().orElseThrow());
            return failed(
                    overLimit
                            ? Failure.of(
                                    RunOutcome.LAUNCH_FAILED,
                                    problem + " within " + limit.toMinutes() + " minutes. It was terminated.",
                                    STATE)
                            : Failure.of(
                                    deadline.outcome(),
                                    problem + " before " + deadline.over() + ". It was terminated.",
                                    STATE));
        }

        private RunState waiting(LaunchProgress next, Instant since) {
            return waiting(document.state(), next, since);
        }

        private static RunState waiting(RunState state, LaunchProgress next, Instant since) {
            return notReady(state.withLaunch(next), WAIT_S).withWaitingSince(since);
        }

        private RunDocument failed(Failure failure) {
            return document.with(notReady(document.state().withLaunch(progress.ended()), 0))
                    .failed(failure);
        }

        private Instant since() {
            return progress.since().orElse(plan.execution().run().t0());
        }

        private String candidate() {
            return plan.candidates().get(progress.candidate()).toString();
        }
    }
}
