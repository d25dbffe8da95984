package dev.wakebox.local.compute;

import static dev.wakebox.local.compute.TestMachine.box;
import static dev.wakebox.local.compute.TestMachine.faulty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

class FaultsTest {
    @TempDir
    private Path root;

    private TestMachine machine;

    @BeforeEach
    void start() {
        machine = new TestMachine(root);
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void refusal_whenLimited_happensToWhatItNamesAsOftenAsItSays() {
        machine.compute.faults().add(Fault.parse("RunInstances=InsufficientInstanceCapacity market=spot times=2"));
        machine.compute.faults().add(Fault.parse("RunInstances=SpotMaxPriceTooLow market=spot type=t4g.large"));

        machine.launch();
        refused("InsufficientInstanceCapacity", 500, () -> machine.launch(spot()));
        refused("InsufficientInstanceCapacity", 500, () -> machine.launch(spot()));
        refused("SpotMaxPriceTooLow", 400, () -> machine.launch(spot()));
        machine.launch(spot());
        assertThat(machine.compute.faults().list()).isEmpty();
    }

    @Test
    void refusal_whenOrderedByTag_happensToThatRequestOnly() {
        RunInstancesRequest.Builder tagged = faulty("RunInstances=InsufficientInstanceCapacity zone=us-east-1a");

        refused("InsufficientInstanceCapacity", 500, () -> machine.launch(tagged.subnetId("subnet-0000000000000000a")));
        machine.launch(tagged.subnetId("subnet-0000000000000000b"));
        refused("InvalidParameterValue", 400, () -> machine.launch(faulty("something strange")));
    }

    @Test
    void refusal_whenOfAnyOperation_happensThere() {
        String id = machine.online();
        machine.compute.faults().add(Fault.parse("TerminateInstances=RequestLimitExceeded"));
        machine.compute.faults().add(Fault.parse("DescribeInstances=UnauthorizedOperation"));
        machine.compute.faults().add(Fault.parse("SendCommand=ThrottlingException times=2"));

        refused("RequestLimitExceeded", 503, () -> machine.ec2.terminateInstances(request -> request.instanceIds(id)));
        refused("UnauthorizedOperation", 403, () -> machine.state(id));
        refused("ThrottlingException", 400, () -> machine.send(id, "true"));
        refused("ThrottlingException", 400, () -> machine.send(id, "true"));
        assertThat(machine.awaitEnd(id, machine.send(id, "true")).statusAsString())
                .isEqualTo("Success");
    }

    @Test
    void stuckPending_whenOrdered_neverRunsAndCanBeTerminated() {
        String id = machine.launch(faulty("stuck-pending"));
        String other = machine.launch();
        machine.awaitState(other, "running");

        assertThat(machine.state(id)).isEqualTo("pending");
        machine.ec2.terminateInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "terminated");
    }

    @Test
    void agentOffline_whenOrdered_leavesARunningBoxWithoutAgent() {
        String id = machine.launch(faulty("agent-offline"));
        machine.online();

        machine.awaitState(id, "running");
        refused("InvalidInstanceId", 400, () -> machine.send(id, "true"));
    }

    @Test
    void undelivered_whenOrdered_timesOutInDelivery() {
        String id = machine.launch(faulty("undelivered"));
        machine.awaitOnline(id);

        var answer = machine.compute
                .ssm(
                        "AmazonSSM.SendCommand",
                        ("{\"InstanceIds\":[\"" + id
                                        + "\"],\"DocumentName\":\"AWS-RunShellScript\",\"TimeoutSeconds\":5,"
                                        + "\"Parameters\":{\"commands\":[\"true\"]}}")
                                .getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        assertThat(answer.status()).isEqualTo(200);
        String command = machine.ssm.listCommands().commands().getFirst().commandId();
        assertThat(machine.invocation(id, command).statusAsString()).isEqualTo("Pending");

        var done = machine.awaitEnd(id, command);
        assertThat(done.statusAsString()).isEqualTo("TimedOut");
        assertThat(done.statusDetails()).isEqualTo("DeliveryTimedOut");
        assertThat(done.executionStartDateTime()).isEmpty();
    }

    @Test
    void interrupt_whenItsTimeHasCome_terminatesWithTheReason() {
        machine.compute.faults().add(Fault.parse("interrupt=1 market=spot"));

        String id = machine.launch(spot());
        machine.awaitState(id, "terminated");

        assertThat(machine.instance(id).stateReason().code()).isEqualTo("Server.SpotInstanceTermination");
        TestMachine.until("all was told", () -> machine.changesOf(id).contains("terminated"));
        assertThat(machine.changesOf(id)).containsExactly("pending", "running", "shutting-down", "terminated");
    }

    @Test
    void kill_whenItHappens_takesTheProcessesAtOnce() {
        String id = machine.online();
        machine.send(id, "trap '' TERM; while true; do sleep 7451; done");
        TestMachine.until("it runs", () -> TestMachine.runs("sleep 7451"));

        machine.compute.kill(id);
        machine.awaitState(id, "terminated");

        assertThat(TestMachine.runs("sleep 7451")).isFalse();
        assertThat(machine.instance(id).stateReason().code()).isEqualTo("Server.InternalError");
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
                "kill=5 times=always")) {
            assertThat(Fault.parse(text)).hasToString(text);
        }
        for (String text : List.of("explode", "kill=soon", "kill=1 colour=red", "kill=1 times=often", "")) {
            assertThatThrownBy(() -> Fault.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static RunInstancesRequest.Builder spot() {
        return box().instanceMarketOptions(market -> market.marketType(MarketType.SPOT));
    }

    private static void refused(String code, int status, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AwsServiceException.class, e -> {
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            assertThat(e.statusCode()).isEqualTo(status);
        });
    }
}
