package dev.wakebox.local.compute;

import static dev.wakebox.local.compute.TestMachine.box;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoProcessSurvivesTest {
    /** Ignores SIGTERM, and leaves its session and its parent. */
    private static String stubborn(int number) {
        return "#!/bin/sh\ntrap '' TERM\n(setsid sh -c \"trap '' TERM; sleep " + number + "1; sleep " + number
                + "1\" &)\nsleep " + number + "2 & sleep " + number + "3; sleep " + number + "3\n";
    }

    @TempDir
    private Path root;

    @Test
    void close_whenBootAndCommandsAreStubborn_leavesNothing() {
        try (var machine = new TestMachine(root)) {
            machine.image("stubborn", stubborn(751));
            String id = machine.launch(box().imageId("ami-stubborn"));
            machine.awaitOnline(id);
            machine.send(id, stubborn(752));
            TestMachine.until(
                    "all run",
                    () -> TestMachine.runs("sleep 7511")
                            && TestMachine.runs("sleep 7513")
                            && TestMachine.runs("sleep 7521")
                            && TestMachine.runs("sleep 7523"));
        }

        assertThat(TestMachine.runs("sleep 751")).isFalse();
        assertThat(TestMachine.runs("sleep 752")).isFalse();
        assertThat(TestMachine.runs(root.toString())).isFalse();
    }

    @Test
    void stop_whenBootIsStubborn_killsItAfterTheGraceTime() {
        try (var machine = new TestMachine(root)) {
            machine.image("stubborn", stubborn(753));
            String id = machine.launch(box().imageId("ami-stubborn"));
            TestMachine.until("it runs", () -> TestMachine.runs("sleep 7533"));

            machine.ec2.stopInstances(request -> request.instanceIds(id));
            machine.awaitState(id, "stopped");

            assertThat(TestMachine.runs("sleep 753")).isFalse();
        }
    }

    @Test
    void jvm_whenKilled_takesItsInstancesAlong() throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dlogback.configurationFile=logback-local.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        root.toString(),
                        stubborn(754))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("running");
            TestMachine.until("it runs", () -> TestMachine.runs("sleep 7541") && TestMachine.runs("sleep 7543"));
        } finally {
            jvm.destroyForcibly();
        }
        jvm.waitFor();

        TestMachine.until("nothing is left", () -> !TestMachine.runs("sleep 754"));
        TestMachine.until("nobody watches", () -> !TestMachine.runs(root.toString()));
    }

    @Test
    void supervisor_whenKilledToo_leavesItsGroupToTheNextStart() throws IOException, InterruptedException {
        Path directory = root.resolve("instances");
        Process orphan = new ProcessBuilder("sh", "-c", "sleep 7551 & wait")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var marked = new ProcessBuilder("setsid", "sh", "-c", "sleep 7552 & wait");
        marked.environment().put("WAKEBOX_INSTANCE_DIR", directory + "/i-0123456789abcdef0");
        marked.start();
        TestMachine.until("both run", () -> TestMachine.runs("sleep 7551") && TestMachine.runs("sleep 7552"));

        try (var machine = new TestMachine(root)) {
            TestMachine.until("ours is gone", () -> !TestMachine.runs("sleep 7552"));
            assertThat(TestMachine.runs("sleep 7551")).as("nobody else's").isTrue();
            assertThat(machine.ec2.describeInstances().reservations()).isEmpty();
        } finally {
            orphan.descendants().forEach(ProcessHandle::destroyForcibly);
            orphan.destroyForcibly().waitFor();
        }
    }

    /** A JVM to be killed: runs one instance of the given boot script, without HTTP. */
    static final class Victim {
        public static void main(String[] arguments) throws InterruptedException {
            Path root = Path.of(arguments[0]);
            TestMachine.writeImage(root.resolve("images"), "stubborn", arguments[1]);
            var compute = new LocalCompute(
                    new LocalCompute.Config(
                            root.resolve("instances"), root.resolve("images"), Map.of(), "us-east-1", "000000000000"),
                    TestMachine.FAST,
                    Clock.systemUTC(),
                    change -> {
                        if (change.state().equals("running")) {
                            System.out.println("running");
                        }
                    });
            compute.ec2("Action=RunInstances&ImageId=ami-stubborn&MinCount=1&MaxCount=1");
            Thread.currentThread().join();
        }

        private Victim() {}
    }
}
