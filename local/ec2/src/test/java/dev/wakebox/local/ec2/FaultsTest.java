package dev.wakebox.local.ec2;

import static dev.wakebox.local.ec2.TestEmulator.faulty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

class FaultsTest {
    @TempDir
    private Path root;

    private TestEmulator emulator;

    @BeforeEach
    void start() {
        emulator = new TestEmulator(root);
    }

    @AfterEach
    void end() {
        emulator.close();
    }

    @Test
    void refusal_whenLimited_happensToWhatItNamesAsOftenAsItSays() {
        String[] faults = {
            "RunInstances=InsufficientInstanceCapacity market=spot times=2",
            "RunInstances=SpotMaxPriceTooLow market=spot type=t4g.large times=1"
        };

        emulator.launch(faulty(faults));
        refused("InsufficientInstanceCapacity", 500, () -> emulator.launch(spot(faults)));
        refused("InsufficientInstanceCapacity", 500, () -> emulator.launch(spot(faults)));
        refused("SpotMaxPriceTooLow", 400, () -> emulator.launch(spot(faults)));
        emulator.launch(spot(faults));
    }

    @Test
    void refusal_whenOrderedByTag_happensToThatRequestOnly() {
        RunInstancesRequest.Builder tagged = faulty("RunInstances=InsufficientInstanceCapacity zone=us-east-1a");

        refused(
                "InsufficientInstanceCapacity",
                500,
                () -> emulator.launch(tagged.subnetId("subnet-0000000000000000a")));
        emulator.launch(tagged.subnetId("subnet-0000000000000000b"));
        refused("InvalidParameterValue", 400, () -> emulator.launch(faulty("something strange")));
    }

    @Test
    void start_whenThereIsNoCapacityForItsType_succeedsWithAnotherType() {
        String id = emulator.launch(faulty("StartInstances=InsufficientInstanceCapacity type=t3.micro times=always")
                .instanceType("t3.micro"));
        emulator.awaitState(id, "running");
        refused("IncorrectInstanceState", 400, () -> changeType(id, "t3.small"));
        emulator.ec2.stopInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "stopped");
        refused("InsufficientInstanceCapacity", 500, () -> start(id));

        changeType(id, "t3.small");
        start(id);

