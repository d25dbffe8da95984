package dev.wakebox.local.ec2;

import static dev.wakebox.local.ec2.TestEmulator.request;
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
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ssm.model.CommandFilter;
import software.amazon.awssdk.services.ssm.model.CommandFilterKey;
import software.amazon.awssdk.services.ssm.model.SsmException;
import software.amazon.awssdk.services.ssm.model.Target;

class SsmTest {
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
    void sendCommand_whenItSucceeds_answersItsOutput() {
        String id = emulator.online();

        String command = emulator.send(id, "greeting=$GREETING", "echo \"$greeting world\"", "echo careful >&2");
        var done = emulator.awaitEnd(id, command);

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
        String id = emulator.online();

        var done = emulator.awaitEnd(id, emulator.send(id, "echo why >&2", "exit 3"));

        assertThat(done.statusAsString()).isEqualTo("Failed");
        assertThat(done.responseCode()).isEqualTo(3);
        assertThat(done.standardErrorContent()).isEqualTo("why\nfailed to run commands: exit status 3\n");
    }

    @Test
    void sendCommand_whenALineInBetweenFails_goesOnAsSystemsManagerDoes() {
        String id = emulator.online();

        var done = emulator.awaitEnd(id, emulator.send(id, "false", "echo after"));

        assertThat(done.statusAsString()).isEqualTo("Success");
        assertThat(done.standardOutputContent()).isEqualTo("after\n");
    }

    @Test
    void sendCommand_whenItsFirstLineNamesAnInterpreter_usesThat() {
        String id = emulator.online();

        var done = emulator.awaitEnd(id, emulator.send(id, "#!/usr/bin/env python3", "print(6 * 7)"));

        assertThat(done.standardOutputContent()).isEqualTo("42\n");
    }

