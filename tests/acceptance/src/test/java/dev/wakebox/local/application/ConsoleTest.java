package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wakebox.local.computer.Jwt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console of the application, in a real browser where there is one. */
class ConsoleTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Path CONSOLE = RunningApplication.ROOT.resolve("console");
    private static final List<String> BROWSERS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
        app.putJwtSecret(SECRET);
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    /** In the test's output, because the report of a skipped test is easily overlooked. */
    private static void skipUnless(boolean condition, String reason) {
        if (!condition) {
            System.out.println("NOT TESTED: the console in a browser, because " + reason + ".");
        }
        assumeTrue(condition, reason);
    }

    private static String token(String id, String role) {
        return Jwt.signed(
                Map.of(
                        "id",
                        id,
                        "role",
                        role,
                        "mentorIds",
                        List.of(),
                        "exp",
                        Instant.now().plusSeconds(7200).getEpochSecond()),
                SECRET);
    }

    /**
     * Plays console/browser/. {@code ./wakebox test --all} plays all of it, {@code ./wakebox test} a sign-in and a run.
     */
    @Test
    void console_inABrowser_doesWhatItsUsersDo() throws IOException, InterruptedException {
        skipUnless(
                Files.exists(CONSOLE.resolve("dist/files.json"))
                        && Files.exists(CONSOLE.resolve("node_modules/playwright-core")),
                "the page was not built; ./wakebox console does that, with Node.js");
        skipUnless(
                BROWSERS.stream().anyMatch(browser -> Files.isExecutable(Path.of(browser))),
                "there is no Chromium (on Debian: apt-get install chromium)");
        Path output = directory.resolve("browser.txt");
        var command = new ArrayList<>(List.of("node", "--test", "--test-reporter=spec"));
        if (System.getenv("WAKEBOX_TEST_ALL") == null) {
            command.add("--test-name-pattern=^(signing in|a run):");
        }
        command.add("browser/");
        var node = new ProcessBuilder(command)
                .directory(CONSOLE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        node.environment()
                .putAll(Map.of(
                        "WAKEBOX_API", String.valueOf(app.fact("api")),
                        "WAKEBOX_OPERATOR", token("console-operator", "runs-operator"),
                        "WAKEBOX_READER", token("console-reader", "runs-reader"),
                        "WAKEBOX_MANAGER", token("console-manager", "ADMIN")));
        Process tests = node.start();
        try {
            assertThat(tests.waitFor(20, TimeUnit.MINUTES)).isTrue();
        } finally {
            Stream.concat(tests.descendants(), Stream.of(tests.toHandle())).forEach(ProcessHandle::destroyForcibly);
        }
        String said = Files.readString(output, UTF_8);
        assertThat(tests.exitValue()).as(said).isZero();
        assertThat(said).containsPattern("pass [1-9]").contains("fail 0");
    }

    /** API Gateway has no route at the root, and neither has our template. */
    @Test
    void root_ofTheLocalApplication_leadsToTheConsole() {
        var answer = app.send(app.request("/").GET());
        assertThat(answer.status()).isEqualTo(302);
        for (String path : List.of("/console", "/console/")) {
            assertThat(app.get(path).raw()).as(path).contains("Wakebox").contains("<html");
        }
        assertThat(app.get("/console/no-such-file").status()).isEqualTo(404);
    }

    @Test
    void settings_ofTheStack_needNoToken() {
        var settings = app.get("/console/config.json");
        assertThat(settings.status()).isEqualTo(200);
        assertThat(settings.json())
                .containsEntry("stack", "wakebox")
                .containsEntry("runs", true)
                .containsEntry("training", true)
                .containsEntry("requireAuth", false);
    }
}
