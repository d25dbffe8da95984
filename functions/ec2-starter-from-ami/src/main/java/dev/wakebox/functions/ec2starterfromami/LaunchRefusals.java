package dev.wakebox.functions.ec2starterfromami;

import dev.wakebox.compute.InstanceQuota;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.QuotaWait;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a refusal of a launch by EC2 means for the run, and how its submitter reads it. Pure. */
final class LaunchRefusals {
    /** How long EC2 may take to know an instance profile that was just created in IAM. */
    static final Duration UNKNOWN_FOR = Duration.ofMinutes(2);

    private LaunchRefusals() {}

    static String text(Refused refused) {
        return refused.code() + " (" + refused.message() + ")";
    }

    /** The end of the attempt, for a refusal that no other combination can avoid. */
    static Failure failure(Refused refused, String candidate, String state) {
        String what = "EC2 refused to launch " + candidate;
        return switch (refused.why()) {
            case LATER, NOT_YET ->
                Failure.of(
                        RunOutcome.LAUNCH_FAILED,
                        what + " for " + UNKNOWN_FOR.toMinutes() + " minutes: " + text(refused)
                                + ". Does the instance profile exist, with a role in it?",
                        state);
            case QUOTA ->
                Failure.of(
                        RunOutcome.LAUNCH_FAILED,
                        what + ": " + text(refused)
                                + ". It is a limit of the account: another attempt may succeed, or raise it.",
                        state);
            case OURS ->
                Failure.permanent(
                        RunOutcome.LAUNCH_FAILED,
                        what + ": " + text(refused) + ". The deployment has to change, not the execution: "
                                + deploymentsFix(refused),
                        state);
            case CALLER, ELSEWHERE ->
                Failure.permanent(RunOutcome.LAUNCH_FAILED, what + ": " + text(refused) + ".", state);
        };
    }

    private static String deploymentsFix(Refused refused) {
        return refused.message().contains("iam:PassRole")
                ? "add the ARN of the role behind the instance profile to the stack's parameter InstanceRoleArns;"
                        + " without it only roles of the path /wakebox/ are allowed."
                : "check the permissions of EC2StarterFromAMI's role (InstanceRoleArns, InstanceKmsKeyArn).";
    }

    /** What the attempt knows about quotas after a refusal; empty if no quota has refused it so far. */
    static Optional<QuotaWait> quota(LaunchPlan plan, RunState state, int candidate, Refused refused, Instant now) {
        return InstanceQuota.exceeded(
                        refused.code(), plan.candidates().get(candidate).type(), plan.spot(candidate))
                .map(quota -> QuotaWait.refused(
                        state.quota(), quota, !refused.message().contains("limit of 0 "), now))
                .or(state::quota);
    }

    /**
     * How long the run waits before its launch begins again; empty if that can't help, or if it has waited for the quota as long as its
     * commands may take.
     */
    static Optional<Duration> waitFor(Execution execution, RunState state, Instant now) {
        return state.quota().filter(QuotaWait::worthwhile).flatMap(quota -> {
            Duration wait = execution.options().backoff().after(quota.rounds());
            Instant last = quota.since().plus(execution.options().timeout());
            return now.plus(wait).isAfter(last) ? Optional.empty() : Optional.of(wait);
        });
    }

    /** The end of an attempt whose combinations were all refused. */
    static Failure everywhere(List<String> refused, Optional<QuotaWait> quota, Instant now, String state) {
        return Failure.of(
                RunOutcome.LAUNCH_FAILED,
                "No instance could be launched. Tried " + String.join("; ", refused) + "."
                        + quota.map(wait -> advice(wait, now)).orElse(""),
                state);
    }

    private static String advice(QuotaWait wait, Instant now) {
        return " The account's quota " + wait.quota() + " is too small"
                + (wait.rounds() == 0
                        ? ""
                        : " since " + Duration.between(wait.since(), now).toSeconds() + " s")
                + ". End other instances, or raise it: " + wait.quota().page();
    }

    /** The request with a token of its own in each round: EC2 may repeat its refusal for a token that it knows. */
    static JsonObject ofRound(JsonObject request, RunState state) {
        return state.quota()
                .filter(wait -> wait.rounds() > 0)
                .map(wait ->
                        request.with("ClientToken", Sha256.hex(request.text("ClientToken") + "\n" + wait.rounds())))
                .orElse(request);
    }
}
