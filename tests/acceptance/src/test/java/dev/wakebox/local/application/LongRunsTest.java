package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.ssm.model.Command;

/**
 * Jobs above 48 hours: their commands run detached from Systems Manager's command, so that its limit doesn't end them. The fault {@code
 * command-limit} makes that limit seconds instead of 48 hours.
 */
@Execution(ExecutionMode.CONCURRENT)
class LongRunsTest {
    private static final int FOURTEEN_DAYS = 14 * 24 * 3600;
    private static final String LIMIT = "command-limit=15";

    @TempDir
    static Path directory;

    /** What the commands leave on this computer, outside of their instances. */
    @TempDir
    static Path left;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.startWithOnly("Runs", directory.resolve("run"), Map.of());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void run_above48Hours_outlivesTheLimitOfSystemsManagerWithItsWholeOutputOnce() throws Exception {
        String execution = app.startExecution(
                "outlives", document(FOURTEEN_DAYS, List.of(LIMIT), begun("outlives"), counting(45)));

        assertThat(app.awaitEnd(execution, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);

        assertThat(lines("outlives")).containsExactly("begun");
        assertThat(commands(execution))
                .hasSizeGreaterThan(2)
                .extracting(Command::comment)
                .contains("outlives/0", "outlives/0/1", "outlives/0/2");
        var printed = new Commands(app.aws(), Files.createDirectory(directory.resolve("outlives")))
                .run("logs", "outlives")
                .said()
                .lines()
                .toList();
        assertThat(printed).filteredOn(line -> !line.startsWith("!")).containsExactlyElementsOf(counted("line "));
        assertThat(printed).filteredOn(line -> line.startsWith("!")).containsExactlyElementsOf(counted("! error "));
    }

    /** The same commands, which Systems Manager runs itself. */
    @Test
    void run_upTo48Hours_isEndedAtTheLimitOfSystemsManager() {
        String execution = app.startExecution("ended", document(3600, List.of(LIMIT), counting(600)));

        var end = app.awaitEnd(execution, A_WHILE);

        assertThat(end.error()).isEqualTo("TIMED_OUT");
        assertThat(end.cause()).contains("ended by Systems Manager");
        assertThat(commands(execution)).hasSize(1);
    }

    @Test
    @InTestAll
    void run_above48Hours_whenItFailsAfterTheLimit_hasItsExitCodeAndTheEndOfStandardError() {
        String execution = app.startExecution(
                "fails", document(FOURTEEN_DAYS, List.of(LIMIT), "sleep 40", "echo no such thing >&2; exit 3"));

        var end = app.awaitEnd(execution, A_WHILE);

        assertThat(end.error()).isEqualTo("COMMAND_FAILED");
        assertThat(end.cause())
                .contains("The commands failed with exit code 3.", "no such thing", "Command 2 of 2 failed");
    }

    /** A run of the same kind whose instance is kept: what ends the process is not the instance's termination. */
    @Test
    void run_above48Hours_whenItsCommandIsCancelled_leavesNoDetachedProcess() {
        String execution = app.startExecution(
                "cancelled",
                document(
                        Map.of("timeout_s", FOURTEEN_DAYS, "ii_terminate_instance", false),
                        List.of(),
                        "echo $$ > " + left.resolve("cancelled"),
                        "sleep 600"));
        await("the commands run", A_WHILE, () -> !lines("cancelled").isEmpty());
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(lines("cancelled").getFirst())).orElseThrow();

        app.ssm.cancelCommand(
                request -> request.commandId(commands(execution).getFirst().commandId()));

        var end = app.awaitEnd(execution, A_WHILE);
        assertThat(end.error()).isEqualTo("CANCELLED");
        assertThat(process.isAlive()).isFalse();
        assertThat(app.instancesLeft())
                .extracting(instance -> instance.instanceId())
                .doesNotContain(instance(execution));
    }

    @Test
    void run_above48Hours_whenStopped_leavesNoDetachedProcess() {
        String execution = app.startExecution(
                "stopped", document(FOURTEEN_DAYS, List.of(), "echo $$ > " + left.resolve("stopped"), "sleep 600"));
        await("the commands run", A_WHILE, () -> !lines("stopped").isEmpty());
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(lines("stopped").getFirst())).orElseThrow();

        app.stepFunctions.stopExecution(request -> request.executionArn(execution));

