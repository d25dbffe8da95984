package dev.wakebox.functions.ec2starterfromami;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.Ending;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.compute.launch.InMemoryMachines;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.compute.launch.Machine;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StarterTest {
    private static final Instant T0 = Instant.parse(Documents.STARTED_AT);
    private static final Limits LIMITS = new Limits(Duration.ofMinutes(10), Duration.ofMinutes(10));

    private Instant now = T0;
    private final InMemoryMachines machines = new InMemoryMachines();
    private final InMemoryAgents agents = new InMemoryAgents();
    private final Starter starter = new Starter(
            machines, agents, "wakebox", "us-east-1", ((InstantSource) () -> now).withZone(ZoneOffset.UTC), LIMITS);

    @Test
    void step_whenAllGoesWell_launchesLooksAndIsReady() {
        RunDocument launched = starter.step(document("{}"));
        assertThat(launched.text("instance_parameters", "InstanceId")).contains("i-1");
        assertThat(launched.text("region")).contains("us-east-1");
        assertThat(launched.at("run", "ready")).isEqualTo(false);
        assertThat(launched.at("run", "wait_s")).isEqualTo(5);
        assertThat(launched.text("run", "waiting_since")).contains(T0.toString());

        RunDocument pending = starter.step(launched);
        assertThat(pending.at("run", "ready")).isEqualTo(false);

        machines.advance();
        RunDocument running = starter.step(pending);
        assertThat(running.at("run", "ready")).isEqualTo(false);

        agents.setOnline("i-1");
        RunDocument ready = starter.step(running);
        assertThat(ready.at("run", "ready")).isEqualTo(true);
        assertThat(ready.text("volume_id")).contains("vol-i-1");
        assertThat(ready.at("failure")).isNull();
        assertThat(ready.at("unknown_key")).isEqualTo("kept");
        assertThat(machines.requests()).hasSize(1);
    }

    @Test
    void step_whenTheDocumentIsWrong_tellsEveryProblemAndLaunchesNothing() {
        var document = Documents.started(Json.object("""
                {"commands": [], "run_options": {"timeout_s": -1},
                 "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.large", "EbsOptimized": "no",
                   "SecurityGroupIds": 7}}""".getBytes(StandardCharsets.UTF_8)));

        RunDocument after = starter.step(document);

        assertThat(after.text("failure", "outcome")).contains("LAUNCH_FAILED");
        assertThat(after.at("failure", "permanent")).isEqualTo(true);
        assertThat(after.text("failure", "cause").orElseThrow())
                .contains(
                        "$.commands: ",
                        "$.run_options.timeout_s: ",
                        "$.instance_parameters.IamInstanceProfile: ",
                        "$.instance_parameters.EbsOptimized: must be true or false")
                .containsOnlyOnce("$.instance_parameters.SecurityGroupIds: ");
        assertThat(machines.requests()).isEmpty();
    }

    @Test
    void step_whenDryRun_saysWhatWouldBeLaunchedAndLaunchesNothing() {
        RunDocument after = starter.step(document("{\"dry_run\": true, \"ii_cheapo\": true}"));

        assertThat(after.at("run", "dry_run")).isEqualTo(true);
        assertThat(after.at("dry_run", "candidates"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .extracting(candidate -> candidate.get("candidate"))
                .containsExactly("t4g.large spot", "t4g.large on-demand");
        assertThat(Json.string(after.at("dry_run"))).contains("\"ImageId\":\"ami-1\"", "\"commands\":[\"true\"]");
        assertThat(machines.requests()).isEmpty();
        assertThat(after.at("failure")).isNull();
    }

    @Test
    void step_whenDryRun_saysOnceWhatTheCandidatesHaveAlike() {
        var options = Json.object("""
                {"dry_run": true, "ii_cheapo": true, "instance_types": ["m8g.large"],
                 "availability_zones": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]}""".getBytes(StandardCharsets.UTF_8));

        RunDocument after = starter.step(document("{}")
                .with(options, "run_options")
                .with("#".repeat(12_000), "instance_parameters", "UserData"));

        assertThat(after.at("dry_run", "request"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsKeys("ImageId", "UserData")
                .doesNotContainKeys("InstanceType", "ClientToken");
        assertThat(after.at("dry_run", "candidates"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .hasSize(40)
                .allSatisfy(candidate -> assertThat(candidate.get("request"))
                        .asInstanceOf(InstanceOfAssertFactories.MAP)
                        .containsKeys("InstanceType", "Placement", "ClientToken")
                        .doesNotContainKey("UserData"))
                .first()
                .satisfies(candidate ->
                        assertThat(candidate.get("request")).asString().contains("=spot"));
        assertThat(Json.string(after.json())).hasSizeLessThan(128 << 10);
    }

    @Test
    void step_whenSpotIsRefused_takesOnDemandNext() {
        refuse("SpotMaxPriceTooLow", true, "spot");

        RunDocument refused = starter.step(document("{\"ii_cheapo\": true}"));
        assertThat(refused.at("failure")).isNull();
        assertThat(refused.at("run", "wait_s")).isEqualTo(1);
        RunDocument launched = starter.step(refused);

        assertThat(launched.text("instance_parameters", "InstanceId")).contains("i-1");
        assertThat(machines.requests()).hasSize(2).last().satisfies(request -> assertThat(request)
                .doesNotContainKey("InstanceMarketOptions"));
    }

    @Test
    void step_whenNothingIsToBeHad_failsWithEveryReasonAndMayBeTriedAgain() {
        refuse("InsufficientInstanceCapacity", true, "");

        RunDocument after = steps(document("{\"ii_cheapo\": true}"), 2);

        assertThat(after.text("failure", "outcome")).contains("LAUNCH_FAILED");
        assertThat(after.at("failure", "permanent")).isEqualTo(false);
        assertThat(after.text("failure", "cause"))
                .contains("No instance is to be had. Tried t4g.large spot: InsufficientInstanceCapacity (no); "
                        + "t4g.large on-demand: InsufficientInstanceCapacity (no).");
        assertThat(after.at("run", "launch", "over")).isEqualTo(true);
    }

    @Test
    void step_whenEc2RefusesForGood_failsWithoutTryingMore() {
        refuse("UnauthorizedOperation", false, "");

        RunDocument after = starter.step(document("{\"ii_cheapo\": true}"));

        assertThat(after.text("failure", "cause"))
                .contains("EC2 refused to launch t4g.large spot: UnauthorizedOperation (no).");
        assertThat(after.at("failure", "permanent")).isEqualTo(true);
        assertThat(machines.requests()).hasSize(1);
    }

    @Test
    void step_whenEc2Throttles_throwsForTheStateMachineToRetry() {
        machines.fail(() -> true, () -> false);

        assertThatThrownBy(() -> starter.step(document("{}")))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void step_whenTheAnswerWasLost_getsTheSameInstanceLater() {
        var document = document("{\"timeout_s\": 600}");
        machines.fail(() -> false, () -> true);
        assertThatThrownBy(() -> starter.step(document)).isInstanceOf(WakeboxException.class);
        machines.fail(() -> false, () -> false);
        now = now.plusSeconds(77);

        assertThat(starter.step(document).text("instance_parameters", "InstanceId"))
                .contains("i-1");
        assertThat(machines.all()).hasSize(1);
    }

    @Test
    void step_whenItNeverRuns_terminatesItAndFails() {
        RunDocument launched = starter.step(document("{}"));
        now = now.plus(LIMITS.running()).minusSeconds(1);
        launched = starter.step(launched);
        assertThat(launched.at("failure")).isNull();
        now = now.plusSeconds(1);

        RunDocument after = starter.step(launched);

        assertThat(after.text("failure", "outcome")).contains("LAUNCH_FAILED");
        assertThat(after.text("failure", "cause"))
                .contains("The instance i-1 did not get to run within 10 minutes. It was terminated.");
        assertThat(machines.up()).isEmpty();
    }

    @Test
    void step_whenTheAgentNeverComesOnline_terminatesItAndFails() {
        RunDocument running = starter.step(document("{}"));
        machines.advance();
        now = now.plusSeconds(500);
        running = starter.step(running);
        now = now.plus(LIMITS.online()).minusSeconds(1);
        running = starter.step(running);
        assertThat(running.at("failure")).isNull();
        now = now.plusSeconds(1);

        RunDocument after = starter.step(running);

        assertThat(after.text("failure", "cause").orElseThrow())
                .startsWith("The instance i-1 runs, but its SSM agent did not come online");
        assertThat(machines.up()).isEmpty();
    }

    @Test
    void step_whenTimeoutIsOverBeforeItIsReady_isTimedOut() {
        RunDocument launched = starter.step(document("{\"timeout_s\": 60}"));
        now = now.plusSeconds(60);

        RunDocument after = starter.step(launched);

        assertThat(after.text("failure", "outcome")).contains("TIMED_OUT");
        assertThat(machines.up()).isEmpty();
    }

    @Test
    void step_whenEc2DoesNotShowItYet_waits() {
        machines.hideNewFor(2);

        RunDocument after = steps(document("{}"), 3);

        assertThat(after.at("failure")).isNull();
        assertThat(machines.requests()).hasSize(1);
    }

    @Test
    void step_whenSpotIsTakenBackWhileBooting_takesTheNextCandidate() {
        RunDocument launched = starter.step(document("{\"ii_cheapo\": true}"));
        machines.set("i-1", InstanceState.SHUTTING_DOWN, "Server.SpotInstanceTermination");

        RunDocument after = steps(launched, 2);

        assertThat(after.text("instance_parameters", "InstanceId")).contains("i-2");
        assertThat(after.at("failure")).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"STOPPING", "STOPPED", "SHUTTING_DOWN", "TERMINATED"})
    void step_whenItEndsForAnotherReason_failsAndLeavesNothing(InstanceState state) {
        RunDocument launched = starter.step(document("{\"ii_cheapo\": true}"));
        machines.set("i-1", state, "Client.InvalidSnapshot.NotFound");

        RunDocument after = starter.step(launched);

        assertThat(after.text("failure", "cause"))
                .contains("t4g.large spot: i-1 ended before it was ready (Client.InvalidSnapshot.NotFound).");
        assertThat(machines.all()).allMatch(Machine::gone);
    }

    @Test
    void step_whenTheNextAttemptBegins_forgetsTheInstanceOfTheOneBefore() {
        RunDocument first = starter.step(document("{\"n_retries_allowed\": 2}"));
        machines.terminate("i-1");

        RunDocument second = starter.step(first.with(1, "run", "attempt"));

        assertThat(second.text("instance_parameters", "InstanceId")).contains("i-2");
    }

    @Test
    void event_whenInvoked_returnsTheWholeDocument() {
        var answer = Invocation.of(
                new EC2StarterFromAMIHandler(starter),
                Json.string(document("{}").json()));

        assertThat(answer).containsKeys("commands", "unknown_key", "run", "t0", "region");
    }

    /**
     * Refusals, throttling, lost answers, crashes and calls delivered twice, instances that die or hang: never are two
     * instances up, never is one launched twice for a candidate, and after the end nothing is left.
     */
    @RepeatedTest(300)
    void step_whenAnythingFailsAtRandom_neverLaunchesTwiceAndLeavesNothing(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        int trouble = 2 + random.nextInt(8);
        var document = document("""
                {"ii_cheapo": true, "instance_types": ["m8g.large"], "ii_terminate_instance": %s, "timeout_s": %d}""".formatted(random.nextBoolean(), random.nextBoolean() ? 600 : 3600));
        machines.fail(() -> random.nextInt(trouble) == 0, () -> random.nextInt(trouble) == 0);
        machines.refuse(request -> random.nextInt(3) == 0
                ? Optional.of(new Refused("InsufficientInstanceCapacity", "no", true))
                : Optional.empty());
        machines.hideNewFor(random.nextInt(3));
        boolean agentWorks = random.nextInt(4) > 0;
        boolean boots = random.nextInt(4) > 0;

        for (int call = 0; call < 2000; call++) {
            if (document.at("failure") != null || Boolean.TRUE.equals(document.at("run", "ready"))) {
                break;
            }
            document = delivered(document, random);
            assertThat(machines.up()).hasSizeLessThanOrEqualTo(1);
            now = now.plusSeconds(5);
            if (boots && random.nextInt(3) == 0) {
                machines.advance();
            }
            for (Machine machine : machines.up()) {
                if (random.nextInt(20) == 0) {
                    machines.set(machine.id(), InstanceState.TERMINATED, "Server.SpotInstanceTermination");
                } else if (agentWorks && random.nextInt(5) == 0) {
                    agents.setOnline(machine.id());
                }
            }
        }

        assertThat(document.at("failure") != null || Boolean.TRUE.equals(document.at("run", "ready")))
                .as("it comes to an end")
                .isTrue();
        var tokens = new HashSet<@Nullable Object>();
        machines.requests().forEach(request -> tokens.add(request.get("ClientToken")));
        assertThat(machines.all()).hasSizeLessThanOrEqualTo(tokens.size());
        end();
        assertThat(machines.all()).allMatch(machine -> machine.gone() || machine.state() == InstanceState.STOPPED);
    }

    @Test
    void step_whenARunningInstanceIsLostLater_hasMarkedItsVolumeSoThatItGoes() {
        var document = document("{\"ii_terminate_instance\": true, \"ii_delete_volume\": true}")
                .with(
                        List.of(Map.of("DeviceName", "/dev/xvda", "Ebs", Map.of("DeleteOnTermination", false))),
                        "instance_parameters",
                        "BlockDeviceMappings");
        RunDocument launched = starter.step(document);
        machines.advance();
        starter.step(launched);

        machines.set("i-1", InstanceState.TERMINATED, "Server.InternalError");
        assertThat(machines.allVolumes()).hasSize(1);
        end();

        assertThat(machines.allVolumes()).isEmpty();
    }

    /** As the state machine delivers a call: again after an error, and sometimes twice although all went well. */
    private RunDocument delivered(RunDocument document, Random random) {
        while (true) {
            try {
                RunDocument after = starter.step(document);
                if (random.nextInt(4) > 0) {
                    return after;
                }
            } catch (WakeboxException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            }
            now = now.plusSeconds(random.nextInt(10));
        }
    }

    private void end() {
        machines.fail(() -> false, () -> false);
        boolean done = false;
        while (!done) {
            var ending = Ending.of(
                    machines.tagged(RunTags.EXECUTION, Documents.ID),
                    machines.volumesTagged(RunTags.EXECUTION, Documents.ID));
            ending.carryOut(machines);
            done = ending.done();
            machines.advance();
        }
        machines.advance();
    }

    private RunDocument steps(RunDocument document, int count) {
        RunDocument after = document;
        for (int i = 0; i < count; i++) {
            after = starter.step(after);
        }
        return after;
    }

    private void refuse(String code, boolean elsewhere, String market) {
        machines.refuse(request -> market.isEmpty() || request.get("InstanceMarketOptions") != null
                ? Optional.of(new Refused(code, "no", elsewhere))
                : Optional.empty());
    }

    private static RunDocument document(String options) {
        return Documents.started(Json.object("""
                {"commands": ["true"], "run_options": %s, "unknown_key": "kept",
                 "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.large", "InstanceId": "i-former",
                   "IamInstanceProfile": {"Name": "p"}}}""".formatted(options).getBytes(StandardCharsets.UTF_8)));
    }
}
