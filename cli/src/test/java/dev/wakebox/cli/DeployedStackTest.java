package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.wakebox.cli.DeployedStack.Refusal;
import dev.wakebox.cli.StackCommands.Result;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands against a deployed stack: without a local application, and with nothing but AWS's answers. */
class DeployedStackTest {
    private static final String DOCUMENT = """
            {"commands": ["make"], "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.small",
             "IamInstanceProfile": {"Name": "job"}}}""";

    /** The commands that ask AWS and take a name or a file. */
    private static final List<String> COMMANDS =
            List.of("run", "show", "logs", "events", "cancel", "rerun", "dry-run", "ssh", "validate");

    @TempDir
    Path directory;

    private DeployedStack aws;
    private StackCommands commands;

    @BeforeEach
    void deploy() throws IOException {
        aws = new DeployedStack();
        commands = new StackCommands(aws.endpoint(), directory);
    }

    @AfterEach
    void delete() {
        aws.close();
    }

    @Test
    void run_submitsTheDocumentWithItsChanges() throws IOException {
        Files.writeString(directory.resolve("night job.json"), DOCUMENT);

        Result result = wakebox("run", "night job.json", "--set", "run_options.timeout_s=600", "--set", "note=a b");

        assertThat(result).isEqualTo(new Result(0, "Submitted night-job-20251129-121500-000\n", ""));
        assertThat(Json.object(requireNonNull(aws.started.get("night-job-20251129-121500-000"))
                        .getBytes(UTF_8)))
                .containsEntry("run_options", Map.of("timeout_s", 600))
                .containsEntry("note", "a b")
                .containsEntry("commands", List.of("make"));
        assertThat(aws.operations).containsExactly("DescribeStacks", "StartExecution");
    }

    /** As OpenTelemetry passes a trace on to programs. */
    @Test
    void run_andRerun_inATrace_submitTheDocumentInIt() throws IOException {
        String place = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        Files.writeString(directory.resolve("a.json"), DOCUMENT);
        commands.environment.put("TRACEPARENT", place);
        commands.environment.put("TRACESTATE", "congo=t61");

        wakebox("run", "a.json", "--name", "first");
        wakebox("run", "a.json", "--name", "own", "--set", "run_options.traceparent=" + place.replace("b7-", "b8-"));
        wakebox("rerun", "first", "--name", "same");
        commands.environment.put("TRACEPARENT", "not valid");
        wakebox("rerun", "first", "--name", "none");

        assertThat(options("first")).containsEntry("traceparent", place).containsEntry("tracestate", "congo=t61");
        assertThat(options("own"))
                .containsEntry("traceparent", place.replace("b7-", "b8-"))
                .doesNotContainKey("tracestate");
        assertThat(options("same")).containsEntry("traceparent", place);
        assertThat(options("none")).doesNotContainKeys("traceparent", "tracestate");
    }

    private JsonObject options(String name) {
        return Json.object(requireNonNull(aws.started.get(name)).getBytes(UTF_8))
                .object("run_options");
    }

