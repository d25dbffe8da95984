package dev.wakebox.functions.commander;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the scripts in a real shell, as Systems Manager's agent does: it joins the lines and passes them to {@code sh}.
 */
class ScriptTest {
    private static final String RUN = "i-1/it's night/0";
    private static final Preamble NONE = Preamble.NONE;

    @TempDir
    Path home;

    private record Ran(int exitCode, String out, String err) {}

    @Test
    void stop_whenAllSucceed_runsAllInOneShell() {
        Ran ran = run(
                Script.stopAtFirstFailure(RUN, NONE, List.of("word=hello; cd /", "echo \"$word\" 'it'\\''s' `pwd`")));

        assertThat(ran).isEqualTo(new Ran(0, "hello it's /\n", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 3",
                "sh -c 'exit 3'",
                "echo before\nsh -c 'exit 3'\necho no further",
                "sh -c 'exit 3' && echo no further",
                "cat <<END\nhere\nEND\nsh -c 'exit 3'",
                "(exit 3) # a comment",
                "set +e; sh -c 'exit 3'"
            })
    void stop_whenOneFails_runsNoneAfterItAndSaysWhich(String failing) {
        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("echo first", failing, "echo last")));

        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.out()).startsWith("first\n").doesNotContain("last").doesNotContain("no further");
        assertThat(ran.err()).isEqualTo("Command 2 of 3 failed with exit code 3.\n");
    }

    @Test
    void stop_whenACommandHasASyntaxError_fails() {
        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("if true", "echo last")));

        assertThat(ran.exitCode()).isNotZero();
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void stop_whenAFailureIsHandled_goesOn() {
        Ran ran = run(Script.stopAtFirstFailure(
                RUN, NONE, List.of("false || echo handled", "if false; then :; fi", "echo last")));

        assertThat(ran).isEqualTo(new Ran(0, "handled\nlast\n", ""));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void script_whenItsFirstLineNamesBash_runsInBash(boolean keepGoing) {
        var commands = List.of(
                "#!/bin/bash",
                "",
                "words=(x 'it'\\''s' z)",
                "for word in \"${words[@]}\"; do",
                "[[ $word == x ]] || echo \"$word\"",
                "done");

        assertThat(run(script(keepGoing, commands))).isEqualTo(new Ran(0, "it's\nz\n", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"#!/bin/bash", "#!/bin/bash -u", "#!/usr/bin/env bash", "#!/usr/bin/env -S bash -u", "#! /bin/sh"
            })
    void stop_whenAShellOfOnesOwnHasAFailure_stopsThere(String firstLine) {
        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of(firstLine, "echo first", "(exit 3)", "echo last")));

        assertThat(ran).isEqualTo(new Ran(3, "first\n", "The commands failed with exit code 3.\n"));
    }

    @Test
    void keepGoing_whenAShellOfOnesOwnHasAFailure_goesOn() {
        Ran ran = run(Script.keepGoing(RUN, NONE, List.of("#!/bin/bash\necho first", "(exit 3)", "echo last; exit 5")));

        assertThat(ran).isEqualTo(new Ran(5, "first\nlast\n", ""));
    }

    @Test
    void script_whenItsFirstLineNamesPython_runsInPython() {
        var commands = List.of(
                "#!/usr/bin/env python3",
                "import sys",
                "for word in ['a', \"b'c\"]:",
                "    print(word)",
                "sys.exit(4)");

        assertThat(run(Script.stopAtFirstFailure(RUN, NONE, commands)))
                .isEqualTo(new Ran(4, "a\nb'c\n", "The commands failed with exit code 4.\n"));
        assertThat(home.resolve(".wakebox/" + RUN)).isDirectoryNotContaining("glob:**script*");
    }

    @Test
    void script_whenAnInterpreterIsNotThere_fails() {
        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("#!/no/such/interpreter", "echo last")));

        assertThat(ran.exitCode()).isBetween(126, 127);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void script_whenAnotherLineLooksLikeAFirstLine_isShs() {
        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("", "#!/usr/bin/env python3", "echo in sh")));

        assertThat(ran).isEqualTo(new Ran(0, "in sh\n", ""));
    }

    @Test
    void script_whenItsOwnFileWasSentTwice_runsOnce() {
        var script =
                Script.stopAtFirstFailure(RUN, NONE, List.of("#!/bin/bash", "echo ran >> \"$HOME/ran\"", "exit 3"));

        assertThat(run(script).exitCode()).isEqualTo(3);
        assertThat(run(script).err()).contains("sent twice");
        assertThat(home.resolve("ran")).hasContent("ran");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void script_whenACommandEndsWithABackslash_goesOnInTheNext(boolean keepGoing) {
        var commands = List.of("echo a \\", "", "echo b \\", "  c \\", "d", "echo e\\\\", "# f \\", "echo g");

        assertThat(run(script(keepGoing, commands))).isEqualTo(new Ran(0, "a\nb c d\ne\\\ng\n", ""));
    }

    @Test
    void stop_whenThereAreBlankCommands_countsThem() {
        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("echo \\", "", "false", "")));

        assertThat(ran).isEqualTo(new Ran(1, "\n", "Command 3 of 4 failed with exit code 1.\n"));
    }

    private static List<String> script(boolean keepGoing, List<String> commands) {
        return keepGoing ? Script.keepGoing(RUN, NONE, commands) : Script.stopAtFirstFailure(RUN, NONE, commands);
    }

    @Test
    void keepGoing_whenOneFails_runsTheRestAndTheLastCounts() {
        assertThat(run(Script.keepGoing(RUN, NONE, List.of("false", "echo last"))))
                .isEqualTo(new Ran(0, "last\n", ""));
        assertThat(run(Script.keepGoing("i-1/another/0", NONE, List.of("echo first", "sh -c 'exit 4'"))))
                .isEqualTo(new Ran(4, "first\n", ""));
    }

    @Test
    void script_whenSentTwice_runsOnceAndBothEndAsItDid() throws Exception {
        List<String> commands = List.of("echo ran >> \"$HOME/ran\"", "sleep 1", "exit 3");
        for (List<String> script : List.of(
                Script.stopAtFirstFailure("i-1/stop/0", NONE, commands),
                Script.keepGoing("i-1/go/0", NONE, commands))) {
            Files.deleteIfExists(home.resolve("ran"));
            try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var ended : both.invokeAll(Collections.<Callable<Ran>>nCopies(2, () -> run(script)))) {
                    assertThat(ended.get().exitCode()).isEqualTo(3);
                }
            }
            Ran third = run(script);
            assertThat(third.exitCode()).isEqualTo(3);
            assertThat(third.err()).contains("sent twice");
            assertThat(home.resolve("ran")).hasContent("ran");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void script_whenACommandAsksForAReboot_beginsAgainAfterIt(boolean keepGoing) {
        var commands = List.of(
                "echo ran >> \"$HOME/ran\"", "[ -e \"$HOME/done\" ] || { touch \"$HOME/done\"; exit 194; }", "echo on");
        var script = keepGoing ? Script.keepGoing(RUN, NONE, commands) : Script.stopAtFirstFailure(RUN, NONE, commands);

        assertThat(run(script)).isEqualTo(new Ran(194, "", ""));
        assertThat(run(script)).isEqualTo(new Ran(0, "on\n", ""));
        assertThat(run(script).err()).contains("sent twice");
        assertThat(home.resolve("ran")).hasContent("ran\nran");
    }

    @Test
    void script_whenARebootInterruptedIt_beginsAgain() throws IOException {
        Files.createDirectories(home.resolve(".wakebox/" + RUN + "/boot-before"));

        assertThat(run(Script.stopAtFirstFailure(RUN, NONE, List.of("exit 3"))).exitCode())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash"})
    void script_whenTerminated_hasNotEnded(String shell) throws Exception {
        var commands = List.of("touch \"$HOME/began\"; while :; do sleep 0.1; done");
        var process =
                shell(shell, Script.stopAtFirstFailure(RUN, NONE, commands)).start();
        while (!Files.exists(home.resolve("began"))) {
            Thread.onSpinWait();
        }

        process.destroy();

        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(home.resolve(".wakebox/" + RUN + "/exit_code")).doesNotExist();
    }

    @Test
    void script_whenItHadEndedBeforeAReboot_staysEnded() throws IOException {
        Path run = home.resolve(".wakebox/" + RUN);
        Files.createDirectories(run.resolve("boot-before"));
        Files.writeString(run.resolve("exit_code"), "3\n");

        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("echo ran")));

        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void script_whenTheOneThatItWaitsForAsksForAReboot_endsAsThatDoes() throws Exception {
        Path boot = home.resolve("boot");
        var lines = new ArrayList<>(Script.stopAtFirstFailure(RUN, NONE, List.of("echo ran")));
        lines.add(lines.indexOf("mkdir -p \"$wakebox_run\" 2>/dev/null"), "wakebox_boot=\"$HOME/boot\"");
        Files.createDirectory(boot);
        Path err = home.resolve("err");
        var waiting = shell("sh", lines).redirectError(err.toFile()).start();
        while (!Files.readString(err).contains("sent twice")) {
            Thread.onSpinWait();
        }

        Files.delete(boot);

        assertThat(waiting.inputReader().readLine()).isNull();
        assertThat(waiting.waitFor()).isEqualTo(194);
    }

    @Test
    void script_whenTheImageOfAnInstanceHasItsDirectory_runsOnTheOther() {
        var commands = List.of("exit 3");
        run(Script.stopAtFirstFailure("i-1/night/0", NONE, commands));

        assertThat(run(Script.stopAtFirstFailure("i-2/night/0", NONE, commands)).err())
                .doesNotContain("sent twice");
    }

    @Test
    void script_whenNothingCanBeKept_runsAllTheSame() throws IOException {
        Files.createFile(home.resolve(".wakebox"));

        Ran ran = run(Script.stopAtFirstFailure(RUN, NONE, List.of("echo ran", "exit 3")));

        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("ran\n");
    }

    private Ran run(List<String> lines) {
        try {
            var process = shell("sh", lines).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ran(process.waitFor(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProcessBuilder shell(String shell, List<String> lines) {
        var builder = new ProcessBuilder(shell, "-c", String.join("\n", lines));
        builder.environment().put("HOME", home.toString());
        return builder;
    }
}