        await("the detached commands have ended", A_WHILE, () -> !process.isAlive());
    }

    /** Commander crashes after it has sent the command, and after it has sent the next one. */
    @Test
    @InTestAll
    void run_above48Hours_whenTheAnswersOfSendCommandAreLost_startsItsCommandsOnce() {
        String execution = app.startExecution(
                "once",
                document(FOURTEEN_DAYS, List.of(LIMIT, "crash=Commander times=2"), begun("once"), counting(30)));

        assertThat(app.awaitEnd(execution, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);

        assertThat(lines("once")).containsExactly("begun");
        assertThat(commands(execution)).extracting(Command::comment).doesNotHaveDuplicates();
    }

    @Test
    void run_above48Hours_whenItsCommandIsSentTwice_startsItsCommandsOnce() {
        Path end = left.resolve("twice-end");
        String execution = app.startExecution(
                "twice",
                document(FOURTEEN_DAYS, List.of(), begun("twice"), "until [ -e " + end + " ]; do sleep 1; done"));
        await("the commands run", A_WHILE, () -> !lines("twice").isEmpty());
        Command first = commands(execution).getFirst();

        app.ssm.sendCommand(request -> request.documentName(first.documentName())
                .comment(first.comment())
                .parameters(first.parameters())
                .instanceIds(instance(execution)));
        await("the second one waits", A_WHILE, () -> followers(execution).count() == 2);
        create(end);

        assertThat(app.awaitEnd(execution, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(lines("twice")).containsExactly("begun");
    }

    /** As when the agent is restarted and loses the command that follows: Systems Manager reports that it failed. */
    @Test
    @InTestAll
    void run_above48Hours_whenTheFollowingCommandIsKilled_continuesAndIsFollowedByAnother() {
        Path end = left.resolve("killed-end");
        String execution = app.startExecution(
                "killed",
                document(
                        FOURTEEN_DAYS,
                        List.of(),
                        begun("killed"),
                        "until [ -e " + end + " ]; do sleep 1; done; echo the end"));
        await("the commands run", A_WHILE, () -> !lines("killed").isEmpty());
        await("the command is older than a minute", A_WHILE, () -> commands(execution)
                .getFirst()
                .requestedDateTime()
                .isBefore(Instant.now().minusSeconds(65)));

        followers(execution).forEach(ProcessHandle::destroyForcibly);

        await("another one follows", A_WHILE, () -> commands(execution).size() == 2);
        create(end);
        var done = app.awaitEnd(execution, A_WHILE);
        assertThat(done.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(lines("killed")).containsExactly("begun");
        var logs = (Map<?, ?>)
                ((Map<?, ?>) Json.object(done.output().getBytes(UTF_8)).get("run")).get("logs");
        assertThat(app.object(String.valueOf(logs.get("stdout_key")))).hasValue("the end\n");
    }

    @Test
    @InTestAll
    void run_above48Hours_whenItsInstanceRebootsInTheMiddle_failsAndSaysWhy() {
        String execution = app.startExecution(
                "rebooted",
                document(
                        FOURTEEN_DAYS,
                        List.of("command-limit=40"),
                        begun("rebooted"),
                        "sleep 10; sudo reboot; sleep 600"));

        var end = app.awaitEnd(execution, A_WHILE);

        assertThat(end.error()).isEqualTo("COMMAND_FAILED");
        assertThat(end.cause()).containsAnyOf("The commands were killed before they ended", "The instance rebooted");
        assertThat(lines("rebooted")).containsExactly("begun");
    }

    private static Map<String, Object> document(int timeout, List<String> faults, String... commands) {
        return document(Map.of("timeout_s", timeout, "ii_terminate_instance", true), faults, commands);
    }

    private static Map<String, Object> document(Map<String, Object> options, List<String> faults, String... commands) {
        var document = new HashMap<>(RunningApplication.runDocument(options, commands));
        var instance = new HashMap<String, Object>();
        ((Map<?, ?>) document.get("instance_parameters"))
                .forEach((key, value) -> instance.put(String.valueOf(key), value));
        if (!faults.isEmpty()) {
            instance.put(
                    "TagSpecifications",
                    List.of(Map.of(
                            "ResourceType",
                            "instance",
                            "Tags",
                            IntStream.range(0, faults.size())
                                    .mapToObj(i -> Map.of("Key", "wakebox:fault" + i, "Value", faults.get(i)))
                                    .toList())));
        }
        document.put("instance_parameters", instance);
        return document;
    }

    private static String begun(String name) {
        return "echo begun >> " + left.resolve(name);
    }

    /** Prints a line on each stream every second. */
    private static String counting(int seconds) {
        return "i=0; while [ $i -lt " + seconds + " ]; do i=$((i + 1)); echo line $i; echo error $i >&2; sleep 1; done";
    }

    private static List<String> counted(String text) {
        return IntStream.rangeClosed(1, 45).mapToObj(i -> text + i).toList();
    }

    private static List<String> lines(String name) {
        try {
            Path file = left.resolve(name);
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String instance(String execution) {
        return app.instancesOf(execution).getFirst().instanceId();
    }

    private static List<Command> commands(String execution) {
        return app.ssm
                .listCommands(request -> request.instanceId(instance(execution)))
                .commands();
    }

    /** The shells that Systems Manager has started on the instance of the execution. */
    private static Stream<ProcessHandle> followers(String execution) {
        List<String> scripts = commands(execution).stream()
                .map(command -> "commands/" + command.commandId() + "/" + instance(execution) + "/script")
                .toList();
        return ProcessHandle.allProcesses().filter(process -> process.info()
                .commandLine()
                .filter(line -> scripts.stream().anyMatch(line::endsWith) && !line.contains("supervise.py"))
                .isPresent());
    }
}
