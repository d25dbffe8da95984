package dev.wakebox.functions.ec2stopper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunMetrics;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.launch.InMemoryRunResources;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceEnderTest {
    private Instant now = Instant.parse(Documents.STARTED_AT).plusSeconds(1000);
    private final InMemoryRunResources resources = new InMemoryRunResources();
    private final InstanceEnder stopper =
            new InstanceEnder(resources, ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @Test
    void step_whenItEndsTerminated_terminatesAndSaysSo() {
        resources.add("i-1", InstanceState.RUNNING, tags(0, "terminate"));

        RunDocument after = stopper.step(launched(0));

        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(after.at("run", "stopped")).isEqualTo(true);
        assertThat(after.at("stopped")).isEqualTo(stopped("i-1", "terminated"));
        assertThat(stopper.step(after).at("stopped")).isEqualTo(stopped("i-1", "terminated"));
        assertThat(resources.calls()).hasSize(1);
    }

    /** 0.0036 USD an hour: 1000 s from the launch until the first step cost 0.001 USD, whatever the end takes. */
    @Test
    void step_whenThePriceIsKnown_recordsTheCostOnceAndTagsTheInstance() {
        resources.add("i-2", InstanceState.RUNNING, tags(1, "stop"));
        RunDocument launched = launched(1)
                .with(Documents.STARTED_AT, "run", "launch", "launched_at")
                .with(Map.of("instance", 0.0032, "volumes", 0.0004), "run", "launch", "usd_per_hour")
                .with(Map.of("attempts", List.of(Map.of("attempt", 0, "seconds", 60, "usd", 0.5))), "run", "cost");

        RunDocument after = stopper.step(launched);
        now = now.plusSeconds(100);
        resources.advance();
        after = stopper.step(after);

        assertThat(after.at("run", "stopped")).isEqualTo(true);
        assertThat(Json.string(after.at("run", "cost")))
                .startsWith("{\"usd\":0.501000000,\"complete\":false,")
                .contains("{\"attempt\":1,\"seconds\":1000,");
        assertThat(resources.describe("i-2").orElseThrow().tags()).containsEntry(RunTags.COST, "0.001000000");
    }

    @Test
    void step_whenNothingAsksForTheCost_recordsNone() {
        resources.add("i-1", InstanceState.RUNNING, tags(0, "terminate"));

        RunDocument after = stopper.step(launched(0).with(Documents.STARTED_AT, "run", "launch", "launched_at"));

        assertThat(after.at("run", "cost")).isNull();
        assertThat(resources.describe("i-1").orElseThrow().tags()).doesNotContainKey(RunTags.COST);
    }

    @Test
    void step_whenItEndsStopped_stopsAndThenItIsItsOwners() {
        resources.add("i-1", InstanceState.RUNNING, tags(0, "stop"));

        RunDocument after = stopper.step(launched(0));
        assertThat(after.at("run", "stopped")).isEqualTo(false);
        assertThat(after.at("run", "wait_s")).isEqualTo(5);
        after = stopper.step(after);

        assertThat(after.at("run", "stopped")).isEqualTo(true);
        assertThat(after.at("stopped")).isEqualTo(stopped("i-1", "stopped"));
        resources.set("i-1", InstanceState.RUNNING, null);
        stopper.step(after);
        assertThat(resources.calls()).containsExactly("stop i-1");
    }

    @Test
    void step_whenItDoesNotEnd_givesUpAndRulesOutAnotherAttemptBesideIt() {
        resources.add("i-1", InstanceState.PENDING, tags(0, "stop"));

        RunDocument after = stopper.step(launched(0));
        now = now.plusSeconds(599);
        after = stopper.step(after);
        assertThat(after.at("run", "stopped")).isEqualTo(false);
        assertThat(after.at("stopper_failure")).isNull();
        now = now.plusSeconds(1);
        after = stopper.step(after);

        assertThat(after.at("run", "stopped")).isEqualTo(true);
        assertThat(after.text("stopper_failure", "cause").orElseThrow()).contains("10 minutes", "reaper");
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMAND_FAILED", "TIMED_OUT", "OUTPUT_MISSING"})
    void step_whenItFailedAndIsKept_staysUntilThen(String outcome) {
        resources.add("i-1", InstanceState.RUNNING, expiring(tags(0, "terminate"), now.plusSeconds(7200)));
        RunDocument failed = failed(outcome, launched(0));

        RunDocument after = stopper.step(failed);
        stopper.step(failed);
        now = now.plusSeconds(100);
        stopper.step(after);

        String until = now.plusSeconds(1700).toString();
        assertThat(resources.calls()).isEmpty();
        assertThat(resources.describe("i-1").orElseThrow().tags())
                .containsEntry(RunTags.KEPT, "true")
                .containsEntry(RunTags.EXPIRES_AT, until);
        assertThat(after.at("run", "stopped")).isEqualTo(true);
        assertThat(after.at("stopped")).isEqualTo(stopped("i-1", "kept"));
        assertThat(after.at("run", "launch", "end"))
                .isEqualTo(Json.object(
                        Json.bytes(Map.of("at", until, "action", "terminateInstances", "scheduled", true))));
        assertThat(after.text("failure", "cause")).contains("No. The instance i-1 stays until " + until + ".");
    }

    @Test
    void step_whenItFailedAndItsTimeWouldBeOver_staysUntilTheTimeOfItsLaunch() {
        resources.add("i-1", InstanceState.RUNNING, expiring(tags(0, "terminate"), now.plusSeconds(60)));

        stopper.step(failed("TIMED_OUT", launched(0)));

        assertThat(resources.describe("i-1").orElseThrow().tags())
                .containsEntry(RunTags.KEPT, "true")
                .containsEntry(RunTags.EXPIRES_AT, now.plusSeconds(60).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUCCEEDED", "LAUNCH_FAILED", "CANCELLED"})
    void step_whenThereIsNothingToLookAt_endsIt(String outcome) {
        resources.add("i-1", InstanceState.RUNNING, expiring(tags(0, "terminate"), now.plusSeconds(7200)));

        RunDocument after = stopper.step(
                outcome.equals("SUCCEEDED")
                        ? launched(0).with(30, "run_options", "keep_on_failure_min")
                        : failed(outcome, launched(0)));

        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(after.at("stopped")).isEqualTo(stopped("i-1", "terminated"));
    }

    @Test
    void step_ofALaterAttempt_leavesTheKeptInstanceUntilItExpires() {
        var kept = expiring(tags(0, "terminate"), now.plusSeconds(1800));
        kept.put(RunTags.KEPT, "true");
        resources.add("i-0", InstanceState.RUNNING, kept);
        resources.add("i-1", InstanceState.RUNNING, tags(1, "terminate"));

        assertThat(stopper.step(launched(1)).at("stopped")).isEqualTo(stopped("i-1", "terminated"));
        assertThat(resources.calls()).containsExactly("terminate i-1");

        now = now.plusSeconds(1800);
        stopper.step(launched(1));
        assertThat(resources.calls()).containsExactly("terminate i-1", "terminate i-0");
    }

    private static Map<String, String> expiring(Map<String, String> tags, Instant at) {
        tags.put(RunTags.EXPIRES_AT, at.toString());
        return tags;
    }

    private RunDocument failed(String outcome, RunDocument launched) {
        return launched.with(30, "run_options", "keep_on_failure_min")
                .with(Map.of("outcome", outcome, "cause", "No."), "failure")
                .with(
                        Map.of(
                                "at",
                                now.plusSeconds(7200).toString(),
                                "action",
                                "terminateInstances",
                                "scheduled",
                                true),
                        "run",
                        "launch",
                        "end");
    }

    @Test
    void step_whenTheVolumeGoesToo_isDoneOnlyWhenItIsDeleted() {
        var tags = tags(0, "stop");
        tags.put(RunTags.DELETE_VOLUME, "true");
        resources.add("i-1", InstanceState.RUNNING, tags);

        RunDocument after = launched(0);
        for (int call = 0; call < 10 && !Boolean.TRUE.equals(after.at("run", "stopped")); call++) {
            after = stopper.step(after);
            resources.advance();
        }

        assertThat(resources.calls()).containsExactly("stop i-1", "detach vol-of-i-1", "delete vol-of-i-1");
        assertThat(after.at("stopped"))
                .isEqualTo(stopped("i-1", "stopped", List.of(Map.of("volume_id", "vol-of-i-1", "action", "deleted"))));
    }

    @Test
    void step_whenTheStarterCrashedAfterTheLaunch_findsTheInstanceByItsTags() {
        resources.add("i-1", InstanceState.PENDING, tags(0, "terminate"));

        RunDocument after = stopper.step(document(0));

        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(after.at("run", "stopped")).isEqualTo(true);
    }

    @Test
    void step_whenEc2ShowsTheInstanceOnlyLater_looksAgainFirst() {
        RunDocument after = stopper.step(document(0));
        assertThat(after.at("run", "stopped")).isEqualTo(false);
        resources.add("i-1", InstanceState.PENDING, tags(0, "terminate"));

        after = stopper.step(after);

        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(after.at("run", "stopped")).isEqualTo(true);
    }

    @Test
    void step_whenNothingWasEverLaunched_saysNothingWasDone() {
        RunDocument refused = document(0).with(Map.of("attempt", 0, "over", true), "run", "launch");
        RunDocument unclear = stopper.step(document(0));
        now = now.plusSeconds(30);

        for (RunDocument after : List.of(stopper.step(refused), stopper.step(unclear))) {
            assertThat(after.at("run", "stopped")).isEqualTo(true);
            assertThat(after.at("stopped")).isEqualTo(stopped(null, "nothing"));
        }
        assertThat(resources.calls()).isEmpty();
    }

    @Test
    void step_whenTheDocumentIsEmpty_isDone() {
        var answer = Invocation.of(new EC2StopperHandler(stopper, Optional.empty(), Clock.systemUTC(), _ -> {}), "{}");

        assertThat(RunDocument.of(JsonObject.copyOf(answer)).at("run", "stopped"))
                .isEqualTo(true);
        assertThat(answer).containsEntry("stopped", stopped(null, "nothing"));
    }

    @Test
    void step_whenInstancesAreNotThisRuns_neverTouchesThem() {
        resources.add("i-former", InstanceState.RUNNING, Map.of());
        resources.add(
                "i-other", InstanceState.RUNNING, Map.of(RunTags.EXECUTION, "arn:other", RunTags.STACK, "wakebox"));
        resources.add("i-later", InstanceState.RUNNING, tags(1, "terminate"));

        stopper.step(document(0)
                .with("i-former", "instance_parameters", "InstanceId")
                .with("vol-of-i-former", "volume_id")
                .with("i-other", "run", "launch", "instance_id"));

        assertThat(resources.calls()).isEmpty();
    }

    @Test
    void step_whenAnEarlierAttemptsInstanceIsStillUp_endsItToo() {
        resources.add("i-0", InstanceState.RUNNING, tags(0, "terminate"));
        resources.add("i-1", InstanceState.RUNNING, tags(1, "terminate"));

        RunDocument after = stopper.step(document(1));

        assertThat(resources.up()).isEmpty();
        assertThat(after.at("stopped")).isEqualTo(stopped("i-1", "terminated"));
    }

    @Test
    void step_whenAVolumeNeverComesFree_givesUpAndLeavesItToTheReaper() {
        var tags = tags(0, "stop");
        tags.put(RunTags.DELETE_VOLUME, "true");
        resources.add("i-1", InstanceState.STOPPING, tags);

        RunDocument after = stopper.step(launched(0));
        after = stopper.step(after);
        assertThat(after.at("run", "stopped")).isEqualTo(false);
        now = now.plusSeconds(600);

        assertThat(stopper.step(after).at("run", "stopped")).isEqualTo(true);
    }

    @RepeatedTest(200)
    void step_whenCallsFailOrComeTwiceAtRandom_leavesNothingUp(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        int attempt = random.nextInt(3);
        var states = List.of(InstanceState.values());
        for (int i = 0; i <= attempt; i++) {
            var tags = tags(i, random.nextBoolean() ? "terminate" : "stop");
            if (random.nextBoolean()) {
                tags.put(RunTags.DELETE_VOLUME, "true");
            }
            resources.add("i-" + i, states.get(random.nextInt(states.size())), tags);
        }
        resources.add("i-foreign", InstanceState.RUNNING, Map.of("Name", "foreign"));
        resources.fail(() -> random.nextInt(4) == 0, () -> random.nextInt(4) == 0);

        RunDocument document = random.nextBoolean() ? launched(attempt) : document(attempt);
        for (int call = 0; !Boolean.TRUE.equals(document.at("run", "stopped")); call++) {
            assertThat(call).isLessThan(500);
            try {
                RunDocument after = stopper.step(document);
                document = random.nextInt(4) == 0 ? document : after;
            } catch (WakeboxException e) {
                assertThat(e.code()).isEqualTo(dev.wakebox.runtime.ErrorCode.UNAVAILABLE);
            }
            now = now.plusSeconds(1);
            if (random.nextBoolean()) {
                resources.advance();
            }
        }

        assertThat(resources.up()).singleElement().satisfies(instance -> assertThat(instance.id())
                .isEqualTo("i-foreign"));
    }

    private static RunDocument document(int attempt) {
        return Documents.started(Map.of("commands", List.of("true"))).with(attempt, "run", "attempt");
    }

    @Test
    void handler_whenTheStackHasMetrics_writesOneLineWhenTheRunHasEnded() {
        var lines = new ArrayList<String>();
        Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        var handler = new EC2StopperHandler(stopper, Optional.of(new RunMetrics("wakebox")), clock, lines::add);
        resources.add("i-1", InstanceState.RUNNING, tags(0, "terminate"));
        JsonObject failed = launched(0)
                .with(1, "run_options", "n_retries_allowed")
                .failed(Failure.of(RunOutcome.COMMAND_FAILED, "No.", "EC2Poller"))
                .json();

        Invocation.of(handler, Json.string(failed));
        assertThat(lines).as("another attempt follows").isEmpty();
        resources.add("i-2", InstanceState.RUNNING, tags(1, "terminate"));
        Invocation.of(
                handler,
                Json.string(RunDocument.of(failed).with(1, "run", "attempt").json()));

        assertThat(lines).singleElement().satisfies(line -> assertThat(Json.object(line.getBytes(UTF_8)))
                .containsEntry("Outcome", "COMMAND_FAILED")
                .containsEntry("RunAttempts", 2)
                .containsEntry("RunDuration", 1000));
    }

    private static RunDocument launched(int attempt) {
        return document(attempt)
                .with(Map.of("attempt", attempt, "instance_id", "i-" + (attempt == 0 ? 1 : attempt)), "run", "launch");
    }

    private static Map<String, String> tags(int attempt, String end) {
        return new HashMap<>(Map.of(
                RunTags.STACK,
                "wakebox",
                RunTags.EXECUTION,
                Documents.ID,
                RunTags.ATTEMPT,
                Integer.toString(attempt),
                RunTags.END,
                end));
    }

    private static Map<String, @Nullable Object> stopped(@Nullable String id, String action) {
        return stopped(id, action, List.of());
    }

    private static Map<String, @Nullable Object> stopped(
            @Nullable String id, String action, List<Map<String, String>> volumes) {
        var stopped = new HashMap<String, @Nullable Object>();
        stopped.put("instance_id", id);
        stopped.put("action", action);
        stopped.put("volumes", volumes);
        return Json.object(Json.bytes(stopped));
    }
}