    @Test
    void runuser_whenThereIsNoSuchUser_runsInTheInstancesHome() throws IOException {
        String id = emulator.online();
        Path home = emulator.directory.resolve(id).resolve("home").toRealPath();

        var done = emulator.awaitEnd(
                id,
                emulator.send(
                        id,
                        "runuser -l ec2-user -c 'mkdir job && cd /home/ec2-user/job && pwd && echo $HOME $USER'",
                        "sudo -u ec2-user ls /home/ec2-user",
                        "su - ec2-user -c \"test -d /home/ec2-user/job && echo 'it is there'\""));

        assertThat(done.standardErrorContent()).isEmpty();
        assertThat(done.standardOutputContent()).isEqualTo(home + "/job\n" + home + " ec2-user\njob\nit is there\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            runuser -l ec2-user -c 'echo "$A$B"'                      | n/a
            su - ec2-user -c 'echo "$A$B"'                            | n/a
            runuser -l ec2-user -w A,HOME -c 'echo "$A$B"'            | 1
            runuser -u ec2-user -- sh -c 'echo "$A$B"'                | 12
            sudo sh -c 'echo "$A$B"'                                  | n/a
            sudo --preserve-env=B sh -c 'echo "$A$B"'                 | 2
            sudo -E -u ec2-user sh -c 'echo "$A$B"'                   | 12
            sudo A=3 sh -c 'echo "$A$B"'                              | 3
            """)
    void variables_ofTheCommands_reachAnotherUserAsOnLinux(String command, String printed) {
        String id = emulator.online();

        var done = emulator.awaitEnd(id, emulator.send(id, "export A=1 B=2", command));

        assertThat(done.standardErrorContent()).isEmpty();
        assertThat(done.standardOutputContent()).isEqualTo(printed.replace("n/a", "") + "\n");
    }

    @Test
    void workingDirectory_whenGiven_isUsed() {
        String id = emulator.online();
        emulator.awaitEnd(id, emulator.send(id, "mkdir here"));

        var done = emulator.awaitEnd(
                id,
                emulator.send(
                        id, Map.of("commands", List.of("pwd"), "workingDirectory", List.of("/home/ec2-user/here"))));
        var lost = emulator.awaitEnd(
                id, emulator.send(id, Map.of("commands", List.of("pwd"), "workingDirectory", List.of("/nowhere"))));

        assertThat(done.standardOutputContent()).endsWith("/home/here\n");
        assertThat(lost.statusAsString()).isEqualTo("Failed");
        assertThat(lost.standardErrorContent()).contains("/nowhere");
    }

    @Test
    void commands_whenTheirFirstLineNamesAnInterpreter_areItsScript() {
        String id = emulator.online();

        var bash = emulator.awaitEnd(
                id, emulator.send(id, "#!/bin/bash", "words=(x y z)", "", "[[ a == a ]] && echo \\", "${words[2]}"));
        var python = emulator.awaitEnd(
                id, emulator.send(id, "#!/usr/bin/env python3", "for word in ['a', 'b']:", "    print(word)"));

        assertThat(bash.standardOutputContent()).isEqualTo("z\n");
        assertThat(python.standardOutputContent()).isEqualTo("a\nb\n");
    }

    @Test
    void output_whenLong_isCutAsSystemsManagerDoes() {
        String id = emulator.online();

        var done = emulator.awaitEnd(
                id, emulator.send(id, "head -c 30000 /dev/zero | tr '\\0' o; head -c 9000 /dev/zero | tr '\\0' e >&2"));

        assertThat(done.standardOutputContent().length()).isEqualTo(24_000);
        assertThat(done.standardErrorContent().length()).isEqualTo(8_000);
    }

    @Test
    void output_whenABucketIsNamed_isPutThere() {
        String id = emulator.online();
        String command = emulator.ssm
                .sendCommand(request -> request.instanceIds(id)
                        .documentName("AWS-RunShellScript")
                        .parameters(Map.of("commands", List.of("echo kept", "echo warned >&2")))
                        .outputS3BucketName("logs")
                        .outputS3KeyPrefix("runs/1/"))
                .command()
                .commandId();

        var done = emulator.awaitEnd(id, command);

        String folder = "/logs/runs/1/" + command + "/" + id + "/awsrunShellScript/0.awsrunShellScript/";
        assertThat(emulator.objects)
                .containsOnly(Map.entry(folder + "stdout", "kept\n"), Map.entry(folder + "stderr", "warned\n"));
        assertThat(done.standardOutputUrl()).endsWith(folder + "stdout");
    }

    @Test
    void executionTimeout_whenOver_endsTheProcessGroupOfTheCommand() {
        String id = emulator.online();

        String command = emulator.send(
                id,
                Map.of(
                        "commands", List.of("echo begun", "setsid sleep 7411 & sleep 7412"),
                        "executionTimeout", List.of("5")));
        var done = emulator.awaitEnd(id, command);

        assertThat(done.statusAsString()).isEqualTo("TimedOut");
        assertThat(done.statusDetails()).isEqualTo("ExecutionTimedOut");
        assertThat(done.standardOutputContent()).isEqualTo("begun\n");
        assertThat(TestEmulator.runs("sleep 7412")).isFalse();
        assertThat(TestEmulator.runs("sleep 7411"))
                .as("it is in a session of its own, which the agent doesn't end")
                .isTrue();
        emulator.ec2.terminateInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "terminated");
        assertThat(TestEmulator.runs("sleep 7411")).isFalse();
    }

    @Test
    void cancelCommand_whenItRuns_endsAllOfIt() {
        String id = emulator.online();
        String command = emulator.send(id, "trap '' TERM", "sleep 7421 & sleep 7422; sleep 7423");
        TestEmulator.until("it runs", () -> TestEmulator.runs("sleep 7422"));

        emulator.ssm.cancelCommand(request -> request.commandId(command));

        assertThat(emulator.invocation(id, command).statusAsString()).isIn("Cancelling", "Cancelled");
        assertThat(emulator.awaitEnd(id, command).statusAsString()).isEqualTo("Cancelled");
        assertThat(TestEmulator.runs("sleep 742")).isFalse();
        assertThat(emulator.state(id)).isEqualTo("running");
    }

    @Test
    void commands_whenSentTogether_runTogether() {
        String id = emulator.online();

        // Each waits for the next: they end only if all of them run at the same time.
        List<String> commands = IntStream.range(0, 5)
                .mapToObj(i -> emulator.send(
                        id, "touch $HOME/" + i, "until [ -e $HOME/" + (i + 1) % 5 + " ]; do sleep 0.05; done"))
                .toList();

        assertThat(commands)
                .allSatisfy(command -> assertThat(emulator.awaitEnd(id, command).statusAsString())
                        .isEqualTo("Success"));
    }

    @Test
    void background_whenTheCommandHasEnded_livesUntilTheInstanceStops() {
        String id = emulator.online();

        var done = emulator.awaitEnd(id, emulator.send(id, "nohup sleep 7431 > /dev/null 2>&1 &"));

        assertThat(done.statusAsString()).isEqualTo("Success");
        TestEmulator.until("it lives on", () -> TestEmulator.runs("sleep 7431"));
        emulator.ec2.stopInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "stopped");
        assertThat(TestEmulator.runs("sleep 7431")).isFalse();
    }

    @Test
    void instance_whenItEndsMidCommand_takesItAlongWithoutAReport() {
        String id = emulator.online();
        String command =
                emulator.send(id, Map.of("commands", List.of("sleep 7441"), "executionTimeout", List.of("10")));
        TestEmulator.until("it runs", () -> TestEmulator.runs("sleep 7441"));

        emulator.ec2.terminateInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "terminated");

        assertThat(TestEmulator.runs("sleep 7441")).isFalse();
        assertThat(emulator.invocation(id, command).statusAsString()).isEqualTo("InProgress");
        assertThat(emulator.awaitEnd(id, command).statusAsString()).isEqualTo("TimedOut");
    }

    @Test
    void sendCommand_whenTheInstanceCannotBeReached_isRefused() {
        String pending = emulator.launch();
        refused("InvalidInstanceId", () -> emulator.send(pending, "true"));
        refused("InvalidInstanceId", () -> emulator.send("i-0123456789abcdef0", "true"));

        emulator.awaitOnline(pending);
        emulator.ec2.stopInstances(request -> request.instanceIds(pending));
        refused("InvalidInstanceId", () -> emulator.send(pending, "true"));
        assertThat(emulator.ssm.describeInstanceInformation().instanceInformationList())
                .extracting(information -> information.pingStatusAsString())
                .containsExactly("ConnectionLost");
    }

    @Test
    void agent_whenThereIsNoInstanceProfile_neverComesOnline() {
        String without = emulator.launch(request().iamInstanceProfile(profile -> {}));
        String with = emulator.online();
        emulator.awaitState(without, "running");

        assertThat(emulator.ssm.describeInstanceInformation().instanceInformationList())
                .extracting(information -> information.instanceId())
                .containsExactly(with);
    }

    @Test
    void agent_whenRebooted_comesBack() {
        String id = emulator.online();

        emulator.send(id, "reboot");

        TestEmulator.until("booted twice", () -> {
            try {
                return Files.readString(emulator.directory.resolve(id).resolve("console.log"))
                                .split("is up", -1)
                                .length
                        == 3;
            } catch (IOException e) {
                return false;
            }
        });
        emulator.awaitOnline(id);
        assertThat(emulator.changesOf(id)).containsExactly("pending", "running");
    }

    @Test
    void sendCommand_whenSomethingIsWrong_answersSystemsManagersErrors() {
        String id = emulator.online();
        emulator.send(id, "true");

        refused(
                "InvalidDocument",
                () -> emulator.ssm.sendCommand(
                        request -> request.instanceIds(id).documentName("AWS-Nothing")));
        refused("InvalidParameters", () -> emulator.send(id, Map.of()));
        refused(
                "InvalidParameters",
                () -> emulator.send(id, Map.of("commands", List.of("true"), "executionTimeout", List.of("soon"))));
        refused(
                "InvalidParameters",
                () -> emulator.send(id, Map.of("commands", List.of("true"), "speed", List.of("high"))));
        refused(
                "ValidationException",
                () -> emulator.ssm.listCommands(request -> request.filters(CommandFilter.builder()
                        .key(CommandFilterKey.INVOKED_AFTER)
                        .value("yesterday")
                        .build())));
        refused("InvocationDoesNotExist", () -> emulator.invocation(id, "00000000-0000-0000-0000-000000000000"));
        refused(
                "InvalidCommandId",
                () -> emulator.ssm.cancelCommand(request -> request.commandId("00000000-0000-0000-0000-000000000000")));
    }

    @Test
    void listCommands_whenSentToTargets_answersTheirCommand() {
        String one = emulator.online();
        String two = emulator.online();
        String command = emulator.ssm
                .sendCommand(request -> request.targets(Target.builder()
                                .key("InstanceIds")
                                .values(one, two)
                                .build())
                        .documentName("AWS-RunShellScript")
                        .comment("both")
                        .parameters(Map.of("commands", List.of("echo $WAKEBOX_INSTANCE_ID"))))
                .command()
                .commandId();
        emulator.awaitEnd(one, command);
        emulator.awaitEnd(two, command);

        assertThat(List.of(one, two))
                .allSatisfy(id -> assertThat(emulator.invocation(id, command).standardOutputContent())
                        .isEqualTo(id + "\n"));
        var commands = emulator.ssm
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

        assertThat(emulator.compute.ssm("AmazonSSM.GetParameter", request, Optional.empty()))
                .isEmpty();
        assertThat(emulator.compute.ssm("DynamoDB_20120810.SendCommand", request, Optional.empty()))
                .isEmpty();
        assertThat(emulator.compute.ssm(
                        "AmazonSSM.SendCommand", "[".getBytes(StandardCharsets.UTF_8), Optional.empty()))
                .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(400));
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SsmException.class, e -> assertThat(
                        e.awsErrorDetails().errorCode())
                .isEqualTo(code));
    }
}
