package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code bin/release}, in a repository of two modules. */
class ReleaseScriptTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath().resolve("bin/release");

    @TempDir
    Path repository;

    private record Outcome(int exitCode, String said) {}

    @BeforeEach
    void commit() throws Exception {
        program("bin/release", Files.readString(SCRIPT));
        program("bin/find-jdk", "#!/bin/sh\necho /jdk\n");
        program("mvnw", """
                #!/bin/sh
                mkdir -p cli/target/lib
                touch cli/target/wakebox-cli.jar cli/target/lib/a.jar
                """);
        program("bin/pack-cli", "#!/bin/sh\necho \"$4/wakebox-cli-$1.tar.gz\"\n");
        write(".gitignore", "target/\n");
        write("pom.xml", "<project>\n  <version>0.1.0-SNAPSHOT</version>\n</project>\n");
        write("template.yaml", """
                Outputs:
                  Version:
                    Value: 0.1.0-SNAPSHOT
                  Other:
                    Value: 0.1.0
                """);
        write("shared/one/pom.xml", """
                <project>
                  <parent>
                    <version>0.1.0-SNAPSHOT</version>
                  </parent>
                  <dependency><version>1.5.0</version></dependency>
                </project>
                """);
        write("CHANGELOG.md", """
                # Changelog

                ## Unreleased

                ## 0.1.0

                ### Added
                - The first thing.

                ## 0.0.9

                - An older thing.
                """);
        git("init", "--quiet", "--initial-branch=main");
        git("add", "--all");
        git("commit", "--quiet", "--message=begin");
    }

    @Test
    void release_always_tagsTheVersionAndOpensTheNext() throws Exception {
        assertThat(release("0.1.0"))
                .isEqualTo(new Outcome(
                        0,
                        "Tagged v0.1.0; main is 0.2.0-SNAPSHOT now. Publish it with: git push origin main v0.1.0\n"
                                + "Attach to the release: target/release/wakebox-cli-0.1.0.tar.gz and"
                                + " target/release/wakebox-cli-0.1.0.tar.gz.sha256\n"));

        assertThat(git("log", "--format=%s").said()).isEqualTo("Begin 0.2.0\nRelease 0.1.0\nbegin\n");
        assertThat(git("tag", "--list", "--format=%(contents)").said())
                .startsWith("Wakebox 0.1.0\n\n")
                .contains("### Added\n- The first thing.")
                .doesNotContain("older");
        for (String pom : List.of("pom.xml", "shared/one/pom.xml")) {
            assertThat(git("show", "v0.1.0:" + pom).said()).contains("<version>0.1.0</version>");
            assertThat(Files.readString(repository.resolve(pom))).contains("<version>0.2.0-SNAPSHOT</version>");
        }
        assertThat(Files.readString(repository.resolve("shared/one/pom.xml"))).contains("<version>1.5.0</version>");
        assertThat(git("show", "v0.1.0:template.yaml").said()).contains("  Version:\n    Value: 0.1.0\n");
        assertThat(Files.readString(repository.resolve("template.yaml")))
                .contains("  Version:\n    Value: 0.2.0-SNAPSHOT\n", "  Other:\n    Value: 0.1.0\n");
        assertThat(git("status", "--porcelain").said()).isEmpty();
        assertThat(release("0.1.0")).isEqualTo(new Outcome(2, "release: the tag v0.1.0 exists already.\n"));
    }

    @Test
    void release_whenItCannotBeMade_saysWhyAndChangesNothing() throws Exception {
        assertThat(release().said()).startsWith("release: usage: bin/release VERSION");
        assertThat(release("1.0").said()).isEqualTo("release: \"1.0\" is no version; it must be like 0.1.0.\n");
        assertThat(release("0.1.0", "next").said()).startsWith("release: \"next\" is no version");
        assertThat(release("0.3.0").said()).startsWith("release: CHANGELOG.md has no section \"## 0.3.0\"");
        write("new.txt", "not committed");
        assertThat(release("0.1.0"))
                .isEqualTo(new Outcome(2, "release: there are changes that are not committed: git" + " status.\n"));

        assertThat(git("log", "--format=%s").said()).isEqualTo("begin\n");
        assertThat(git("tag").said()).isEmpty();
    }

    @Test
    void release_whenTheCommandsCannotBeBuilt_changesNothing() throws Exception {
        program("mvnw", "#!/bin/sh\nexit 1\n");
        git("commit", "--quiet", "--all", "--message=broken");

        assertThat(release("0.1.0"))
                .isEqualTo(new Outcome(2, "release: the commands could not be built; nothing has changed.\n"));

        assertThat(git("log", "--format=%s").said()).isEqualTo("broken\nbegin\n");
        assertThat(git("tag").said()).isEmpty();
        assertThat(git("status", "--porcelain").said()).isEmpty();
    }

    private Outcome release(String... arguments) throws Exception {
        return run(repository.resolve("bin/release").toString(), arguments);
    }

    private Outcome git(String... arguments) throws Exception {
        return run("git", arguments);
    }

    private Outcome run(String program, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(repository.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "GIT_CONFIG_GLOBAL", "/dev/null",
                        "GIT_CONFIG_NOSYSTEM", "1",
                        "GIT_AUTHOR_NAME", "a",
                        "GIT_AUTHOR_EMAIL", "a@example.org",
                        "GIT_COMMITTER_NAME", "a",
                        "GIT_COMMITTER_EMAIL", "a@example.org"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Outcome(process.waitFor(), said);
    }

    private void program(String file, String text) throws IOException {
        write(file, text);
        repository.resolve(file).toFile().setExecutable(true);
    }

    private void write(String file, String text) throws IOException {
        Path path = repository.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
