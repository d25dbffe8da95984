package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The script {@code wakebox}, called from any directory, in a checkout at any path; tests/environments.sh starts
 * applications.
 */
class WakeboxScriptTest {
    private static final Path ROOT =
            Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath().normalize();

    @TempDir
    Path temporary;

    private final List<Process> pretenders = new ArrayList<>();
    private Path checkout = Path.of("");
    private Path elsewhere = Path.of("");

    /** The output of a command, both streams, and its exit code. */
    private record Outcome(int exitCode, String said) {}

    /** The script with the files it needs, and the ready file of an application that doesn't listen. */
    @BeforeEach
    void copyCheckout() throws IOException {
        elsewhere = Files.createDirectories(temporary.resolve("else where"));
        checkout = checkoutIn(temporary.resolve("a \"checkout\" that's 100% $HOME"));
    }

    @AfterEach
    void endPretenders() {
        pretenders.forEach(Process::destroyForcibly);
    }

    static Stream<List<String>> badCommands() {
        return Stream.of(
                List.of("nosuch"),
                List.of("invoke"),
                List.of("invoke", "StatusFunction", "-e"),
                List.of("invoke", "StatusFunction", "-e", "nosuch.json"),
                List.of("invoke", "StatusFunction", "-e", "."),
                List.of("invoke", "NoSuchFunction", "-e", "good.json"),
                List.of("invoke", "../functions/status", "-e", "good.json"),
                List.of("run", "nosuch.json"),
                List.of("run", "."),
                List.of("run", "good.json", "--wacth"),
                List.of("run", "--watsch", "good.json"),
                List.of("cancel"),
                List.of("cancel", "a", "--json", "--watch"),
                List.of("down", "extra"),
                List.of("status", "extra"),
                List.of("up", "--api-port", "0"),
                List.of("up", "--api-port", "65536"),
                List.of("up", "--aws-port", "many"),
                List.of("up", "--aws-port"),
                List.of("up", "--api-port", "4566"),
                List.of("up", "--port", "1"),
                List.of("bench", "speed", "nosuch"),
                List.of("logs", "NoSuchFunction"),
                List.of("test", "NoSuchFunction"),
                List.of("test", "shared/nosuch"),
                List.of("test", "../functions/status"),
                List.of("test", "status", "NoSuchTest"),
                List.of("test", "status", "StatusTest", "extra"),
                List.of("fmt", "nosuch"),
                List.of("template", "extra"),
                List.of("reload"),
                List.of("reload", "NoSuchFunction"),
                List.of("reload", "status", "extra"),
                List.of("reload", "status"),
                List.of("javadoc", "extra"),
                List.of("sbom", "extra"),
                List.of("status"));
    }

