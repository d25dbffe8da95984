package dev.wakebox.local.compute;

import static dev.wakebox.local.compute.TestMachine.box;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ssm.model.CommandFilter;
import software.amazon.awssdk.services.ssm.model.CommandFilterKey;
import software.amazon.awssdk.services.ssm.model.SsmException;
import software.amazon.awssdk.services.ssm.model.Target;

class SsmTest {
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
    void sendCommand_whenItSucceeds_answersItsOutput() {
        String id = machine.online();

        String command = machine.send(id, "greeting=$GREETING", "echo \"$greeting world\"", "echo careful >&2");
        var done = machine.awaitEnd(id, command);

        assertThat(done.statusAsString()).isEqualTo("Success");
        assertThat(done.statusDetails()).isEqualTo("Success");
        assertThat(done.responseCode()).isZero();
        assertThat(done.standardOutputContent()).isEqualTo("hello world\n");
        assertThat(done.standardErrorContent()).isEqualTo("careful\n");
        assertThat(Instant.parse(done.executionEndDateTime()))
                .isEqualTo(
                        Instant.parse(done.executionStartDateTime()).plus(Duration.parse(done.executionElapsedTime())));
    }

    @Test
    void sendCommand_whenTheLastLineFails_failsWithItsCode() {
        String id = machine.online();

        var done = machine.awaitEnd(id, machine.send(id, "echo why >&2", "exit 3"));

        assertThat(done.statusAsString()).isEqualTo("Failed");
        assertThat(done.responseCode()).isEqualTo(3);
        assertThat(done.standardErrorContent()).isEqualTo("why\nfailed to run commands: exit status 3\n");
    }

    @Test
    void sendCommand_whenALineInBetweenFails_goesOnAsSystemsManagerDoes() {
        String id = machine.online();

        var done = machine.awaitEnd(id, machine.send(id, "false", "echo after"));

        assertThat(done.statusAsString()).isEqualTo("Success");
        assertThat(done.standardOutputContent()).isEqualTo("after\n");
    }

    @Test
    void sendCommand_whenItsFirstLineNamesAnInterpreter_usesThat() {
        String id = machine.online();

        var done = machine.awaitEnd(id, machine.send(id, "#!/usr/bin/env python3", "print(6 * 7)"));

        assertThat(done.standardOutputContent()).isEqualTo("42\n");
    }

    @Test
    void runuser_whenThereIsNoSuchUser_runsInTheInstancesHome() throws IOException {
        String id = machine.online();
        Path home = machine.directory.resolve(id).resolve("home").toRealPath();

        var done = machine.awaitEnd(
                id,
                machine.send(
                        id,
                        "runuser -l ec2-user -c 'mkdir job && cd /home/ec2-user/job && pwd && echo $HOME $USER'",
                        "sudo -u ec2-user ls /home/ec2-user",
                        "su - ec2-user -c \"test -d /home/ec2-user/job && echo 'it is there'\""));

        assertThat(done.standardErrorContent()).isEmpty();
        assertThat(done.standardOutputContent()).isEqualTo(home + "/job\n" + home + " ec2-user\njob\nit is there\n");
    }

    @Test
    void workingDirectory_whenGiven_isUsed() {
        String id = machine.online();
        machine.awaitEnd(id, machine.send(id, "mkdir here"));

        var done = machine.awaitEnd(
                id,
                machine.send(
                        id, Map.of("commands", List.of("pwd"), "workingDirectory", List.of("/home/ec2-user/here"))));
        var lost = machine.awaitEnd(
                id, machine.send(id, Map.of("commands", List.of("pwd"), "workingDirectory", List.of("/nowhere"))));

        assertThat(done.standardOutputContent()).endsWith("/home/here\n");
        assertThat(lost.statusAsString()).isEqualTo("Failed");
        assertThat(lost.standardErrorContent()).contains("/nowhere");
    }

    @Test
    void output_whenLong_isCutAsSystemsManagerDoes() {
        String id = machine.online();

        var done = machine.awaitEnd(
                id, machine.send(id, "head -c 30000 /dev/zero | tr '\\0' o; head -c 9000 /dev/zero | tr '\\0' e >&2"));

        assertThat(done.standardOutputContent().length()).isEqualTo(24_000);
        assertThat(done.standardErrorContent().length()).isEqualTo(8_000);
    }