        emulator.awaitState(id, "running");
    }

    private void start(String id) {
        emulator.ec2.startInstances(request -> request.instanceIds(id));
    }

    private void changeType(String id, String type) {
        emulator.ec2.modifyInstanceAttribute(
                request -> request.instanceId(id).instanceType(value -> value.value(type)));
    }

    @Test
    void refusal_whenOfAnyOperation_happensThere() {
        String id = emulator.launch(faulty(
                "TerminateInstances=RequestLimitExceeded",
                "DescribeInstances=UnauthorizedOperation",
                "SendCommand=ThrottlingException times=2"));
        emulator.awaitOnline(id);

        refused("RequestLimitExceeded", 503, () -> emulator.ec2.terminateInstances(request -> request.instanceIds(id)));
        refused("UnauthorizedOperation", 403, () -> emulator.state(id));
        refused("ThrottlingException", 400, () -> emulator.send(id, "true"));
        refused("ThrottlingException", 400, () -> emulator.send(id, "true"));
        assertThat(emulator.awaitEnd(id, emulator.send(id, "true")).statusAsString())
                .isEqualTo("Success");
    }

    @Test
    void refusal_whenItHasAMessage_tellsThatAsOftenAsItSays() {
        var tagged = faulty("RunInstances=InvalidParameterValue times=2 message=Value (new) for parameter"
                + " iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> emulator.launch(tagged))
                    .hasMessageContaining("parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile");
        }
        emulator.launch(tagged);
        refused("SpotMaxPriceTooLow", 400, () -> emulator.launch(faulty("RunInstances=SpotMaxPriceTooLow")));
        refused("SpotMaxPriceTooLow", 400, () -> emulator.launch(faulty("RunInstances=SpotMaxPriceTooLow")));
    }

    @Test
    void agentFlapping_whenOrdered_isOnlineAndGoneInTurnAndCommandsEndAllTheSame() {
        String id = emulator.launch(faulty("agent-flapping=1"));
        emulator.awaitOnline(id);

        String command = emulator.send(id, "sleep 1");
        TestEmulator.until("the agent is gone", () -> !emulator.isOnline(id));
        refused("InvalidInstanceId", 400, () -> emulator.send(id, "true"));
        assertThat(emulator.state(id)).isEqualTo("running");

        assertThat(emulator.awaitEnd(id, command).statusAsString()).isEqualTo("Success");
        emulator.awaitOnline(id);
    }

    @ParameterizedTest
    @ValueSource(ints = {900, -900, 86_400})
    void clockSkew_whenOrdered_refusesUntilTheClientCorrectsItsClock(int seconds) {
        String id = emulator.launch(faulty("clock-skew=" + seconds));
        Instant there = Instant.now().plusSeconds(seconds);
        byte[] command = ("{\"InstanceIds\":[\"" + id + "\"],\"DocumentName\":\"AWS-RunShellScript\"}")
                .getBytes(StandardCharsets.UTF_8);

        var refused = described(id, Instant.now());
        assertThat(text(refused)).contains("RequestExpired");
        assertThat(refused.date().orElseThrow()).isCloseTo(there, within(1, ChronoUnit.MINUTES));
        assertThat(text(emulator.compute
                        .ssm("AmazonSSM.SendCommand", command, Optional.of(Instant.now()))
                        .orElseThrow()))
                .contains("InvalidSignatureException");

        Matcher launched = Pattern.compile("<launchTime>(.*)</launchTime>")
                .matcher(text(described(id, refused.date().orElseThrow())));
        assertThat(launched.find()).isTrue();
        assertThat(Instant.parse(launched.group(1))).isCloseTo(there, within(1, ChronoUnit.MINUTES));
        String other = emulator.launch();
        assertThat(text(described(other, there))).contains("<launchTime>");
    }

    private LocalCompute.Answer described(String id, Instant signed) {
        return emulator.compute.ec2("Action=DescribeInstances&InstanceId.1=" + id, Optional.of(signed));
    }

    private static String text(LocalCompute.Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void stuckPending_whenOrdered_neverRunsAndCanBeTerminated() {
        String id = emulator.launch(faulty("stuck-pending"));
        String other = emulator.launch();
        emulator.awaitState(other, "running");

        assertThat(emulator.state(id)).isEqualTo("pending");
        emulator.ec2.terminateInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "terminated");
    }

    @Test
    void agentOffline_whenOrdered_leavesARunningInstanceWithoutAgent() {
        String id = emulator.launch(faulty("agent-offline"));
        emulator.online();

        emulator.awaitState(id, "running");
        refused("InvalidInstanceId", 400, () -> emulator.send(id, "true"));
    }

    @Test
    void commandLimit_whenOrdered_endsACommandBeforeItsTimeLimit() {
        String id = emulator.launch(faulty("command-limit=2"));
        emulator.awaitOnline(id);

        var done = emulator.awaitEnd(id, emulator.send(id, "echo begun; sleep 600"));

        assertThat(done.statusDetails()).isEqualTo("ExecutionTimedOut");
        assertThat(done.standardOutputContent()).isEqualTo("begun\n");
    }

    @Test
    void undelivered_whenOrdered_timesOutInDelivery() {
        String id = emulator.launch(faulty("undelivered"));
        emulator.awaitOnline(id);

        var answer = emulator.compute
                .ssm(
                        "AmazonSSM.SendCommand",
                        ("{\"InstanceIds\":[\"" + id
                                        + "\"],\"DocumentName\":\"AWS-RunShellScript\",\"TimeoutSeconds\":5,"
                                        + "\"Parameters\":{\"commands\":[\"true\"]}}")
                                .getBytes(StandardCharsets.UTF_8),
                        Optional.empty())
                .orElseThrow();
        assertThat(answer.status()).isEqualTo(200);
        String command = emulator.ssm.listCommands().commands().getFirst().commandId();
        assertThat(emulator.invocation(id, command).statusAsString()).isEqualTo("Pending");

        var done = emulator.awaitEnd(id, command);
        assertThat(done.statusAsString()).isEqualTo("TimedOut");
        assertThat(done.statusDetails()).isEqualTo("DeliveryTimedOut");
        assertThat(done.executionStartDateTime()).isEmpty();
    }

    @Test
    void interrupt_whenItsTimeHasCome_terminatesWithTheReason() {
        String id = emulator.launch(spot("interrupt=1 market=spot"));
        emulator.awaitState(id, "terminated");

        assertThat(emulator.instance(id).stateReason().code()).isEqualTo("Server.SpotInstanceTermination");
        TestEmulator.until(
                "all changes were reported", () -> emulator.changesOf(id).contains("terminated"));
        assertThat(emulator.changesOf(id)).containsExactly("pending", "running", "shutting-down", "terminated");
    }

    @Test
    void interrupt_beforeItsTime_warnsInTheMetadataOfTheInstance() {
        String id = emulator.launch(spot("interrupt=3"));
        String other = emulator.launch(spot());
        String path = "/latest/meta-data/spot/instance-action";
        var token = Optional.of(new String(
                emulator.compute
                        .instanceMetadata(id, "/latest/api/token", Optional.empty())
                        .body(),
                StandardCharsets.UTF_8));
        assertThat(emulator.compute.instanceMetadata(id, path, token).status()).isEqualTo(404);

        TestEmulator.until(
                "warned",
                () -> emulator.compute.instanceMetadata(id, path, token).status() == 200);

        assertThat(emulator.compute.instanceMetadata(id, path, token).body())
                .asString(StandardCharsets.UTF_8)
                .contains("\"action\":\"terminate\"", "\"time\":\"20");
        assertThat(emulator.compute
                        .instanceMetadata(id, path, Optional.of("wrong"))
                        .status())
                .isEqualTo(401);
        assertThat(emulator.compute.instanceMetadata(other, path, token).status())
                .isEqualTo(404);
    }

    @Test
    void kill_whenItHappens_takesTheProcessesAtOnce() {
        emulator.image("stubborn", "#!/bin/sh\ntrap '' TERM; while true; do sleep 7451; done\n");
        String id = emulator.launch(faulty("kill=3").imageId("ami-stubborn"));
        TestEmulator.until("it runs", () -> TestEmulator.runs("sleep 7451"));

        emulator.awaitState(id, "terminated");

        assertThat(TestEmulator.runs("sleep 7451")).isFalse();
        assertThat(emulator.instance(id).stateReason().code()).isEqualTo("Server.InternalError");
    }

    @Test
    void parse_whenTheTextIsWrong_saysWhatIsKnown() {
        assertThat(Fault.parse(" kill=5  market=spot times=always "))
                .isEqualTo(new Fault(
                        new Fault.Trouble(Fault.Kind.KILL, Duration.ofSeconds(5)),
                        Map.of("market", "spot"),
                        Integer.MAX_VALUE));
        for (String text : List.of(
                "RunInstances=SpotMaxPriceTooLow market=spot type=t4g.large times=2",
                "stuck-pending",
                "agent-flapping=2",
                "clock-skew=-900",
                "RunInstances=InvalidParameterValue times=2 message=Invalid IAM Instance Profile name")) {
            assertThatNoException().isThrownBy(() -> Fault.parse(text));
        }
        for (String text : List.of(
                "explode",
                "kill=soon",
                "kill=1 colour=red",
                "kill=1 times=often",
                "kill=-1",
                "kill=1 times=0",
                "stuck-pending message=no",
                "")) {
            assertThatThrownBy(() -> Fault.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static RunInstancesRequest.Builder spot(String... faults) {
        return faulty(faults).instanceMarketOptions(market -> market.marketType(MarketType.SPOT));
    }

    private static void refused(String code, int status, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AwsServiceException.class, e -> {
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            assertThat(e.statusCode()).isEqualTo(status);
        });
    }
}
