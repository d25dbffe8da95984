package dev.wakebox.functions.commander;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the scripts in a real shell, as Systems Manager's agent does: the lines joined, given to {@code sh}. */
class ScriptTest {
    private static final String LABEL = "it's night/0";

    @TempDir
    Path home;

    private record Ran(int exitCode, String out, String err) {}

    @Test
    void stop_whenAllSucceed_runsAllInOneShell() {
        Ran ran = run(Script.stopAtFirstFailure(LABEL, List.of("word=hello; cd /", "echo \"$word\" 'it'\\''s' `pwd`")));

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
        Ran ran = run(Script.stopAtFirstFailure(LABEL, List.of("echo first", failing, "echo last")));

        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.out()).startsWith("first\n").doesNotContain("last").doesNotContain("no further");
        assertThat(ran.err()).isEqualTo("Command 2 of 3 failed with exit code 3.\n");
    }

    @Test
    void stop_whenACommandHasASyntaxError_fails() {
        Ran ran = run(Script.stopAtFirstFailure(LABEL, List.of("if true", "echo last")));

        assertThat(ran.exitCode()).isNotZero();
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void stop_whenAFailureIsHandled_goesOn() {
        Ran ran = run(Script.stopAtFirstFailure(
                LABEL, List.of("false || echo handled", "if false; then :; fi", "echo last")));

        assertThat(ran).isEqualTo(new Ran(0, "handled\nlast\n", ""));
    }

    @Test
    void keepGoing_whenOneFails_runsTheRestAndTheLastCounts() {
        assertThat(run(Script.keepGoing(LABEL, List.of("false", "echo last")))).isEqualTo(new Ran(0, "last\n", ""));
        assertThat(run(Script.keepGoing("another/0", List.of("echo first", "sh -c 'exit 4'"))))
                .isEqualTo(new Ran(4, "first\n", ""));
    }

    @Test
    void script_whenSentTwice_runsOnceAndBothEndAsItDid() throws Exception {
        List<String> commands = List.of("echo ran >> \"$HOME/ran\"", "sleep 1", "exit 3");
        for (List<String> script :
                List.of(Script.stopAtFirstFailure("stop/0", commands), Script.keepGoing("go/0", commands))) {
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

    @Test
    void script_whenNothingCanBeKept_runsAllTheSame() throws IOException {
        Files.createFile(home.resolve(".wakebox"));

        Ran ran = run(Script.stopAtFirstFailure(LABEL, List.of("echo ran", "exit 3")));

        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("ran\n");
    }

    private Ran run(List<String> lines) {
        try {
            var builder = new ProcessBuilder("sh", "-c", String.join("\n", lines));
            builder.environment().put("HOME", home.toString());
            var process = builder.start();
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
}