    @Test
    void output_whenABucketIsNamed_isPutThere() {
        String id = machine.online();
        String command = machine.ssm
                .sendCommand(request -> request.instanceIds(id)
                        .documentName("AWS-RunShellScript")
                        .parameters(Map.of("commands", List.of("echo kept", "echo warned >&2")))
                        .outputS3BucketName("logs")
                        .outputS3KeyPrefix("runs/1/"))
                .command()
                .commandId();

        var done = machine.awaitEnd(id, command);

        String folder = "/logs/runs/1/" + command + "/" + id + "/awsrunShellScript/0.awsrunShellScript/";
        assertThat(machine.objects)
                .containsOnly(Map.entry(folder + "stdout", "kept\n"), Map.entry(folder + "stderr", "warned\n"));
        assertThat(done.standardOutputUrl()).endsWith(folder + "stdout");
    }

    @Test
    void executionTimeout_whenOver_endsAllOfTheCommand() {
        String id = machine.online();

        String command = machine.send(
                id,
                Map.of(
                        "commands", List.of("echo begun", "setsid sleep 7411 & sleep 7412"),
                        "executionTimeout", List.of("5")));
        var done = machine.awaitEnd(id, command);

        assertThat(done.statusAsString()).isEqualTo("TimedOut");
        assertThat(done.statusDetails()).isEqualTo("ExecutionTimedOut");
        assertThat(done.standardOutputContent()).isEqualTo("begun\n");
        assertThat(TestMachine.runs("sleep 741")).isFalse();
    }

    @Test
    void cancelCommand_whenItRuns_endsAllOfIt() {
        String id = machine.online();
        String command = machine.send(id, "trap '' TERM", "sleep 7421 & sleep 7422; sleep 7423");
        TestMachine.until("it runs", () -> TestMachine.runs("sleep 7422"));

        machine.ssm.cancelCommand(request -> request.commandId(command));

        assertThat(machine.invocation(id, command).statusAsString()).isIn("Cancelling", "Cancelled");
        assertThat(machine.awaitEnd(id, command).statusAsString()).isEqualTo("Cancelled");
        assertThat(TestMachine.runs("sleep 742")).isFalse();
        assertThat(machine.state(id)).isEqualTo("running");
    }

    @Test
    void commands_whenSentTogether_runTogether() {
        String id = machine.online();

        // Each waits for the next: they only end if all of them run at once.
        List<String> commands = IntStream.range(0, 5)
                .mapToObj(i -> machine.send(
                        id, "touch $HOME/" + i, "until [ -e $HOME/" + (i + 1) % 5 + " ]; do sleep 0.05; done"))
                .toList();

        assertThat(commands)
                .allSatisfy(command -> assertThat(machine.awaitEnd(id, command).statusAsString())
                        .isEqualTo("Success"));
    }