    @ParameterizedTest
    @MethodSource("badCommands")
    void wakebox_whenItCantBeDone_saysWhyInOneSentence(List<String> command) throws Exception {
        Files.writeString(elsewhere.resolve("good.json"), "{}");

        Outcome outcome = wakebox(command, Map.of());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.said()).startsWith("wakebox: ").matches("[^\n]*\n");
    }

    @Test
    void upAndDemo_whenTheSystemIsWindows_sayWhatIsNeededBeforeAnythingIsBuilt() throws Exception {
        Path bin = Files.createDirectories(temporary.resolve("another system"));
        Files.writeString(bin.resolve("uname"), "#!/bin/sh\necho MINGW64_NT-10.0\n");
        bin.resolve("uname").toFile().setExecutable(true);
        var path = Map.of("PATH", bin + ":" + System.getenv("PATH"));

        for (String command : List.of("up", "demo", "test")) {
            Outcome outcome = wakebox(List.of(command), path);

            assertThat(outcome.exitCode()).isEqualTo(2);
            assertThat(outcome.said())
                    .startsWith("wakebox: ./wakebox " + command + " needs Linux or macOS,")
                    .contains("MINGW64_NT-10.0")
                    .matches("[^\n]*\n");
        }
    }

    @Test
    void test_ofAModuleOrAClass_hasMavenRunNoOthers() throws Exception {
        for (var expected : Map.of(
                        List.of("test", "StatusFunction"), "-Dtest=dev/StatusTest,dev/StatusStoreTest,",
                        List.of("test", "status", "StatusTest"), "-Dtest=StatusTest",
                        List.of("test", "functions/status", "StatusTest#get_always_answers"),
                                "-Dtest=StatusTest#get_always_answers")
                .entrySet()) {
            Outcome outcome = wakebox(expected.getKey(), Map.of());

            assertThat(outcome.exitCode()).as(outcome.said()).isZero();
            assertThat(outcome.said()).endsWith("\n2 tests of functions/status ran; none failed.\n");
            assertThat(outcome.said().lines().findFirst().orElseThrow().split(" "))
                    .contains("-pl", "functions/status", "-am")
                    .satisfies(words -> assertThat(Stream.of(words).filter(word -> word.startsWith("-Dtest=")))
                            .singleElement()
                            .satisfies(tests -> assertThat(tests.split("[=,]"))
                                    .containsExactlyInAnyOrder(
                                            expected.getValue().split("[=,]"))))
                    .endsWith("test");
        }
    }

    @Test
    void test_whenNoTestRan_failsAndNamesWhatWasAskedFor() throws Exception {
        Outcome outcome = wakebox(List.of("test", "status", "StatusTest#nosuch"), Map.of("MAVEN_RUNS_NO_TEST", "yes"));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.said())
                .endsWith("\nwakebox: no test of functions/status ran; \"StatusTest#nosuch\" names none\n");
    }

    @Test
    void fmt_formatsAllModulesOrThoseThatAreNamed() throws Exception {
        assertThat(wakebox(List.of("fmt"), Map.of()).said()).endsWith("--batch-mode --quiet spotless:apply\n");
        assertThat(wakebox(List.of("fmt", "status", "functions/status/"), Map.of())
                        .said())
                .endsWith("--batch-mode --quiet -pl functions/status -pl functions/status spotless:apply\n");
    }

    @Test
    void templateAndFmt_makeTemplateYamlOfItsSources() throws Exception {
        Path template = checkout.resolve("template.yaml");

        assertThat(wakebox(List.of("template"), Map.of())).isEqualTo(new Outcome(0, ""));
        assertThat(template)
                .content()
                .startsWith("# Made by ./wakebox template ")
                .endsWith("\nResources: {}\n");

        Files.delete(template);
        wakebox(List.of("fmt", "status"), Map.of());
        assertThat(template).exists();
    }

    @Test
    void template_whenASourceIsMissing_namesItAndLeavesTemplateYaml() throws Exception {
        Files.writeString(checkout.resolve("template.yaml"), "of before");
        Files.writeString(checkout.resolve("template/root.yaml"), "# include: template/nosuch.yaml\n");

        assertThat(wakebox(List.of("template"), Map.of()))
                .isEqualTo(new Outcome(2, "wakebox: template.yaml can't be made: there is no template/nosuch.yaml\n"));
        assertThat(checkout.resolve("template.yaml")).hasContent("of before");
    }

    @Test
    void reload_whenTheBuildFails_saysSoAndTouchesNothing() throws Exception {
        pretendToRun(checkout);

        Outcome outcome = wakebox(List.of("reload", "status"), Map.of("MAVEN_FAILS", "yes"));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.said())
                .contains("[ERROR] Status.java:[1,2] ';' expected\n")
                .endsWith("wakebox: the build failed, and the running function is unchanged; the whole output is in"
                        + " .wakebox/build.log.\n");
    }

    @Test
    void reload_whenTheBuildSucceeds_tellsTheRunningApplication() throws Exception {
        pretendToRun(checkout);

        assertThat(wakebox(List.of("reload", "status"), Map.of()))
                .as("nothing listens there")
                .isEqualTo(new Outcome(1, """
                        Building functions/status …
                        wakebox: The application does not answer. Start it anew with ./wakebox down and ./wakebox up.
                        """));
        assertThat(Files.readString(checkout.resolve(".wakebox/build.log")))
                .contains("-pl functions/status -am ")
                .endsWith(" compiler:compile@default-compile jar:jar jar:test-jar dependency:copy-dependencies@lib\n");
    }

    @Test
    void up_whenPortIsOutOfRange_namesTheRange() throws Exception {
        assertThat(wakebox(List.of("up", "--api-port", "70000"), Map.of()).said())
                .isEqualTo("wakebox: --api-port (or WAKEBOX_API_PORT) is \"70000\"; it must be a port number from 1 to"
                        + " 65535.\n");
        assertThat(wakebox(List.of("up"), Map.of("WAKEBOX_AWS_PORT", "x")).said())
                .isEqualTo("wakebox: --aws-port (or WAKEBOX_AWS_PORT) is \"x\"; it must be a port number from 1 to"
                        + " 65535.\n");
    }

    @Test
    void help_always_succeeds() throws Exception {
        for (List<String> command : List.of(List.of("help"), List.of("run", "--help"), List.of("up", "-h"))) {
            Outcome outcome = wakebox(command, Map.of());

            assertThat(outcome.exitCode()).isZero();
            assertThat(outcome.said())
                    .startsWith(command.contains("run") ? "Usage: ./wakebox run" : "Wakebox: on-demand EC2 compute");
        }
    }

    @Test
    void wakebox_throughSymbolicLinks_findsItsCheckoutAndTheCallersFile() throws Exception {
        Files.writeString(elsewhere.resolve("st.json"), "{}");
        Path bin = Files.createDirectories(temporary.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("absolute"), checkout.resolve("wakebox"));
        Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
        Path chain = Files.createSymbolicLink(elsewhere.resolve("chain"), Path.of("../bin/relative"));

        for (Path script : List.of(chain, checkout.resolve("wakebox"))) {
            assertThat(run(script, List.of("invoke", "StatusFunction", "-e", "st.json"), Map.of()))
                    .satisfies(outcome -> assertThat(outcome.exitCode()).isEqualTo(2))
                    .satisfies(
                            outcome -> assertThat(outcome.said())
                                    .startsWith(
                                            "wakebox: no stack is named, and the local application doesn't run; start it with ./wakebox up"));
        }
    }

    @Test
    void client_whenTheFileIsNoJson_namesFileAndPlace() throws Exception {
        pretendToRun(checkout);
        Files.writeString(elsewhere.resolve("broken.json"), "{\"a\": 1,\n \"b\" }");

        for (List<String> command :
                List.of(List.of("run", "broken.json"), List.of("invoke", "StatusFunction", "-e", "broken.json"))) {
            Outcome outcome = wakebox(command, Map.of());

            assertThat(outcome.exitCode()).isPositive();
            assertThat(outcome.said())
                    .startsWith("wakebox: ")
                    .contains("else where/broken.json: The JSON cannot be parsed at line 2")
                    .doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void client_whenNothingAnswers_saysSo() throws Exception {
        pretendToRun(checkout);
        Files.writeString(elsewhere.resolve("good.json"), """
                {"commands": ["true"], "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.small",
                 "IamInstanceProfile": {"Name": "job"}}}""");

        for (List<String> command : List.of(
                List.of("status"),
                List.of("runs"),
                List.of("mail"),
                List.of("cancel", "x"),
                List.of("run", "good.json"))) {
            Outcome outcome =
                    wakebox(command, Map.of("HTTP_PROXY", "http://127.0.0.1:9", "JAVA_TOOL_OPTIONS", "-Dx=y"));

            assertThat(outcome)
                    .as("%s", command)
                    .isEqualTo(new Outcome(
                            command.getFirst().equals("mail") ? 1 : 3,
                            "wakebox: The application does not answer. Start it anew with ./wakebox down and ./wakebox"
                                    + " up.\n"));
        }
    }

    @Test
    void unknownCommand_namesTheNearestOne() throws Exception {
        for (var nearest : Map.of(
                        "rnu", "run", "shwo", "show", "cancle", "cancel", "dryrun", "dry-run", "uplaod", "upload",
                        "stauts", "status")
                .entrySet()) {
            assertThat(wakebox(List.of(nearest.getKey()), Map.of()).said())
                    .startsWith("wakebox: unknown command: " + nearest.getKey() + "; did you mean " + nearest.getValue()
                            + "?");
        }
    }

    @Test
    void ssh_startsASessionOfTheAwsCommand() throws Exception {
        Path bin = Files.createDirectories(temporary.resolve("aws bin"));
        Path aws = Files.writeString(bin.resolve("aws"), "#!/bin/sh\necho \"$@\"\nexit 7\n");
        aws.toFile().setExecutable(true);
        try (var stack = new DeployedStack()) {
            Outcome outcome = wakebox(
                    List.of(
                            "ssh",
                            "live-1",
                            "--stack",
                            "prod",
                            "--endpoint-url",
                            stack.endpoint().toString()),
                    Map.of(
                            "PATH",
                            bin + ":" + System.getenv("PATH"),
                            "AWS_REGION",
                            DeployedStack.REGION,
                            "AWS_ACCESS_KEY_ID",
                            "AKIAEXAMPLE",
                            "AWS_SECRET_ACCESS_KEY",
                            "secret"));

            assertThat(outcome)
                    .isEqualTo(new Outcome(
                            7,
                            "ssm start-session --target i-0a1b2c3d4e5f60718 --region eu-west-1 --endpoint-url "
                                    + stack.endpoint() + "\n"));
        }
    }

    @Test
    void run_whenTheFileIsTooLarge_namesTheLimit() throws Exception {
        pretendToRun(checkout);
        Files.writeString(elsewhere.resolve("large.json"), "{\"a\": \"" + "x".repeat(256 * 1024) + "\"}");

        assertThat(wakebox(List.of("run", "large.json"), Map.of()).said())
                .contains("large.json: ", "; $: must have at most 229376 bytes, has ");
    }

    @Test
    void wakebox_whenJavaHomeIsWrong_takesAnotherJdk() throws Exception {
        assertThat(wakebox(List.of("status"), Map.of("JAVA_HOME", "/nonexistent"))
                        .said())
                .startsWith(
                        "wakebox: no stack is named, and the local application doesn't run; start it with ./wakebox up");
    }

    @Test
    void mail_ofADeployedStack_saysThatThereIsNone() throws Exception {
        assertThat(wakebox(List.of("mail", "--stack", "prod"), Map.of()))
                .isEqualTo(
                        new Outcome(
                                2,
                                "wakebox: mail shows the mailbox of the local application; a deployed stack sends its mails through SES, which keeps none.\n"));
    }

    @Test
    void unknownOption_namesTheNearestOne() throws Exception {
        assertThat(wakebox(List.of("up", "--api-prot", "1"), Map.of()).said())
                .isEqualTo("wakebox: unknown option: --api-prot; did you mean --api-port? (./wakebox help)\n");
    }

    private Outcome wakebox(List<String> command, Map<String, String> environment) throws Exception {
        return run(checkout.resolve("wakebox"), command, environment);
    }

    private Outcome run(Path script, List<String> command, Map<String, String> environment) throws Exception {
        var words = new ArrayList<>(List.of(script.toString()));
        words.addAll(command);
        var builder = new ProcessBuilder(words).directory(elsewhere.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("WAKEBOX_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Outcome(process.waitFor(), said);
    }

    /**
     * Files for the commands that start no application: the script, a function, our classes, and a Maven that prints
     * its arguments and reports two tests.
     */
    private static Path checkoutIn(Path directory) throws IOException {
        Path tests = Files.createDirectories(directory.resolve("functions/status/src/test/java/dev"));
        Files.createFile(directory.resolve("functions/status/pom.xml"));
        Files.createFile(tests.resolve("StatusTest.java"));
        Files.createFile(tests.resolve("StatusStoreTest.java"));
        Files.createFile(tests.resolve("InMemoryStatus.java"));
        Files.writeString(directory.resolve("mvnw"), """
                #!/bin/sh
                echo "$@"
                case " $* " in
                    *" test ")
                        reports=functions/status/target/surefire-reports
                        mkdir -p $reports
                        sleep 0.1
                        [ -n "$MAVEN_RUNS_NO_TEST" ] || printf '<testcase \\n<testcase ' >$reports/TEST-dev.StatusTest.xml
                        ;;
                esac
                [ -z "$MAVEN_FAILS" ] || echo "[ERROR] Status.java:[1,2] ';' expected"
                [ -z "$MAVEN_FAILS" ]
                """);
        directory.resolve("mvnw").toFile().setExecutable(true);
        Files.createDirectories(directory.resolve("bin"));
        Files.createDirectories(directory.resolve("cli/target/lib"));
        Files.copy(ROOT.resolve("wakebox"), directory.resolve("wakebox"));
        for (String script : List.of("bin/find-jdk", "bin/cli")) {
            Files.copy(ROOT.resolve(script), directory.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(directory.resolve("build"));
        Files.copy(ROOT.resolve("build/MakeTemplate.java"), directory.resolve("build/MakeTemplate.java"));
        Files.createDirectories(directory.resolve("template"));
        Files.writeString(directory.resolve("template/root.yaml"), "Resources: {}\n");
        directory.resolve("wakebox").toFile().setExecutable(true);
        try (var _ = new JarOutputStream(
                Files.newOutputStream(directory.resolve("cli/target/lib/classes.jar")), classPath())) {
            return directory;
        }
    }

    /** This test's class, as the only content of a jar. */
    private static Manifest classPath() {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(":", -1))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        return manifest;
    }

    /** A process that looks like the application of this checkout, and addresses at which nothing listens. */
    private void pretendToRun(Path directory) throws IOException {
        Path run = Files.createDirectories(directory.resolve(".wakebox/run"));
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "printf %s \"$PWD\" | cksum | tr ' ' - > .wakebox/mark; "
                                + "exec sh -c 'read line' \"-Dwakebox.checkout=$(cat .wakebox/mark)\"")
                .directory(directory.toFile())
                .start();
        Files.writeString(directory.resolve(".wakebox/pid"), process.pid() + "\n");
        Files.writeString(run.resolve("ready.json"), """
                {"api": "http://127.0.0.1:9", "aws": "http://127.0.0.1:9", "instance": "i-0", "processor": "i-1",
                 "platform": "http://127.0.0.1:9", "token": "t", "outputs": {"EC2RunStateMachineArn":
                 "arn:aws:states:us-east-1:000000000000:stateMachine:m", "DataBucketName": "b"}}
                """);
        pretenders.add(process);
    }
}
