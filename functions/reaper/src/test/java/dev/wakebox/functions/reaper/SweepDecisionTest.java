package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.storage.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class SweepDecisionTest {
    private static final Limits LIMITS = Limits.ofRun(Duration.ofHours(2), Duration.ofMinutes(10));
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.900Z");

    @ParameterizedTest
    @EnumSource(InstanceState.class)
    void active_whenOverTheTimeLimit_endsTheRun(InstanceState state) {
        var seen = observed(active(ago(120, 1)), job(120), instance(state, ago(119, 0)));

        assertEnds(seen, state == InstanceState.PENDING || state == InstanceState.RUNNING, "time limit of 120 minutes");
    }

    @Test
    void active_whenAtTheTimeLimit_goesOn() {
        assertNothing(
                observed(active(ago(120, 0)), job(120), instance(InstanceState.RUNNING, ago(119, 0))),
                "a run is in progress");
    }

    @Test
    void active_whenWorkOrderIsGoneForLong_endsTheRun() {
        assertEnds(
                observed(active(ago(5, 1)), Optional.empty(), instance(InstanceState.RUNNING, ago(5, 0))),
                true,
                "the training order is gone");
        assertEnds(
                observed(active(ago(5, 1)), Optional.empty(), instance(InstanceState.STOPPED, ago(90, 0))),
                false,
                "the training order is gone");
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            mode = Mode.EXCLUDE,
            names = {"TERMINATED"})
    void active_whenWorkOrderIsNotYetThere_waits(InstanceState state) {
        assertThat(decide(observed(active(ago(5, 0)), Optional.empty(), instance(state, ago(90, 0)))))
                .isInstanceOf(Action.Nothing.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING", "RUNNING"})
    void active_whenInstanceIsUp_goesOn(InstanceState state) {
        assertNothing(observed(active(ago(60, 0)), job(60), instance(state, ago(59, 0))), "a run is in progress");
    }

    @Test
    void active_whenTheHeartbeatOfThisRunStopped_endsTheRun() {
        assertNothing(beating(ago(60, 0), ago(59, 0), ago(10, 0)), "a run is in progress");
        assertEnds(beating(ago(60, 0), ago(59, 0), ago(10, 1)), true, "the trainer's last sign of life was at");
    }

    @Test
    void active_whenOnlyAnEarlierRunHadHeartbeats_waitsForTheFirstOneAsLongAsForAStart() {
        assertNothing(beating(ago(16, 0), ago(15, 0), ago(90, 0)), "a run is in progress");
        assertEnds(beating(ago(17, 0), ago(16, 0), ago(90, 0)), true, "no sign of life");
        assertNothing(beating(ago(15, 0), ago(60, 0), ago(90, 0)), "a run is in progress");
    }

    @Test
    void active_whenThereAreNoHeartbeats_countsTheAgentThatWasOnlineInThisLife() {
        assertEnds(lost(ago(60, 0), ago(59, 0), ago(10, 1)), true, "agent has not reported since");
        assertNothing(lost(ago(60, 0), ago(59, 0), ago(10, 0)), "a run is in progress");
        assertNothing(lost(ago(60, 0), ago(59, 0), ago(90, 0)), "a run is in progress");
        assertNothing(lost(ago(9, 0), ago(59, 0), ago(30, 0)), "a run is in progress");
    }

    @Test
    void active_whenDevMode_needsNoHeartbeat() {
        var seen = beating(ago(60, 0), ago(59, 0), ago(30, 0));
        assertNothing(
                new Observation(
                        devMode(seen.status()), seen.job(), seen.instance(), seen.heartbeat(), seen.agentLost()),
                "a run is in progress");
    }

    private static Observation beating(Instant since, Instant launch, Instant heartbeat) {
        return new Observation(
                active(since),
                job(60),
                instance(InstanceState.RUNNING, launch),
                Optional.of(heartbeat),
                Optional.empty());
    }

    private static Observation lost(Instant since, Instant launch, Instant lastReport) {
        return new Observation(
                active(since),
                job(60),
                instance(InstanceState.RUNNING, launch),
                Optional.empty(),
                Optional.of(lastReport));
    }

    @ParameterizedTest
    @EnumSource(names = {"STOPPED", "SHUTTING_DOWN"})
    void active_whenInstanceLaunchedForThisRunIsDown_endsTheRun(InstanceState state) {
        assertEnds(observed(active(ago(3, 0)), job(3), instance(state, ago(2, 0))), false, "the run did not finish");
    }

    @Test
    void active_whenLaunchedWithinTheSecondOfTheClaim_countsAsLaunchedForIt() {
        var since = Instant.parse("2026-11-22T11:59:00.800Z");
        var sameSecond = Instant.parse("2026-11-22T11:59:00Z");

        assertEnds(observed(active(since), job(1), instance(InstanceState.STOPPED, sameSecond)), false, "finish");
        assertNothing(
                observed(active(since), job(1), instance(InstanceState.STOPPED, sameSecond.minusSeconds(1))),
                "has yet to be started");
    }

    @Test
    void active_whenInstanceWasNotLaunchedYet_waitsForTheStartGrace() {
        assertNothing(
                observed(active(ago(15, 0)), job(15), instance(InstanceState.STOPPED, ago(90, 0))),
                "has yet to be started");
        assertEnds(
                observed(active(ago(15, 1)), job(15), instance(InstanceState.STOPPED, ago(90, 0))),
                false,
                "was not started within 15 minutes");
    }

    @Test
    void active_whenInstanceIsStopping_waitsUntilItHasStopped() {
        assertNothing(observed(active(ago(30, 0)), job(30), instance(InstanceState.STOPPING, ago(29, 0))), "stopping");
    }

    @Test
    void active_whenInstanceIsTerminatedOrUnknown_endsTheRunWheneverItWasLaunched() {
        assertEnds(
                observed(active(ago(1, 0)), job(1), instance(InstanceState.TERMINATED, ago(90, 0))),
                false,
                "terminated");
        assertEnds(observed(active(ago(1, 0)), job(1), Optional.empty()), false, "EC2 does not know");
    }

    @Test
    void active_whenSinceIsMissing_countsFromTheWorkOrder() {
        assertNothing(
                observed(active(null), job(119), instance(InstanceState.RUNNING, ago(500, 0))), "a run is in progress");
        assertEnds(observed(active(null), job(121), instance(InstanceState.RUNNING, ago(1, 0))), true, "time limit");
    }

    @Test
    void active_whenSinceAndWorkOrderAreMissing_countsFromTheLaunch() {
        assertNothing(
                observed(active(null), Optional.empty(), instance(InstanceState.RUNNING, ago(119, 0))),
                "a run is in progress");
        assertEnds(
                observed(active(null), Optional.empty(), instance(InstanceState.RUNNING, ago(121, 0))),
                true,
                "time limit");
    }

    @Test
    void active_whenSinceAndWorkOrderAreMissingAndInstanceIsDown_endsTheRun() {
        assertEnds(
                observed(active(null), Optional.empty(), instance(InstanceState.STOPPED, ago(1, 0))),
                false,
                "since an unknown time");
        assertEnds(observed(active(null), Optional.empty(), Optional.empty()), false, "since an unknown time");
    }

    @Test
    void active_whenDevMode_endsTheRunAndLeavesTheInstanceAlone() {
        assertEnds(
                observed(devMode(active(ago(121, 0))), job(121), instance(InstanceState.RUNNING, ago(500, 0))),
                false,
                "time limit");
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING", "RUNNING"})
    void sleeping_whenInstanceIsUpWithoutReason_stopsItAfterAGrace(InstanceState state) {
        assertNothing(observed(ServerStatus.INITIAL, Optional.empty(), instance(state, ago(5, 0))), "but only since");
        assertThat(decide(observed(ServerStatus.INITIAL, Optional.empty(), instance(state, ago(5, 1)))))
                .isInstanceOf(Action.StopInstance.class)
                .extracting(Action::reason)
                .asString()
                .contains("without a run");
    }

    @Test
    void sleeping_whenDevMode_leavesTheInstanceAlone() {
        assertNothing(
                observed(devMode(ServerStatus.INITIAL), Optional.empty(), instance(InstanceState.RUNNING, ago(500, 0))),
                "dev mode");
    }

    @Test
    void sleeping_whenInstanceIsDownOrUnknown_doesNothing() {
        assertNothing(observed(ServerStatus.INITIAL, job(5), instance(InstanceState.STOPPED, ago(500, 0))), "sleeping");
        assertNothing(observed(ServerStatus.INITIAL, Optional.empty(), Optional.empty()), "sleeping");
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            mode = Mode.EXCLUDE,
            names = {"PENDING", "RUNNING"})
    void sleeping_whenAnOrderIsLeft_deletesItAfterAGrace(InstanceState state) {
        assertNothing(observed(ServerStatus.INITIAL, job(5), instance(state, ago(1, 0))), "sleeping");
        assertThat(decide(observed(ServerStatus.INITIAL, job(6), instance(state, ago(1, 0)))))
                .isEqualTo(new Action.DeleteOrder(
                        "the server is sleeping, but the training order of " + ago(6, 0) + " is left"));
    }

    @Test
    void sleeping_whenAnOrderIsLeftAndEc2DoesNotKnowTheInstance_deletesItToo() {
        assertThat(decide(observed(ServerStatus.INITIAL, job(6), Optional.empty())))
                .isInstanceOf(Action.DeleteOrder.class);
    }

    @Test
    void sleeping_whenAnOrderIsLeftAndTheInstanceIsUp_stopsTheInstanceFirst() {
        assertNothing(
                observed(ServerStatus.INITIAL, job(60), instance(InstanceState.RUNNING, ago(5, 0))), "but only since");
        assertThat(decide(observed(ServerStatus.INITIAL, job(60), instance(InstanceState.RUNNING, ago(6, 0)))))
                .isInstanceOf(Action.StopInstance.class);
    }

    @Test
    void sleeping_whenAnOrderIsLeftInDevMode_leavesIt() {
        assertNothing(
                observed(devMode(ServerStatus.INITIAL), job(60), instance(InstanceState.STOPPED, ago(500, 0))),
                "dev mode");
    }

    private static Action decide(Observation seen) {
        return Sweep.decide(seen, NOW, LIMITS);
    }

    private static void assertNothing(Observation seen, String reason) {
        assertThat(decide(seen)).isInstanceOfSatisfying(Action.Nothing.class, action -> assertThat(action.reason())
                .contains(reason));
    }

    private static void assertEnds(Observation seen, boolean stopInstance, String reason) {
        assertThat(decide(seen)).isInstanceOfSatisfying(Action.EndRun.class, action -> {
            assertThat(action.reason()).contains(reason);
            assertThat(action.stopInstance()).isEqualTo(stopInstance);
        });
    }

    private static ServerStatus active(@Nullable Instant since) {
        return new ServerStatus(ServerStatus.State.ACTIVE, "t", "x", false, since, JsonObject.of());
    }

    private static ServerStatus devMode(ServerStatus status) {
        return new ServerStatus(status.state(), "", "", true, status.since(), JsonObject.of());
    }

    private static Optional<ObjectInfo> job(int minutesAgo) {
        return Optional.of(new ObjectInfo(1, "\"e\"", ago(minutesAgo, 0)));
    }

    private static Optional<Instance> instance(InstanceState state, Instant launch) {
        return Optional.of(new Instance("i-0123456789abcdef0", state, launch));
    }

    private static Instant ago(int minutes, int millis) {
        return NOW.minus(Duration.ofMinutes(minutes)).minusMillis(millis);
    }

    /** The observations of a sweep when trainer and agent show no sign of life. */
    private static Observation observed(ServerStatus status, Optional<ObjectInfo> job, Optional<Instance> instance) {
        return new Observation(status, job, instance, Optional.empty(), Optional.empty());
    }
}