    @Test
    void background_whenTheCommandHasEnded_livesUntilTheInstanceStops() {
        String id = machine.online();

        var done = machine.awaitEnd(id, machine.send(id, "nohup sleep 7431 > /dev/null 2>&1 &"));

        assertThat(done.statusAsString()).isEqualTo("Success");
        TestMachine.until("it lives on", () -> TestMachine.runs("sleep 7431"));
        machine.ec2.stopInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "stopped");
        assertThat(TestMachine.runs("sleep 7431")).isFalse();
    }

    @Test
    void instance_whenItEndsMidCommand_takesItAlongWithoutAReport() {
        String id = machine.online();
        String command = machine.send(id, Map.of("commands", List.of("sleep 7441"), "executionTimeout", List.of("10")));
        TestMachine.until("it runs", () -> TestMachine.runs("sleep 7441"));

        machine.ec2.terminateInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "terminated");

        assertThat(TestMachine.runs("sleep 7441")).isFalse();
        assertThat(machine.invocation(id, command).statusAsString()).isEqualTo("InProgress");
        assertThat(machine.awaitEnd(id, command).statusAsString()).isEqualTo("TimedOut");
    }

    @Test
    void sendCommand_whenTheInstanceCannotBeReached_isRefused() {
        String pending = machine.launch();
        refused("InvalidInstanceId", () -> machine.send(pending, "true"));
        refused("InvalidInstanceId", () -> machine.send("i-0123456789abcdef0", "true"));

        machine.awaitOnline(pending);
        machine.ec2.stopInstances(request -> request.instanceIds(pending));
        refused("InvalidInstanceId", () -> machine.send(pending, "true"));
        assertThat(machine.ssm.describeInstanceInformation().instanceInformationList())
                .extracting(information -> information.pingStatusAsString())
                .containsExactly("ConnectionLost");
    }

    @Test
    void agent_whenThereIsNoInstanceProfile_neverComesOnline() {
        String without = machine.launch(box().iamInstanceProfile(profile -> {}));
        String with = machine.online();
        machine.awaitState(without, "running");

        assertThat(machine.ssm.describeInstanceInformation().instanceInformationList())
                .extracting(information -> information.instanceId())
                .containsExactly(with);
    }

    @Test
    void agent_whenRebooted_comesBack() {
        String id = machine.online();

        machine.send(id, "reboot");

        TestMachine.until("booted twice", () -> {
            try {
                return Files.readString(machine.directory.resolve(id).resolve("console.log"))
                                .split("is up", -1)
                                .length
                        == 3;
            } catch (IOException e) {
                return false;
            }
        });
        machine.awaitOnline(id);
        assertThat(machine.changesOf(id)).containsExactly("pending", "running");
    }

    @Test
    void sendCommand_whenSomethingIsWrong_answersSystemsManagersErrors() {
        String id = machine.online();
        machine.send(id, "true");

        refused(
                "InvalidDocument",
                () -> machine.ssm.sendCommand(request -> request.instanceIds(id).documentName("AWS-Nothing")));
        refused("InvalidParameters", () -> machine.send(id, Map.of()));
        refused(
                "InvalidParameters",
                () -> machine.send(id, Map.of("commands", List.of("true"), "executionTimeout", List.of("soon"))));
        refused(
                "InvalidParameters",
                () -> machine.send(id, Map.of("commands", List.of("true"), "speed", List.of("high"))));
        refused(
                "ValidationException",
                () -> machine.ssm.listCommands(request -> request.filters(CommandFilter.builder()
                        .key(CommandFilterKey.INVOKED_AFTER)
                        .value("yesterday")
                        .build())));
        refused("InvocationDoesNotExist", () -> machine.invocation(id, "00000000-0000-0000-0000-000000000000"));
        refused(
                "InvalidCommandId",
                () -> machine.ssm.cancelCommand(request -> request.commandId("00000000-0000-0000-0000-000000000000")));
    }

    @Test
    void lists_whenAsked_answerCommandsAndInvocations() {
        String one = machine.online();
        String two = machine.online();
        String command = machine.ssm
                .sendCommand(request -> request.targets(Target.builder()
                                .key("InstanceIds")
                                .values(one, two)
                                .build())
                        .documentName("AWS-RunShellScript")
                        .comment("both")
                        .parameters(Map.of("commands", List.of("echo $WAKEBOX_INSTANCE_ID"))))
                .command()
                .commandId();
        machine.awaitEnd(one, command);
        machine.awaitEnd(two, command);

        var invocations = machine.ssm
                .listCommandInvocations(request -> request.commandId(command).details(true))
                .commandInvocations();
        assertThat(invocations)
                .extracting(invocation -> invocation.commandPlugins().getFirst().output())
                .containsExactlyInAnyOrder(one + "\n", two + "\n");
        var commands = machine.ssm
                .listCommands(request -> request.filters(CommandFilter.builder()
                        .key(CommandFilterKey.STATUS)
                        .value("Success")
                        .build()))
                .commands();
        assertThat(commands).singleElement().satisfies(listed -> {
            assertThat(listed.commandId()).isEqualTo(command);
            assertThat(listed.comment()).isEqualTo("both");
            assertThat(listed.completedCount()).isEqualTo(2);
            assertThat(listed.statusAsString()).isEqualTo("Success");
        });
    }

    @Test
    void ssm_whenTheOperationIsNotAboutCommands_leavesItToOthers() {
        byte[] request = "{}".getBytes(StandardCharsets.UTF_8);

        assertThat(machine.compute.ssm("AmazonSSM.GetParameter", request)).isEmpty();
        assertThat(machine.compute.ssm("DynamoDB_20120810.SendCommand", request))
                .isEmpty();
        assertThat(machine.compute.ssm("AmazonSSM.SendCommand", "[".getBytes(StandardCharsets.UTF_8)))
                .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(400));
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SsmException.class, e -> assertThat(
                        e.awsErrorDetails().errorCode())
                .isEqualTo(code));
    }
}
