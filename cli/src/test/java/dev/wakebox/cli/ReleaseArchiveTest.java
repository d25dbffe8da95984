package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of a release: unpacked into an empty directory, called with a minimal environment, without a build. */
class ReleaseArchiveTest {
    private static final Path ROOT =
            Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath().normalize();
    private static final String JAVA_HOME = System.getProperty("java.home");

    @TempDir
    static Path shared;

    private static Path unpacked = Path.of("");

    @TempDir
    Path elsewhere;

    private DeployedStack aws;

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeAll
    static void packAndUnpack() throws Exception {
        Path libraries = Files.createDirectories(shared.resolve("libraries"));
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path)) {
                Files.copy(path, libraries.resolve(path.getFileName()));
            } else if (path.endsWith("target/classes")) {
                jar(path, libraries.resolve("wakebox-" + path.getName(path.getNameCount() - 3) + ".jar"));
            }
        }
        Path output = shared.resolve("output");
        Path thirdParty = Files.writeString(shared.resolve("licences.txt"), "Lists of licences\n");
        Outcome packed = run(
                ROOT,
                Map.of("PATH", "/usr/bin:/bin"),
                "bin/pack-cli",
                "1.2.3",
                libraries.toString(),
                thirdParty.toString(),
                output.toString());
        assertThat(packed).isEqualTo(new Outcome(0, output.toRealPath() + "/wakebox-cli-1.2.3.tar.gz\n", ""));
        assertThat(Files.readString(output.resolve("wakebox-cli-1.2.3.tar.gz.sha256")))
                .matches("[0-9a-f]{64}  wakebox-cli-1.2.3.tar.gz\n");
        Path empty = Files.createDirectories(shared.resolve("an empty directory"));
        run(empty, Map.of("PATH", "/usr/bin:/bin"), "tar", "xzf", output + "/wakebox-cli-1.2.3.tar.gz");
        unpacked = empty.resolve("wakebox-cli-1.2.3");
    }

    @BeforeEach
    void deploy() throws IOException {
        aws = new DeployedStack();
    }

    @AfterEach
    void delete() {
        aws.close();
    }

    @Test
    void archive_hasTheCommandsAndTheLicences() throws IOException {
        try (Stream<Path> files = Files.list(unpacked)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "wakebox",
                            "bin",
                            "lib",
                            "docs",
                            "README.md",
                            "LICENSE",
                            "NOTICE",
                            "THIRD-PARTY.txt",
                            "VERSION");
        }
    }

    @Test
    void commands_onADeployedStack_needNoBuild() throws Exception {
        Files.writeString(elsewhere.resolve("job.json"), """
                {"commands": ["make"], "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.small",
                 "IamInstanceProfile": {"Name": "job"}}}""");

        Outcome runs = onStack("runs", "--limit", "1");
        Outcome submitted = onStack("run", "job.json", "--name", "first");

        assertThat(runs).isEqualTo(new Outcome(0, "SUCCEEDED  2025-11-29T12:00:00Z    1 min 30 s  past-0\n", ""));
        assertThat(submitted).isEqualTo(new Outcome(0, "Submitted first\n", ""));
        assertThat(aws.started).containsOnlyKeys("first");
        assertThat(onStack("show", "past-1").out()).contains("i-0a1b2c3d4e5f60718");
        assertThat(onStack("logs", "past-1").out()).isEqualTo("cc main.c\n! careful\n");
        try (Stream<Path> archives = Files.list(elsewhere.resolve("cache/wakebox"))) {
            assertThat(archives).as("one archive of classes for all commands").hasSize(1);
        }
    }

    @Test
    void commands_whereNothingCanBeWritten_work() throws Exception {
        Outcome valid = wakebox(Map.of("XDG_CACHE_HOME", "/dev/null/no directory"), "validate", "nosuch.json");

        assertThat(valid.exitCode()).isEqualTo(2);
        assertThat(valid.err()).startsWith("wakebox: there is no file").matches("[^\n]*\n");
    }

    @Test
    void commands_withoutCredentials_sayWhatToDo() throws Exception {
        var nobody = Map.of("AWS_ACCESS_KEY_ID", "", "AWS_EC2_METADATA_DISABLED", "true", "HOME", elsewhere.toString());

        Outcome refused = wakebox(nobody, "runs", "--stack", "prod");

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .startsWith("wakebox: there are no AWS credentials. Sign in")
                .matches("[^\n]*\n");
    }

    @Test
    void script_throughALinkAndWithJavaOnThePath_findsBoth() throws Exception {
        Path bin = Files.createDirectories(elsewhere.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of(JAVA_HOME, "bin/java"));
        Files.createSymbolicLink(bin.resolve("wakebox"), unpacked.resolve("wakebox"));

        Outcome help = run(
                elsewhere,
                Map.of("PATH", bin + ":/usr/bin:/bin", "XDG_CACHE_HOME", "/dev/null/no directory"),
                bin + "/wakebox",
                "help");

        assertThat(help.exitCode()).as(help.err()).isZero();
        assertThat(help.out()).contains("runs", "validate", "cancel");
    }

    @Test
    void script_forTheLocalApplication_saysWhatItNeeds() throws Exception {
        for (String command : List.of("up", "demo", "test")) {
            Outcome refused = wakebox(Map.of(), command);

            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err())
                    .startsWith("wakebox: " + command + " is a command for the local application, which needs")
                    .contains("source code")
                    .matches("[^\n]*\n");
        }
        assertThat(wakebox(Map.of(), "--version").out()).isEqualTo("wakebox 1.2.3\n");
    }

    private Outcome onStack(String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--stack", "prod", "--endpoint-url", aws.endpoint().toString()));
        return wakebox(Map.of("XDG_CACHE_HOME", elsewhere + "/cache"), all.toArray(String[]::new));
    }

    private Outcome wakebox(Map<String, String> environment, String... arguments) throws Exception {
        var all = new HashMap<>(Map.of(
                "PATH",
                "/usr/bin:/bin",
                "JAVA_HOME",
                JAVA_HOME,
                "AWS_REGION",
                DeployedStack.REGION,
                "AWS_ACCESS_KEY_ID",
                "AKIAEXAMPLE",
                "AWS_SECRET_ACCESS_KEY",
                "secret"));
        all.putAll(environment);
        var command = new ArrayList<>(List.of(unpacked.resolve("wakebox").toString()));
        command.addAll(List.of(arguments));
        return run(elsewhere, all, command.toArray(String[]::new));
    }

    private static Outcome run(Path directory, Map<String, String> environment, String... command) throws Exception {
        Path out = Files.createTempFile(shared, "out", "");
        Path err = Files.createTempFile(shared, "err", "");
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        process.environment().clear();
        process.environment().putAll(environment);
        int exitCode = process.start().waitFor();
        return new Outcome(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
    }
}
