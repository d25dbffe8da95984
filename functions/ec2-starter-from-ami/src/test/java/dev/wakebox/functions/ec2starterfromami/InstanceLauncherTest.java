package dev.wakebox.functions.ec2starterfromami;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.compute.launch.InMemoryRunResources;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.compute.launch.LaunchPlan;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.compute.launch.Teardown;
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
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InstanceLauncherTest {
    private static final Instant T0 = Instant.parse(Documents.STARTED_AT);
    private static final LaunchLimits LIMITS = new LaunchLimits(Duration.ofMinutes(10), Duration.ofMinutes(10));

    private Instant now = T0;
    private final InMemoryRunResources resources = new InMemoryRunResources();
    private final InMemoryAgents agents = new InMemoryAgents();
    private final InstanceLauncher starter = starter("*");

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

        resources.advance();
        RunDocument running = starter.step(pending);
        assertThat(running.at("run", "ready")).isEqualTo(false);

        agents.setOnline("i-1");
        RunDocument ready = starter.step(running);
        assertThat(ready.at("run", "ready")).isEqualTo(true);
        assertThat(ready.text("volume_id")).contains("vol-i-1");
        assertThat(ready.at("failure")).isNull();
        assertThat(ready.at("unknown_key")).isEqualTo("kept");
        assertThat(resources.requests()).hasSize(1);
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
        assertThat(resources.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"220, true", "226, false"})
    void step_whenTheDocumentIsNearTheLimitOfAState_launchesNothing(int kilobytes, boolean launched) {
        RunDocument after = starter.step(document("{}").with("é".repeat(kilobytes * 512), "notes"));

        assertThat(resources.requests()).hasSize(launched ? 1 : 0);
        assertThat(after.text("failure", "cause").orElse(""))
                .contains(launched ? "" : "$: must have at most 229376 bytes");
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
        assertThat(resources.requests()).isEmpty();
        assertThat(after.at("failure")).isNull();
    }

    @Test
    void step_whenDryRun_saysWhereTheOutputIsLookedFor() {
        RunDocument after = starter.step(document("{\"dry_run\": true, \"ii_check_s3\": true}")
                .with(List.of("/x/scripts/datastream -s DAILY --S3_BUCKET b-1 --S3_PREFIX p"), "commands"));

        assertThat(after.at("dry_run", "execution_json")).isEqualTo("b-1/p/datastream-metadata/execution.json");
        assertThat(after.at("dry_run", "output_looked_for")).isEqualTo("s3://b-1/p/ngen-run.tar.gz");
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
        refuse("SpotMaxPriceTooLow", AwsRefusal.ELSEWHERE, "spot");

        RunDocument refused = starter.step(document("{\"ii_cheapo\": true}"));
        assertThat(refused.at("failure")).isNull();
        assertThat(refused.at("run", "wait_s")).isEqualTo(1);
        RunDocument launched = starter.step(refused);

        assertThat(launched.text("instance_parameters", "InstanceId")).contains("i-1");
        assertThat(resources.requests()).hasSize(2).last().satisfies(request -> assertThat(request)
                .doesNotContainKey("InstanceMarketOptions"));
    }

    @Test
    void step_whenNothingIsToBeHad_failsWithEveryReasonAndMayBeTriedAgain() {
        refuse("InsufficientInstanceCapacity", AwsRefusal.ELSEWHERE, "");

        RunDocument after = steps(document("{\"ii_cheapo\": true}"), 2);

        assertThat(after.text("failure", "outcome")).contains("LAUNCH_FAILED");
        assertThat(after.at("failure", "permanent")).isEqualTo(false);
        assertThat(after.text("failure", "cause"))
                .contains("No instance could be launched. Tried t4g.large spot: InsufficientInstanceCapacity (no); "
                        + "t4g.large on-demand: InsufficientInstanceCapacity (no).");
        assertThat(after.at("run", "launch", "over")).isEqualTo(true);
    }

    @Test
    void step_whenEc2RefusesPermanently_failsWithoutTryingMore() {
        refuse("UnauthorizedOperation", AwsRefusal.OURS, "");

        RunDocument after = starter.step(document("{\"ii_cheapo\": true}"));

        assertThat(after.text("failure", "cause")).hasValueSatisfying(cause -> assertThat(cause)
                .startsWith("EC2 refused to launch t4g.large spot: UnauthorizedOperation (no).")
                .contains("The deployment has to change"));
        assertThat(after.at("failure", "permanent")).isEqualTo(true);
        assertThat(resources.requests()).hasSize(1);
    }

    @Test
    void step_whenTheRoleMayNotBePassed_namesTheParameter() {
        resources.refuse(_ -> Optional.of(new Refused(
                "UnauthorizedOperation",
                "You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/x/y is not"
                        + " authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/mine",
                AwsRefusal.OURS)));

        assertThat(starter.step(document("{}")).text("failure", "cause").orElseThrow())
                .contains("role/mine")
                .endsWith(
                        "add the ARN of the role behind the instance profile to the stack's parameter InstanceRoleArns;"
                                + " without it only roles of the path /wakebox/ are allowed.");
    }

    @ParameterizedTest
    @CsvSource({"results,   results | results-2 | a.b-9", "results-2, results-? | other", "a.b-9,     *.b-* | other"})
    void step_whenTheBucketIsOneOfTheStacks_launches(String bucket, String allowed) {
        RunDocument after = starter(allowed.split(" \\| ")).step(writing(bucket));

        assertThat(after.at("failure")).isNull();
        assertThat(resources.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"results, other", "results-10, results-?", "axb, a.b", "resultsx, results", "xresults, results"})
    void step_whenTheBucketIsNoneOfTheStacks_namesTheParameterAndLaunchesNothing(String bucket, String allowed) {
        RunDocument after = starter(allowed).step(writing(bucket));

        assertThat(after.text("failure", "cause").orElseThrow())
                .contains(
                        "$.commands: names the bucket \"" + bucket + "\", but this stack may write only to " + allowed
                                + ": add the bucket to the stack's parameter OutputBuckets",
                        "$.run_options.ii_check_s3: names the bucket \"" + bucket + "\"");
        assertThat(after.at("failure", "permanent")).isEqualTo(true);
        assertThat(resources.requests()).isEmpty();
    }

    private static RunDocument writing(String bucket) {
        return document("{\"ii_check_s3\": {\"bucket\": \"" + bucket + "\", \"prefix\": \"out\"}}")
                .with(List.of("job --s3_bucket " + bucket + " --s3_prefix out"), "commands");
    }

    @Test
    void step_whenTheInstanceProfileIsNew_waitsTwoMinutesForIt() {
        refuse("InvalidParameterValue", AwsRefusal.NOT_YET, "");

        RunDocument first = starter.step(document("{}"));
        now = now.plusSeconds(119);
        RunDocument waiting = starter.step(first);
        resources.refuse(_ -> Optional.empty());
        RunDocument launched = starter.step(waiting);

        assertThat(waiting.at("failure")).isNull();
        assertThat(waiting.at("run", "ready")).isEqualTo(false);
        assertThat(launched.text("instance_parameters", "InstanceId")).contains("i-1");
        assertThat(resources.requests()).hasSize(3).allSatisfy(request -> assertThat(request)
                .isEqualTo(resources.requests().getFirst()));
    }

    @Test
    void step_whenTheInstanceProfileIsNotKnownAfterTwoMinutes_mayBeTriedAgain() {
        refuse("InvalidParameterValue", AwsRefusal.NOT_YET, "");

        RunDocument first = starter.step(document("{}"));
        now = now.plusSeconds(120);
        RunDocument after = starter.step(first);

        assertThat(after.text("failure", "cause"))
                .contains("EC2 refused to launch t4g.large for 2 minutes: InvalidParameterValue (no)."
                        + " Does the instance profile exist, with a role in it?");
        assertThat(after.at("failure", "permanent")).isEqualTo(false);
    }

    @Test
    void step_whenALimitOfTheAccountIsReached_mayBeTriedAgain() {
        refuse("VolumeLimitExceeded", AwsRefusal.QUOTA, "");

        RunDocument after = starter.step(document("{}"));

        assertThat(after.text("failure", "cause")).hasValueSatisfying(cause -> assertThat(cause)
                .contains("VolumeLimitExceeded", "a limit of the account"));
        assertThat(after.at("failure", "permanent")).isEqualTo(false);
    }

    @Test
    void step_whenAQuotaRefusesEveryCombination_beginsAgainLaterAndThenNamesIt() {
        var options = "{\"ii_cheapo\": true, \"timeout_s\": 100, \"retry_backoff_base_s\": 40}";
        resources.refuse(request -> Optional.of(
                request.has("InstanceMarketOptions")
                        ? new Refused("InsufficientInstanceCapacity", "no", AwsRefusal.ELSEWHERE)
                        : new Refused("VcpuLimitExceeded", "no", AwsRefusal.ELSEWHERE)));

        RunDocument first = steps(document(options), 2);

        assertThat(first.at("failure")).isNull();
        assertThat(first.at("run", "wait_s")).isEqualTo(40);
        assertThat(first.text("t0")).contains(now.plusSeconds(40).toString());
        assertThat(first.state().waitingFor()).hasValueSatisfying(clause -> assertThat(clause)
                .contains("\"Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances\" (L-1216C47A)"));

        now = now.plusSeconds(40);
        RunDocument second = steps(first, 2);

        assertThat(second.text("failure", "cause")).hasValueSatisfying(cause -> assertThat(cause)
                .contains(
                        "Tried t4g.large spot: InsufficientInstanceCapacity (no); t4g.large on-demand: VcpuLimitExceeded (no).")
                .contains("The account's quota \"Running On-Demand Standard")
                .contains(" is too small since 40 s. End other instances, or raise it: https://")
                .endsWith("/servicequotas/home/services/ec2/quotas/L-1216C47A"));
        assertThat(second.at("failure", "permanent")).isEqualTo(false);
        assertThat(resources.requests())
                .extracting(request -> request.text("ClientToken"))
                .hasSize(4)
                .doesNotHaveDuplicates();
    }

    @Test
    void step_whenTheQuotaHasRoomAgain_launchesAndCountsFromThen() {
        refuse("MaxSpotInstanceCountExceeded", AwsRefusal.ELSEWHERE, "");
        RunDocument waiting = starter.step(document("{\"timeout_s\": 600}"));
        assertThat(waiting.state().quota().orElseThrow().quota().code()).isEqualTo("L-34B43A08");
        resources.refuse(_ -> Optional.empty());
        now = now.plusSeconds(30);

        RunDocument launched = starter.step(waiting);

        assertThat(launched.text("instance_parameters", "InstanceId")).contains("i-1");
        assertThat(launched.text("t0")).contains(now.toString());
        assertThat(launched.state().waitingFor()).isEmpty();
    }

    @Test
    void step_whenTheQuotaIsZero_failsAtOnce() {
        resources.refuse(_ -> Optional.of(new Refused(
                "VcpuLimitExceeded",
                "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the"
                        + " specified instance type belongs to.",
                AwsRefusal.ELSEWHERE)));

        assertThat(starter.step(document("{}")).text("failure", "cause").orElseThrow())
                .contains("limit of 0 allows", "(L-1216C47A) is too small. End");
    }

    @Test
    void step_whenEveryCombinationLacksCapacityInALaterRound_waitsNoLonger() {
        refuse("VcpuLimitExceeded", AwsRefusal.ELSEWHERE, "");
        RunDocument waiting = starter.step(document("{}"));
        refuse("InsufficientInstanceCapacity", AwsRefusal.ELSEWHERE, "");
        now = now.plusSeconds(30);

        assertThat(starter.step(waiting).text("failure", "cause").orElseThrow())
                .contains("InsufficientInstanceCapacity", "L-1216C47A");
    }

    @Test
    void step_whenTheRunNeedsASlot_launchesNothingUntilItHasOne() {
        RunDocument wants = document("{}").with(true, "run", "slot", "wanted");

        RunDocument after = starter.step(wants);

        assertThat(after.at("run", "ready")).isEqualTo(false);
        assertThat(after.state().waitingFor())
                .hasValueSatisfying(clause -> assertThat(clause).contains("MaxConcurrentRuns"));
        assertThat(resources.requests()).isEmpty();
        assertThat(starter.step(wants.with("never", "commands")).text("failure", "outcome"))
                .as("a wrong document doesn't wait first")
                .contains("LAUNCH_FAILED");
    }

    @Test
    void step_whenEc2Throttles_throwsForTheStateMachineToRetry() {
        resources.fail(() -> true, () -> false);

        assertThatThrownBy(() -> starter.step(document("{}")))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void step_whenTheAnswerWasLost_getsTheSameInstanceLater() {
        var document = document("{\"timeout_s\": 600}");
        resources.fail(() -> false, () -> true);
        assertThatThrownBy(() -> starter.step(document)).isInstanceOf(WakeboxException.class);
        resources.fail(() -> false, () -> false);
        now = now.plusSeconds(77);

        assertThat(starter.step(document).text("instance_parameters", "InstanceId"))
                .contains("i-1");
        assertThat(resources.all()).hasSize(1);
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
        assertThat(resources.up()).isEmpty();
    }

    @Test
    void step_whenTheAgentNeverComesOnline_terminatesItAndFails() {
        RunDocument running = starter.step(document("{}"));
        resources.advance();
        now = now.plusSeconds(500);
        running = starter.step(running);
        now = now.plus(LIMITS.online()).minusSeconds(1);
        running = starter.step(running);
        assertThat(running.at("failure")).isNull();
        now = now.plusSeconds(1);

        RunDocument after = starter.step(running);

        assertThat(after.text("failure", "cause").orElseThrow())
                .startsWith("The instance i-1 runs, but its SSM agent did not come online");
        assertThat(resources.up()).isEmpty();
    }

    @Test
    void step_whenTimeoutIsOverBeforeItIsReady_isTimedOut() {
        RunDocument launched = starter.step(document("{\"timeout_s\": 60}"));
        now = now.plusSeconds(60);

        RunDocument after = starter.step(launched);

        assertThat(after.text("failure", "outcome")).contains("TIMED_OUT");
        assertThat(resources.up()).isEmpty();
    }

    @Test
    void step_whenEc2DoesNotShowItYet_waits() {
        resources.hideNewFor(2);

        RunDocument after = steps(document("{}"), 3);

        assertThat(after.at("failure")).isNull();
        assertThat(resources.requests()).hasSize(1);
    }

    @Test
    void step_whenSpotIsTakenBackWhileBooting_takesTheNextCandidate() {
        RunDocument launched = starter.step(document("{\"ii_cheapo\": true}"));
        resources.set("i-1", InstanceState.SHUTTING_DOWN, "Server.SpotInstanceTermination");

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
        resources.set("i-1", state, "Client.InvalidSnapshot.NotFound");

        RunDocument after = starter.step(launched);

        assertThat(after.text("failure", "cause"))
                .contains("t4g.large spot: i-1 ended before it was ready (Client.InvalidSnapshot.NotFound).");
        assertThat(resources.all()).allMatch(RunInstance::gone);
    }

    @Test
    void step_whenTheNextAttemptBegins_forgetsTheInstanceOfTheOneBefore() {
        RunDocument first = starter.step(document("{\"n_retries_allowed\": 2}"));
        resources.terminate("i-1");

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
     * Refusals, throttling, lost answers, crashes, duplicate invocations, instances that die or hang: never are two
     * instances up, no combination is launched twice, and nothing is left after the end.
     */
    @RepeatedTest(300)
    void step_whenAnythingFailsAtRandom_neverLaunchesTwiceAndLeavesNothing(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        int trouble = 2 + random.nextInt(8);
        var document = document("""
                {"ii_cheapo": true, "instance_types": ["m8g.large"], "ii_terminate_instance": %s, "timeout_s": %d}""".formatted(random.nextBoolean(), random.nextBoolean() ? 600 : 3600));
        resources.fail(() -> random.nextInt(trouble) == 0, () -> random.nextInt(trouble) == 0);
        resources.refuse(request -> random.nextInt(3) == 0
                ? Optional.of(new Refused("InsufficientInstanceCapacity", "no", AwsRefusal.ELSEWHERE))
                : Optional.empty());
        resources.hideNewFor(random.nextInt(3));
        boolean agentWorks = random.nextInt(4) > 0;
        boolean boots = random.nextInt(4) > 0;

        for (int call = 0; call < 2000; call++) {
            if (document.at("failure") != null || Boolean.TRUE.equals(document.at("run", "ready"))) {
                break;
            }
            document = delivered(document, random);
            assertThat(resources.up()).hasSizeLessThanOrEqualTo(1);
            now = now.plusSeconds(5);
            if (boots && random.nextInt(3) == 0) {
                resources.advance();
            }
            for (RunInstance instance : resources.up()) {
                if (random.nextInt(20) == 0) {
                    resources.set(instance.id(), InstanceState.TERMINATED, "Server.SpotInstanceTermination");
                } else if (agentWorks && random.nextInt(5) == 0) {
                    agents.setOnline(instance.id());
                }
            }
        }

        assertThat(document.at("failure") != null || Boolean.TRUE.equals(document.at("run", "ready")))
                .as("it comes to an end")
                .isTrue();
        var tokens = new HashSet<@Nullable Object>();
        resources.requests().forEach(request -> tokens.add(request.get("ClientToken")));
        assertThat(resources.all()).hasSizeLessThanOrEqualTo(tokens.size());
        end();
        assertThat(resources.all()).allMatch(instance -> instance.gone() || instance.state() == InstanceState.STOPPED);
    }

    @Test
    void step_whenARunningInstanceIsLostLater_hasMarkedItsVolumeSoThatItGoes() {
        var document = document("{\"ii_terminate_instance\": true, \"ii_delete_volume\": true}")
                .with(
                        List.of(Map.of("DeviceName", "/dev/xvda", "Ebs", Map.of("DeleteOnTermination", false))),
                        "instance_parameters",
                        "BlockDeviceMappings");
        RunDocument launched = starter.step(document);
        resources.advance();
        starter.step(launched);

        resources.set("i-1", InstanceState.TERMINATED, "Server.InternalError");
        assertThat(resources.allVolumes()).hasSize(1);
        end();

        assertThat(resources.allVolumes()).isEmpty();
    }

    /** Invokes as the state machine does: again after an error, and sometimes twice after a success. */
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
        resources.fail(() -> false, () -> false);
        boolean done = false;
        while (!done) {
            var teardown = Teardown.plan(
                    resources.tagged(RunTags.EXECUTION, Documents.ID),
                    resources.volumesTagged(RunTags.EXECUTION, Documents.ID));
            teardown.apply(resources);
            done = teardown.done();
            resources.advance();
        }
        resources.advance();
    }

    private RunDocument steps(RunDocument document, int count) {
        RunDocument after = document;
        for (int i = 0; i < count; i++) {
            after = starter.step(after);
        }
        return after;
    }

    private InstanceLauncher starter(String... outputBuckets) {
        return new InstanceLauncher(
                resources,
                agents,
                new LaunchPrices(
                        item -> {
                            throw new AssertionError("A price was looked up: " + item);
                        },
                        resources,
                        false),
                execution -> LaunchPlan.of(execution, "wakebox", Map.of(), false),
                "us-east-1",
                new LaunchCheck(Set.of(outputBuckets)),
                ((InstantSource) () -> now).withZone(ZoneOffset.UTC),
                LIMITS);
    }

    private void refuse(String code, AwsRefusal why, String market) {
        resources.refuse(request -> market.isEmpty() || request.get("InstanceMarketOptions") != null
                ? Optional.of(new Refused(code, "no", why))
                : Optional.empty());
    }

    private static RunDocument document(String options) {
        return Documents.started(Json.object("""
                {"commands": ["true"], "run_options": %s, "unknown_key": "kept",
                 "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.large", "InstanceId": "i-former",
                   "IamInstanceProfile": {"Name": "p"}}}""".formatted(options).getBytes(StandardCharsets.UTF_8)));
    }
}
