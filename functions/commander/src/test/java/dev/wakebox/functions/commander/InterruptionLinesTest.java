package dev.wakebox.functions.commander;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the scripts in a real shell. The program {@code curl} is replaced by one that answers as the metadata service does. */
class InterruptionLinesTest {
    private static final String RUN = "i-1/it's night/0";

    /** A spot instance is to be interrupted while the file "warned" is there. */
    private static final String CURL = """
            #!/bin/sh
            case "$*" in
              *"-X PUT"*/latest/api/token) echo a-token ;;
              *"X-aws-ec2-metadata-token: a-token"*/latest/meta-data/spot/instance-action) [ -e "$HOME/warned" ] || exit 22 ;;
              *) exit 3 ;;
            esac
            """;

    @TempDir
    Path home;

    private record Ran(int exitCode, String out, String err) {}

    @BeforeEach
    void installCurl() throws IOException {
        Path curl = Files.createDirectory(home.resolve("bin")).resolve("curl");
        Files.writeString(curl, CURL);
        Files.setPosixFilePermissions(curl, PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash"})
    void script_whenEc2Warns_runsOnInterruptWithTheVariablesBesideTheCommands(String shell) throws Exception {
        var onInterrupt = List.of("false", "echo \"it's $KEPT\"", "touch \"$HOME/saved\"");

        Ran ran = run(
                shell,
                onInterrupt,
                "touch \"$HOME/warned\"; while [ ! -e \"$HOME/saved\" ]; do sleep 0.1; done; echo over");

        assertThat(ran)
                .isEqualTo(new Ran(0, "it's here\nover\n", "EC2 takes this spot instance back; on_interrupt runs.\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash"})
    void script_whenEc2DoesNotWarn_endsWithItsCommandsAndLeavesNoProcess(String shell) throws Exception {
        assertThat(run(shell, List.of("echo never"), "exit 3"))
                .isEqualTo(new Ran(3, "", "Command 1 of 1 failed with exit code 3.\n"));
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(home.toString())))
                .isEmpty();
    }

    /** Whether EC2 took the instance back is only known when it is gone. */
    @Test
    void script_whenItsCommandsFailAfterTheWarning_waitsForEc2() throws Exception {
        Ran ran = run(
                "sh",
                List.of("touch \"$HOME/saving\"; sleep 0.5; touch \"$HOME/saved\""),
                "touch \"$HOME/warned\"; while [ ! -e \"$HOME/saving\" ]; do sleep 0.1; done; exit 143");

        assertThat(ran.exitCode()).isEqualTo(143);
        assertThat(home.resolve("saved")).exists();
        assertThat(ran.out()).isEqualTo("waited 180\n");
    }

    @Test
    void script_whenTheImageHasNoCurl_runsNoCommandAndSaysSo() throws Exception {
        var lines = Script.stopAtFirstFailure(RUN, preamble(List.of("true")), List.of("echo ran"));

        assertThat(ran("/bin/sh", lines, Map.of("PATH", home.resolve("none").toString())))
                .satisfies(ran -> assertThat(ran.exitCode()).isEqualTo(1))
                .satisfies(ran -> assertThat(ran.out()).isEmpty())
                .satisfies(
                        ran -> assertThat(ran.err()).contains("$.run_options.on_interrupt: needs curl on the image"));
    }

    private Ran run(String shell, List<String> onInterrupt, String command) throws Exception {
        var lines = Script.stopAtFirstFailure(RUN, preamble(onInterrupt), List.of(command));
        lines.addFirst("sleep() { case $1 in 180) echo \"waited $1\" ;; *) command sleep \"$1\" ;; esac; }");
        return ran(shell, lines, Map.of("PATH", home.resolve("bin") + ":" + System.getenv("PATH")));
    }

    private static Preamble preamble(List<String> onInterrupt) {
        var lines = new ArrayList<>(List.of("export KEPT=here"));
        lines.addAll(InterruptionLines.of(onInterrupt));
        return new Preamble(lines, InterruptionLines.AT_END);
    }

    private Ran ran(String shell, List<String> lines, Map<String, String> environment) throws Exception {
        var builder = new ProcessBuilder(shell, "-c", String.join("\n", lines));
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        Path err = home.resolve("err");
        var process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(err));
    }
}
