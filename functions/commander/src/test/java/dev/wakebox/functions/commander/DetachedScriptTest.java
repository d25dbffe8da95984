package dev.wakebox.functions.commander;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the scripts in a real shell and ends them as Systems Manager's agent does: by SIGKILL to the process group. */
class DetachedScriptTest {
    private static final String RUN = "i-1/it's night/0";
    private static final Duration LONG = Duration.ofDays(14);

    @TempDir
    Path home;

    private int sent;

    private record Ran(int exitCode, String out, String err) {}

    @AfterEach
    void endTheCommands() {
        pid().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }));
    }

    @Test
    void script_whenTheCommandsSucceed_passesTheirOutputOn() {
        Ran ran = await(send(LONG, "echo out; echo it\\'s err >&2", "printf 'no end of line'"));

        assertThat(ran).isEqualTo(new Ran(0, "out\nno end of line", "it's err\n"));
    }

    @Test
    void script_whenACommandFails_endsWithItsExitCode() {
        assertThat(await(send(LONG, "true", "exit 3")))
                .isEqualTo(new Ran(3, "", "Command 2 of 2 failed with exit code 3.\n"));
    }

    @Test
    void script_whenACommandHasItsMark_runsThatToo() {
        assertThat(await(send(LONG, "cat <<WAKEBOX_END_OF_THE_COMMANDS\nhere\nWAKEBOX_END_OF_THE_COMMANDS\necho last")))
                .isEqualTo(new Ran(0, "here\nlast\n", ""));
    }

    @Test
    void script_whenItsTimeIsOver_isContinuedByTheNextAtTheLineWhereItStopped() throws IOException {
        String[] commands = {"for i in $(seq 60); do echo line $i; echo error $i >&2; sleep 0.1; done; exit 4"};

        var ran = new ArrayList<Ran>();
        do {
            ran.add(await(send(Duration.ofSeconds(2), commands)));
        } while (ran.getLast().exitCode() == 0);

        assertThat(ran).hasSizeGreaterThan(1);
        assertThat(ran.getLast().exitCode()).isEqualTo(4);
        assertThat(ran.stream().map(Ran::out)).allMatch(out -> out.isEmpty() || out.endsWith("\n"));
        assertThat(ran.stream().map(Ran::out).collect(Collectors.joining())).isEqualTo(lines("line "));
        assertThat(ran.stream().map(Ran::err).collect(Collectors.joining()))
                .isEqualTo(lines("error ") + "Command 1 of 1 failed with exit code 4.\n");
        for (String file : List.of("stdout", "stderr", "commands")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory().resolve(file))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void script_whenTheAgentKillsIt_leavesTheCommandsToTheNext() {
        Process first = send(LONG, "echo begun >> \"$HOME/counted\"", "echo one; sleep 5; echo two");
        until(() -> read(home.resolve("out-1")).contains("one"));

        kill(first);
        Ran killed = await(first);
        Ran next = await(send(LONG, "echo begun >> \"$HOME/counted\"", "echo one; sleep 5; echo two"));

        assertThat(killed.exitCode()).isEqualTo(137);
        assertThat(killed.out()).isEqualTo("one\n");
        assertThat(next).isEqualTo(new Ran(0, "two\n", ""));
        assertThat(read(home.resolve("counted"))).isEqualTo("begun\n");
    }

    @Test
    void scripts_whenSentTwice_startTheCommandsOnce() {
        String[] commands = {"echo begun >> \"$HOME/counted\"", "sleep 3; echo done; exit 5"};
        Process first = send(LONG, commands);
        Process second = send(LONG, commands);

        Ran one = await(first);
        Ran other = await(second);

        assertThat(List.of(one.exitCode(), other.exitCode())).containsOnly(5);
        assertThat(one.out() + other.out()).isEqualTo("done\n");
        assertThat(read(home.resolve("counted"))).isEqualTo("begun\n");
    }

    @Test
    void script_whenTheCommandsAreKilled_saysSo() {
        Process first = send(LONG, "echo one; sleep 600");
        until(() -> read(home.resolve("out-1")).contains("one"));

        endTheCommands();

        assertThat(await(first)).isEqualTo(new Ran(1, "one\n", "The commands were killed before they ended.\n"));
    }

    /** As after a reboot: the commands began in another one. */
    @Test
    void script_whenTheInstanceHasRebooted_saysSoAndStartsNothing() throws IOException {
        Process first = send(LONG, "echo begun >> \"$HOME/counted\"", "sleep 600");
        until(() -> Files.exists(directory().resolve("started")) && Files.exists(home.resolve("counted")));
        kill(first);
        await(first);
        endTheCommands();
        Files.writeString(
                directory().resolve("started"),
                Files.readString(directory().resolve("started")).replaceFirst(" .*", " another-boot"));

        Ran next = await(send(LONG, "echo begun >> \"$HOME/counted\"", "sleep 600"));

        assertThat(next.exitCode()).isEqualTo(1);
        assertThat(next.err()).startsWith("The instance rebooted before the commands ended.");
        assertThat(read(home.resolve("counted"))).isEqualTo("begun\n");
    }

    /** 194 requests a reboot, after which Systems Manager runs the script again. */
    @Test
    void script_whenACommandRequestsAReboot_startsTheCommandsAgainAfterIt() {
        String[] commands = {
            "echo begun >> \"$HOME/counted\"; [ -e \"$HOME/rebooted\" ] || { : > \"$HOME/rebooted\"; exit 194; }"
        };

        assertThat(await(send(LONG, commands)).exitCode()).isEqualTo(194);
        assertThat(await(send(LONG, commands)).exitCode()).isZero();
        assertThat(read(home.resolve("counted"))).isEqualTo("begun\nbegun\n");
    }

    @Test
    void commands_atTheirDeadline_areEndedWithoutSystemsManager() {
        var script = Script.stopAtFirstFailure(RUN, Preamble.NONE, List.of("echo one; sleep 600"));

        Ran ran = await(start(DetachedScript.of(RUN, script, Duration.ofSeconds(-57), LONG)));

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).isEqualTo("one\n");
        assertThat(ran.err()).endsWith("The commands were killed before they ended.\n");
    }

    @Test
    void script_whenTheImageHasNoFlock_namesTheOption() throws IOException {
        Path bin = Files.createDirectory(home.resolve("bin"));
        for (String tool : List.of("sh", "mkdir")) {
            Files.createSymbolicLink(bin.resolve(tool), Path.of("/bin").resolve(tool));
        }
        var script = DetachedScript.of(RUN, List.of("true"), LONG, LONG);

        Ran ran = await(
                start(Stream.concat(Stream.of("PATH=" + bin), script.stream()).toList()));

        assertThat(ran)
                .isEqualTo(new Ran(
                        1,
                        "",
                        "$.run_options.timeout_s: more than 48 hours need flock on the image; no command ran.\n"));
    }

    private Process send(Duration lasts, String... commands) {
        return start(
                DetachedScript.of(RUN, Script.stopAtFirstFailure(RUN, Preamble.NONE, List.of(commands)), LONG, lasts));
    }

    private Process start(List<String> lines) {
        sent++;
        try {
            Path file = Files.writeString(home.resolve("script-" + sent), String.join("\n", lines) + "\n");
            var builder = new ProcessBuilder("setsid", "sh", file.toString())
                    .directory(home.toFile())
                    .redirectOutput(home.resolve("out-" + sent).toFile())
                    .redirectError(home.resolve("err-" + sent).toFile());
            builder.environment().put("HOME", home.toString());
            Process process = builder.start();
            numbers.put(process, sent);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final Map<Process, Integer> numbers = new HashMap<>();

    private Ran await(Process process) {
        try {
            int code = process.waitFor();
            return new Ran(
                    code,
                    read(home.resolve("out-" + numbers.get(process))),
                    read(home.resolve("err-" + numbers.get(process))));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void kill(Process process) {
        try {
            new ProcessBuilder("kill", "-KILL", "--", "-" + process.pid())
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Path directory() {
        return home.resolve(".wakebox").resolve(RUN);
    }

    private Optional<Long> pid() {
        String started = read(directory().resolve("started"));
        return started.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(started.split(" ", 2)[0]));
    }

    private static String lines(String text) {
        return IntStream.rangeClosed(1, 60).mapToObj(i -> text + i + "\n").collect(Collectors.joining());
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