    @Test
    void run_ofADirectoryAndOfLines_submitsEach() throws IOException {
        for (String name : List.of("b.json", "a.json")) {
            Files.writeString(directory.resolve(name), DOCUMENT);
        }
        Files.writeString(directory.resolve("notes.txt"), "no document");
        commands.input = DOCUMENT.replace("\n", " ") + "\n\n" + DOCUMENT.replace("\n", " ") + "\n";

        assertThat(wakebox("run", ".", "--name", "set").out()).isEqualTo("Submitted set-1\nSubmitted set-2\n");
        assertThat(wakebox("run", "-", "--name", "in", "--json").out().lines())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(Json.object(line.getBytes(UTF_8))).containsKeys("name", "execution"));
        assertThat(aws.started).containsOnlyKeys("set-1", "set-2", "in-1", "in-2");
    }

    @Test
    void run_whenOneDocumentIsWrong_submitsNone() throws IOException {
        Files.writeString(directory.resolve("good.json"), DOCUMENT);
        Files.writeString(
                directory.resolve("bad.json"), "{\"commands\": [\"a\"], \"run_options\": {\"ii_terminate\": true}}");

        Result result = wakebox("run", ".");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("wakebox: ")
                .contains("bad.json: ", "ii_terminate_instance", "$.instance_parameters");
        assertThat(aws.started).isEmpty();
    }

    @Test
    void run_whenItWaits_tellsEachOutcomeAndFailsIfOneFailed() throws IOException {
        Files.writeString(directory.resolve("a.json"), DOCUMENT);

        Result good = wakebox("run", "a.json", "a.json", "--name", "good", "--at-once", "1");
        Result bad = wakebox("run", "a.json", "--name", "bad", "--wait");

        assertThat(good).isEqualTo(new Result(0, """
                Submitted good-1
                SUCCEEDED  good-1  1 min 30 s
                Submitted good-2
                SUCCEEDED  good-2  1 min 30 s
                """, ""));
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.out()).endsWith("COMMAND_FAILED  bad  1 min 30 s  The command make ended with 2.\n");
    }

    @Test
    void run_whenWatched_printsStatesOutputAndOutcome() throws IOException {
        Files.writeString(directory.resolve("a.json"), DOCUMENT);

        Result result = wakebox("run", "a.json", "--name", "bad", "--watch");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .containsSubsequence(
                        "EC2StarterFromAMI",
                        "EC2Poller",
                        "instance i-0a1b2c3d4e5f60718",
                        "stdout  cc main.c",
                        "stderr  careful",
                        "COMMAND_FAILED",
                        "The command make ended with 2.");
    }

    @Test
    void runs_of10000PastRuns_asksOnce() {
        aws.past = 10_000;

        Result result = wakebox("runs");

        assertThat(result.out().lines())
                .hasSize(50)
                .first()
                .asString()
                .startsWith("SUCCEEDED  2025-11-29T12:00:00Z")
                .endsWith("past-0");
        assertThat(aws.operations).containsExactly("DescribeStacks", "ListExecutions");
    }

    @Test
    void runs_withSinceAndLimit_readsOnlyThatFar() {
        aws.past = 5_000;

        assertThat(wakebox("runs", "--since", "3h", "--json").out())
                .contains("past-0", "past-2")
                .doesNotContain("past-3");
        assertThat(wakebox("runs", "--since", "2025-11-29T10:30:00Z").out().lines())
                .hasSize(2);
        assertThat(wakebox("runs", "--limit", "1500", "--status", "succeeded")
                        .out()
                        .lines())
                .hasSize(1500);
        assertThat(aws.operations).filteredOn("ListExecutions"::equals).hasSize(4);
    }

    @Test
    void show_tellsStatesAndAnswersInJson() {
        Result text = wakebox("show", "past-1");
        Result json = wakebox("show", "bad-1", "--json");

        assertThat(text.exitCode()).isZero();
        assertThat(text.out())
                .contains("SUCCEEDED", "i-0a1b2c3d4e5f60718", "c-7", "EC2StarterFromAMI", "1 min 30 s")
                .contains("Trace       00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(Json.object(json.out().getBytes(UTF_8)))
                .containsEntry("outcome", "COMMAND_FAILED")
                .containsEntry("started_at", "2025-11-29T12:00:00Z")
                .containsEntry("instance_id", "i-0a1b2c3d4e5f60718");
    }

    @Test
    void logs_printsBothStreamsByTime() {
        assertThat(wakebox("logs", "past-1")).isEqualTo(new Result(0, "cc main.c\n! careful\n", ""));
        assertThat(wakebox("logs", "bad-1", "-f").exitCode()).isEqualTo(1);
        assertThat(wakebox("logs", "past-1", "--json").out().lines())
                .first()
                .isEqualTo("{\"time\":\"2025-11-29T12:00:00.001Z\",\"stream\":\"stdout\",\"text\":\"cc main.c\"}");
    }

    @Test
    void logs_ofALongRun_readsEveryLineAndEventOnce() {
        Result result = wakebox("logs", "long", "-f");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines()).hasSize(DeployedStack.LONG_LINES + 1);
        assertCheap();
    }

    @Test
    void run_whenALongRunIsWatched_readsEveryLineAndEventOnce() throws IOException {
        Files.writeString(directory.resolve("a.json"), DOCUMENT);

        Result result = wakebox("run", "a.json", "--name", "long", "--watch");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines())
                .filteredOn(line -> line.endsWith("cc main.c"))
                .hasSize(DeployedStack.LONG_LINES);
        assertCheap();
    }

    /** Four polls of a run with 24,000 events and 100,000 lines. */
    private void assertCheap() {
        assertThat(aws.operations).filteredOn("DescribeExecution"::equals).hasSize(4);
        assertThat(aws.operations)
                .filteredOn("GetExecutionHistory"::equals)
                .as("25 pages and the document, then at most two calls a poll")
                .hasSizeLessThanOrEqualTo(26 + 3 * 2);
        assertThat(aws.operations)
                .filteredOn("GetLogEvents"::equals)
                .as("11 pages of each stream, then one call of each stream a poll")
                .hasSizeLessThanOrEqualTo(2 * 11 + 3 * 2);
    }

    @Test
    void events_cancel_rerun_andDryRun_askAwsAlone() throws IOException {
        Files.writeString(directory.resolve("a.json"), DOCUMENT);

        assertThat(wakebox("events", "bad-1").out()).contains("TaskStateEntered", "EC2Poller", "COMMAND_FAILED");
        assertThat(wakebox("cancel", "live-1", "past-1").out())
                .isEqualTo("Stopped live-1; the reaper ends what it has launched.\npast-1 had already ended.\n");
        assertThat(wakebox("rerun", "bad-1", "--name", "again", "--set", "run_options.timeout_s=90")
                        .out())
                .isEqualTo("Submitted again\n");
        assertThat(aws.started.get("again")).contains("\"timeout_s\":90", "ami-1");
        assertThat(wakebox("dry-run", "a.json").out()).isEqualTo("{\"request\":{\"ImageId\":\"ami-1\"}}\n");
        assertThat(aws.started.values())
                .filteredOn(document -> document.contains("\"dry_run\":true"))
                .hasSize(1);
        assertThat(Set.copyOf(aws.operations))
                .containsExactlyInAnyOrder(
                        "DescribeStacks",
                        "DescribeExecution",
                        "GetExecutionHistory",
                        "StopExecution",
                        "StartExecution");
    }

    @Test
    void validate_withoutAStack_tellsEveryMistakeOfEveryFile() throws IOException {
        Files.writeString(directory.resolve("broken.json"), "{\"commands\": [\n");
        Files.writeString(directory.resolve("good.json"), writing("anywhere"));
        Files.writeString(directory.resolve("long.json"), DOCUMENT.replace("make", "true # " + "x".repeat(224 * 1024)));
        Files.writeString(directory.resolve("spacious.json"), DOCUMENT + " ".repeat(300 * 1024));
        Files.writeString(
                directory.resolve("wrong.json"),
                DOCUMENT.replace("\"make\"", "7").replace("\"t4g.small\"", "5"));

        Result result = wakebox("validate", ".");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out().replace(directory + "/", "").lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("broken.json: $: ").contains("line 2"),
                        line -> assertThat(line).isEqualTo("good.json: valid"),
                        line -> assertThat(line).startsWith("long.json: $: must have at most 229376 bytes, has "),
                        line -> assertThat(line).isEqualTo("spacious.json: valid"),
                        line -> assertThat(line).startsWith("wrong.json: $.commands[0]: must be a string, is 7"),
                        line -> assertThat(line).startsWith("wrong.json: $.instance_parameters.InstanceType: "));
        assertThat(aws.operations).isEmpty();
    }

    @Test
    void validate_asJson_givesThePointerOfEachMistake() {
        commands.input = DOCUMENT.replace("\n", "").replace("\"make\"", "7") + "\n" + DOCUMENT.replace("\n", "") + "\n";

        Result result = wakebox("validate", "-", "--json");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEqualTo("""
                {"source":"line 1 of the standard input","valid":false,"mistakes":[{"pointer":"/commands/0",\
                "path":"$.commands[0]","rule":"must be a string, is 7"}]}
                {"source":"line 2 of the standard input","valid":true,"mistakes":[]}
                """);
    }

    @Test
    void validate_withAStack_checksItsBuckets() throws IOException {
        Files.writeString(directory.resolve("a.json"), writing("results-7"));
        String foreign = "names the bucket \"results-7\", but this stack may write only to prod-data";

        Result result = wakebox("validate", "a.json", "--stack", "prod");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).contains("$.commands: " + foreign, "$.run_options.ii_check_s3: " + foreign);
        for (String command : List.of("run", "dry-run")) {
            assertThat(wakebox(command, "a.json"))
                    .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(2))
                    .satisfies(refused -> assertThat(refused.err()).contains("a.json: $.commands: " + foreign));
        }
        assertThat(aws.started).isEmpty();

        aws.parameters.put("OutputBuckets", "logs, results-?");
        assertThat(wakebox("validate", "a.json", "--stack", "prod").exitCode()).isZero();
    }

    /** A document whose commands write to a bucket, in which the output is checked. */
    private static String writing(String bucket) {
        return DOCUMENT.replace("make", "run --s3_bucket " + bucket + " --s3_prefix out")
                .replaceFirst("\\{", "{\"run_options\": {\"ii_check_s3\": true}, ");
    }

    @Test
    void anyCommand_whenTheRunIsUnknown_saysSo() {
        for (String command : List.of("show", "logs", "events", "cancel", "rerun", "ssh")) {
            assertThat(wakebox(command, "nosuch"))
                    .as(command)
                    .isEqualTo(
                            new Result(
                                    2,
                                    "",
                                    "wakebox: There is no run \"nosuch\". Step Functions forgets a run 90 days after its end.\n"));
        }
    }

    @Test
    void ssh_whenThereIsNoInstance_saysSo() {
        assertThat(wakebox("ssh", "past-1").err()).contains("has ended");
    }

    /** The kinds of bad input: arguments, and what the sentence has to say. */
    static Stream<Arguments> badInput() {
        return Stream.of(
                arguments(List.of("runz"), "unknown command: runz; did you mean run or runs"),
                arguments(List.of("shwo", "a"), "unknown command: shwo; did you mean ssh or show"),
                arguments(List.of("runs", "--limt", "3"), "unknown option: --limt; did you mean --limit"),
                arguments(List.of("runs", "3"), "unknown argument: 3"),
                arguments(List.of("runs", "--limit", "many"), "'--limit': 'many' is not an int"),
                arguments(List.of("runs", "--limit", "0"), "--limit needs a number of 1 or more, not 0"),
                arguments(List.of("runs", "--since", "yesterday"), "--since needs an age such as 90m"),
                arguments(List.of("runs", "--status", "done"), "SUCCEEDED"),
                arguments(
                        List.of("runs", "--region", "Ireland"),
                        "--region needs the name of a region, such as eu-west-1"),
                arguments(List.of("runs", "--endpoint-url", "localhost"), "'--endpoint-url': needs a URL such as http"),
                arguments(
                        List.of("runs", "--endpoint-url", "http://a b"), "'--endpoint-url': needs a URL such as http"),
                arguments(
                        List.of("run", "good.json", "--at-once", "0"), "--at-once needs a number of 1 or more, not 0"),
                arguments(List.of("run", "good.json", "--set", "timeout"), "--set needs PATH=VALUE"),
                arguments(List.of("run", "good.json", "--name", "a b"), "1 to 80 characters"),
                arguments(List.of("run", "good.json", "good.json", "--watch"), "--watch follows one run, not 2"),
                arguments(List.of("run", "nosuch.json"), "there is no file"),
                arguments(List.of("run", "broken.json"), "broken.json: The JSON cannot be parsed at line 2"),
                arguments(List.of("run", "latin1.json"), "latin1.json: The JSON is not UTF-8"),
                arguments(List.of("run", "huge.json"), "a document has at most 1048576 bytes"),
                arguments(List.of("run", "empty"), "has no .json file"),
                arguments(List.of("run", "-"), "the standard input has no document"),
                arguments(List.of("run"), "'FILE'"),
                arguments(List.of("validate"), "'FILE'"),
                arguments(List.of("show"), "'NAME'"),
                arguments(List.of("cancel"), "'NAME'"),
                arguments(List.of("runs", "--stack", "other"), "there is no stack \"other\""));
    }

    @ParameterizedTest
    @MethodSource("badInput")
    void anyCommand_whenTheInputIsWrong_saysWhatAndWhatToDo(List<String> arguments, String sentence)
            throws IOException {
        Files.writeString(directory.resolve("broken.json"), "{\"commands\": [\n");
        Files.writeString(directory.resolve("good.json"), DOCUMENT);
        Files.write(directory.resolve("latin1.json"), "{\"a\": \"\u00e9\"}".getBytes(ISO_8859_1));
        Files.writeString(directory.resolve("huge.json"), " ".repeat(1 << 20) + "{}");
        Files.createDirectories(directory.resolve("empty"));
        var all = new ArrayList<>(arguments);
        for (var option : Map.of(
                        "--stack",
                        "prod",
                        "--region",
                        DeployedStack.REGION,
                        "--endpoint-url",
                        aws.endpoint().toString())
                .entrySet()) {
            if (!all.contains(option.getKey()) && !all.getFirst().equals("validate")) {
                all.addAll(List.of(option.getKey(), option.getValue()));
            }
        }

        assertOneSentence(commands.plain(all.toArray(String[]::new)), 2, sentence);
        assertThat(aws.started).isEmpty();
    }

    @Test
    void everyCommand_withAnUnknownOption_namesTheNearest() {
        for (String command : COMMANDS) {
            assertOneSentence(wakebox(command, "a", "--jsn"), 2, "unknown option: --jsn; did you mean --json");
        }
    }

    @Test
    void everyCommand_whenAwsRefuses_saysWhatToDo() throws IOException {
        Files.writeString(directory.resolve("a"), DOCUMENT);
        for (var refusal : Map.of(
                        new Refusal(
                                "DescribeStacks",
                                "AccessDenied",
                                "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: cloudformation:DescribeStacks"
                                        + " on resource: arn:aws:cloudformation:eu-west-1:111122223333:stack/prod/*"),
                        "lack the permission cloudformation:DescribeStacks. The stack's policies WakeboxReader",
                        new Refusal(
                                "DescribeStacks",
                                "ExpiredToken",
                                "The security token included in the request is expired"),
                        "credentials have expired. Sign in",
                        new Refusal("DescribeStacks", "InvalidClientTokenId", "The security token is invalid."),
                        "does not accept these credentials (InvalidClientTokenId). Sign in")
                .entrySet()) {
            aws.refusal = refusal.getKey();
            for (String command : COMMANDS) {
                assertOneSentence(wakebox(command, "a", "--stack", "prod"), 3, refusal.getValue());
            }
        }
        for (var denied : Map.of(
                        "runs", "ListExecutions",
                        "show", "DescribeExecution",
                        "logs", "GetLogEvents",
                        "events", "GetExecutionHistory",
                        "run", "StartExecution")
                .entrySet()) {
            String permission = (denied.getKey().equals("logs") ? "logs:" : "states:") + denied.getValue();
            aws.refusal = new Refusal(
                    denied.getValue(),
                    "AccessDeniedException",
                    "User: ann is not authorized to perform: " + permission + " on resource: r");
            String[] command =
                    denied.getKey().equals("runs") ? new String[] {"runs"} : new String[] {denied.getKey(), "a"};

            assertOneSentence(wakebox(command), 3, "lack the permission " + permission + ".");
        }
    }

    @Test
    void everyCommand_withoutNetworkOrProfile_saysWhatToDo() throws IOException {
        Files.writeString(directory.resolve("a"), DOCUMENT);
        aws.close();
        for (String command : COMMANDS) {
            assertOneSentence(wakebox(command, "a", "--stack", "prod"), 3, "AWS can't be reached: Connection refused.");
        }
        System.setProperty("aws.sharedCredentialsFile", "/dev/null");
        try {
            for (String command : COMMANDS) {
                assertOneSentence(
                        wakebox(command, "a", "--stack", "prod", "--profile", "nosuch"),
                        3,
                        "the AWS profile has no credentials, or there is no such profile");
            }
        } finally {
            System.clearProperty("aws.sharedCredentialsFile");
        }
    }

    private static void assertOneSentence(Result result, int exitCode, String sentence) {
        assertThat(result.err())
                .startsWith("wakebox: ")
                .contains(sentence)
                .matches("[^\n]*\n")
                .doesNotContain("Exception:", "dev.wakebox", "java.");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void target_whenTheFileNamesIt_isTaken() throws IOException {
        Files.writeString(directory.resolve(".wakebox.toml"), "stack = \"prod\"\nregion = \"eu-west-1\"\n");

        assertThat(commands.plain("runs", "--endpoint-url", aws.endpoint().toString())
                        .exitCode())
                .isZero();

        commands.environment.put("WAKEBOX_STACK", "other");
        assertThat(commands.plain("runs", "--endpoint-url", aws.endpoint().toString())
                        .err())
                .isEqualTo(
                        "wakebox: there is no stack \"other\" in eu-west-1. Name another one with --stack, or another region with"
                                + " --region.\n");
    }

    @Test
    void target_whenTheFileIsWrong_saysWhere() throws IOException {
        Files.writeString(directory.resolve(".wakebox.toml"), "stack = \"prod\"\nregoin = \"eu-west-1\"\n");
        assertThat(commands.plain("runs").err()).contains(".wakebox.toml", "\"regoin\"");

        Files.writeString(directory.resolve(".wakebox.toml"), "stack = prod\n");
        assertThat(commands.plain("runs").err()).contains(".wakebox.toml", "line 1");
    }

    @Test
    void target_whenNothingNamesIt_saysWhatToDo() {
        Result result = commands.plain("runs");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--stack", "WAKEBOX_STACK", "./wakebox up");
    }

    private Result wakebox(String... arguments) {
        if (List.of(arguments).contains("--stack")) {
            return commands.atStub(arguments);
        }
        return arguments[0].equals("validate") ? commands.plain(arguments) : commands.run(arguments);
    }
}
