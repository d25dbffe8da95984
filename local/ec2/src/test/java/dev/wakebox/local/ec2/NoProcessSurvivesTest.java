package dev.wakebox.local.ec2;

import static dev.wakebox.local.ec2.TestEmulator.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
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
        try (var emulator = new TestEmulator(root)) {
            emulator.image("stubborn", stubborn(751));
            String id = emulator.launch(request().imageId("ami-stubborn"));
            emulator.awaitOnline(id);
            emulator.send(id, stubborn(752));
            TestEmulator.until(
                    "all run",
                    () -> TestEmulator.runs("sleep 7511")
                            && TestEmulator.runs("sleep 7513")
                            && TestEmulator.runs("sleep 7521")
                            && TestEmulator.runs("sleep 7523"));
        }

        assertThat(TestEmulator.runs("sleep 751")).isFalse();
        assertThat(TestEmulator.runs("sleep 752")).isFalse();
        assertThat(TestEmulator.runs(root.toString())).isFalse();
    }

    @Test
    void stop_whenBootIsStubborn_killsItAfterTheGraceTime() {
        try (var emulator = new TestEmulator(root)) {
            emulator.image("stubborn", stubborn(753));
            String id = emulator.launch(request().imageId("ami-stubborn"));
            TestEmulator.until("it runs", () -> TestEmulator.runs("sleep 7533"));

            emulator.ec2.stopInstances(request -> request.instanceIds(id));
            emulator.awaitState(id, "stopped");

            assertThat(TestEmulator.runs("sleep 753")).isFalse();
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
            TestEmulator.until("it runs", () -> TestEmulator.runs("sleep 7541") && TestEmulator.runs("sleep 7543"));
        } finally {
            jvm.destroyForcibly();
        }
        jvm.waitFor();

        TestEmulator.until("nothing is left", () -> !TestEmulator.runs("sleep 754"));
        TestEmulator.until("no watcher is left", () -> !TestEmulator.runs(root.toString()));
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
        TestEmulator.until("both run", () -> TestEmulator.runs("sleep 7551") && TestEmulator.runs("sleep 7552"));

        try (var emulator = new TestEmulator(root)) {
            TestEmulator.until("ours is gone", () -> !TestEmulator.runs("sleep 7552"));
            assertThat(TestEmulator.runs("sleep 7551"))
                    .as("another application's")
                    .isTrue();
            assertThat(emulator.ec2.describeInstances().reservations()).isEmpty();
        } finally {
            orphan.descendants().forEach(ProcessHandle::destroyForcibly);
            orphan.destroyForcibly().waitFor();
        }
    }

    @Test
    void leftovers_thatForkWhileTheyAreKilled_allEnd() throws IOException {
        Path directory = root.resolve("instances");
        for (int i = 0; i < 4; i++) {
            var forking = new ProcessBuilder("setsid", "sh", "-c", "while :; do sleep 7561 & sleep 0.001; done");
            forking.environment().put("WAKEBOX_INSTANCE_DIR", directory + "/i-0123456789abcdef0");
            forking.start();
        }
        TestEmulator.until("they fork", () -> TestEmulator.runs("sleep 0.001"));

        try (var emulator = new TestEmulator(root)) {
            assertThat(TestEmulator.runs("sleep 7561")).isFalse();
            assertThat(emulator.ec2.describeInstances().reservations()).isEmpty();
        }
    }

    /** A JVM to be killed: runs one instance of the given boot script, without HTTP. */
    static final class Victim {
        public static void main(String[] arguments) throws InterruptedException {
            Path root = Path.of(arguments[0]);
            TestEmulator.writeImage(root.resolve("images"), "stubborn", arguments[1]);
            var compute = new LocalCompute(
                    TestEmulator.config(root, Map.of()), TestEmulator.FAST, Clock.systemUTC(), change -> {
                        if (change.state().equals("running")) {
                            System.out.println("running");
                        }
                    });
            compute.ec2("Action=RunInstances&ImageId=ami-stubborn&MinCount=1&MaxCount=1", Optional.empty());
            Thread.currentThread().join();
        }

        private Victim() {}
    }
}
