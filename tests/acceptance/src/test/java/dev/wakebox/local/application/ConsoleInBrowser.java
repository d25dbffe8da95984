package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Plays tests of console/browser/ in a real browser. */
final class ConsoleInBrowser {
    static final Path CONSOLE = RunningApplication.ROOT.resolve("console");

    private static final List<String> BROWSERS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    private ConsoleInBrowser() {}

    /** Skips the test where there is no built page or no browser. */
    static void isPossible() {
        skipUnless(
                Files.exists(CONSOLE.resolve("dist/files.json"))
                        && Files.exists(CONSOLE.resolve("node_modules/playwright-core")),
                "the page was not built; ./wakebox console does that, with Node.js");
        skipUnless(
                BROWSERS.stream().anyMatch(browser -> Files.isExecutable(Path.of(browser))),
                "there is no Chromium (on Debian: apt-get install chromium)");
    }

    /** In the test's output, because the report of a skipped test is easily overlooked. */
    private static void skipUnless(boolean condition, String reason) {
        if (!condition) {
            System.out.println("NOT TESTED: the console in a browser, because " + reason + ".");
        }
        assumeTrue(condition, reason);
    }

    /**
     * Plays tests, of which none may fail.
     *
     * @param directory for what they print
     * @param tests files below console/, and options of {@code node --test}
     */
    static void play(Path directory, Map<String, String> environment, List<String> tests)
            throws IOException, InterruptedException {
        Path output = directory.resolve("browser.txt");
        var command = new ArrayList<>(List.of("node", "--test", "--test-reporter=spec"));
        command.addAll(tests);
        Process played =
                node(command, environment).redirectOutput(output.toFile()).start();
        try {
            assertThat(played.waitFor(20, TimeUnit.MINUTES)).isTrue();
        } finally {
            stop(played);
        }
        String said = Files.readString(output, UTF_8);
        assertThat(played.exitValue()).as(said).isZero();
        assertThat(said).containsPattern("pass [1-9]").contains("fail 0");
    }

    static ProcessBuilder node(List<String> command, Map<String, String> environment) {
        var node = new ProcessBuilder(command).directory(CONSOLE.toFile()).redirectErrorStream(true);
        node.environment().putAll(environment);
        return node;
    }

    static void stop(Process process) {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
    }
}
