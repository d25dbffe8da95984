package dev.wakebox.functions.commander;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.compute.command.InMemoryCommands;
import dev.wakebox.compute.command.ShellScript;
import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommanderHandlerTest {
    private static final String INSTANCE = "i-0aaaaaaaaaaaaaaaa";
    private static final String METADATA = "runs/retried/datastream-metadata/execution.json";
    private static final Clock TWO_MINUTES_IN =
            Clock.fixed(Instant.parse(Documents.STARTED_AT).plus(Duration.ofMinutes(2)), ZoneOffset.UTC);

    private final InMemoryCommands commands = new InMemoryCommands(TWO_MINUTES_IN);
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(TWO_MINUTES_IN);
    private final CommanderHandler handler = handler(TWO_MINUTES_IN);

    @Test
    void commander_whenOnline_sendsTheCommandsWithWhatIsLeftOfTheTime() {
        RunDocument answer = invoke(handler, launched("ec2-run-retry.json"));

        assertThat(commands.scripts()).singleElement().satisfies(script -> {
            assertThat(script.instanceId()).isEqualTo(INSTANCE);
            assertThat(script.label()).isEqualTo("night/0");
            assertThat(script.timeLimit()).isEqualTo(Duration.ofMinutes(58));
            assertThat(requireNonNull(script.logs()).prefix()).isEqualTo("runs/night/0");
            assertThat(script.lines())
                    .contains("set -e", "wakebox_run=\"${HOME:-/root}/.wakebox/\"'" + INSTANCE + "/night/0'");
        });
        assertThat(answer.at("command_id")).isEqualTo("command-1");
        assertThat(answer.at("ii_pass")).isEqualTo(false);
        assertThat(answer.at("run", "sent_at")).isEqualTo("2026-03-02T06:01:59Z");
        assertThat(answer.at("run", "logs", "stderr_key"))
                .isEqualTo("runs/night/0/command-1/" + INSTANCE + "/awsrunShellScript/0.awsrunShellScript/stderr");
        assertThat(answer.at("run", "logs", "stdout_stream"))
                .isEqualTo("command-1/" + INSTANCE + "/aws-runShellScript/stdout");
        assertThat(answer.at("run", "wait_s")).isEqualTo(5);
        assertThat(answer.at("ticket")).isEqualTo("OPS-17");
        assertThat(answer.at("failure")).isNull();
    }

    @Test
    void commander_whenTheEndIsKnown_letsTheInstanceShutItselfDownThen() {
        invoke(
                handler,
                launched("ec2-run-retry.json")
                        .with(Map.of("end", Map.of("at", "2026-03-02T07:15:00Z")), "run", "launch"));

        assertThat(commands.scripts().getFirst().lines().getFirst())
                .isEqualTo("(shutdown -h +73 </dev/null >/dev/null 2>&1 &)");
    }

    /** The commands of other runs, and those of an on-demand instance, stay as they are. */
    @Test
    void commander_whenTheRunContinuesAfterAnInterruption_tellsTheAttemptAndWatchesASpotInstance() {
        var document = launched("ec2-run-retry.json")
                .with(List.of("save"), "run_options", "on_interrupt")
                .with(1, "run", "attempt");
        invoke(handler, launched("ec2-run-retry.json"));
        invoke(handler, document);
        invoke(handler(TWO_MINUTES_IN), spot(document.with(2, "run", "attempt")));

        assertThat(commands.scripts())
                .extracting(script -> String.join("\n", script.lines()))
                .satisfiesExactly(
                        plain -> assertThat(plain).doesNotContain("WAKEBOX_", "wakebox_watch", "curl"),
                        onDemand -> assertThat(onDemand)
                                .contains(
                                        "export WAKEBOX_ATTEMPT=1"
                                                + " WAKEBOX_CHECKPOINT='s3://wakebox-data-000000000000-us-east-1/runs/night/checkpoint/'")
                                .doesNotContain("wakebox_watch"),
                        spot -> assertThat(spot)
                                .contains("export WAKEBOX_ATTEMPT=2")
                                .contains("spot/instance-action", "sh -c 'save'", "wakebox_unwatch; "));
    }

    /** A variable of the user's own comes after it. */
    @Test
    void commander_whenTheRunIsInATrace_tellsTheCommandsThePlaceOfTheAttempt() {
        var document = launched("ec2-run-retry.json")
                .with("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "run_options", "traceparent")
                .with("congo=it's", "run_options", "tracestate")
                .with(Map.of("TRACESTATE", "mine=1"), "run_options", "env")
                .traced();
        invoke(handler, document);
        invoke(handler, document.with(1, "run", "attempt"));
        invoke(handler, launched("ec2-run-retry.json").with(2, "run", "attempt"));

        var scripts = commands.scripts().stream()
                .map(script -> String.join("\n", script.lines()))
                .toList();
        assertThat(scripts.subList(0, 2)).allSatisfy(script -> assertThat(script)
                .containsPattern("export TRACEPARENT=00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01"
                        + " TRACESTATE='congo=it'\\\\''s'\nexport TRACESTATE='mine=1'")
                .doesNotContain(
                        "00f067aa0ba902b7",
                        document.state().trace().orElseThrow().spanId()));
        assertThat(scripts.stream()
                        .flatMap(String::lines)
                        .filter(line -> line.startsWith("export TRACEPARENT"))
                        .distinct())
                .as("each attempt has its own place")
                .hasSize(2);
        assertThat(scripts.get(2)).doesNotContain("TRACE");
    }

    private static RunDocument spot(RunDocument document) {
        return document.with(
                Map.of("purchase", Map.of("instance_type", "t4g.small", "spot", true, "zone", "eu-west-1a")),
                "run",
                "launch");
    }

    /** Systems Manager ends a command after 48 hours. Up to there, everything stays as it is. */
    @Test
    void commander_whenTheRunMayTakeMoreThan48Hours_detachesTheCommandsAndFollowsThem() {
        RunDocument two = invoke(handler, launched("ec2-run-retry.json").with(172_800, "run_options", "timeout_s"));
        RunDocument long14 = invoke(handler(TWO_MINUTES_IN), longRun().with(1, "run", "attempt"));

        assertThat(commands.scripts())
                .extracting(script -> String.join("\n", script.lines()))
                .satisfiesExactly(
                        usual -> assertThat(usual).doesNotContain("setsid", "flock"), detached -> assertThat(detached)
                                .contains("setsid timeout -k 30 1209540 sh", "set -e", "wakebox_lasts=172200"));
        assertThat(two.at("run", "following")).isNull();
        assertThat(long14.at("run", "following"))
                .isEqualTo(Map.of("number", 0, "sent_at", "2026-03-02T06:01:59Z", "over", false));
        assertThat(long14.at("run", "logs", "earlier_command_ids")).isNull();
    }

    @Test
    void commander_whenTheCommandThatFollowsIsOver_sendsTheNextOnceThatContinuesTheOutput() {
        RunDocument first = invoke(handler, longRun()).with(40, "run", "looks");
        RunDocument over = first.with(true, "run", "following", "over");
        commands.loseTheNextAnswer(unavailable());

        RunDocument lost = invoke(handler, over);
        RunDocument next = invoke(handler, over);
        RunDocument afterNext = invoke(handler, next.with(true, "run", "following", "over"));

        assertThat(lost.at("command_id")).isEqualTo("command-1");
        assertThat(lost.at("run", "following", "over")).isEqualTo(false);
        assertThat(lost.at("failure")).isNull();
        assertThat(commands.scripts())
                .extracting(ShellScript::label)
                .containsExactly("night/0", "night/0/1", "night/0/2");
        assertThat(commands.scripts().get(1).lines())
                .isEqualTo(commands.scripts().get(0).lines());
        assertThat(next.at("command_id")).isEqualTo("command-2");
        assertThat(next.at("run", "looks")).isEqualTo(40);
        assertThat(next.at("run", "sent_at")).isEqualTo(first.at("run", "sent_at"));
        assertThat(next.at("run", "following", "number")).isEqualTo(1);
        assertThat(afterNext.at("run", "logs", "earlier_command_ids")).isEqualTo(List.of("command-1", "command-2"));
        assertThat(afterNext.at("run", "logs", "stdout_stream"))
                .isEqualTo("command-3/" + INSTANCE + "/aws-runShellScript/stdout");
    }

    @Test
    void commander_whenTheNextThatFollowsCannotBeSent_leavesTheCommandsRunning() {
        RunDocument over = invoke(handler, longRun())
                .with(true, "run", "following", "over")
                .with(900, "run", "wait_s");
        commands.disconnect(true);
        RunDocument offline = invoke(handler, over);
        commands.disconnect(false);
        commands.fail(unavailable());
        RunDocument unanswered = invoke(handler, over);

        assertThat(List.of(offline, unanswered)).allSatisfy(answer -> {
            assertThat(answer.at("failure")).isNull();
            assertThat(answer.at("run", "following"))
                    .isEqualTo(Map.of("number", 0, "sent_at", "2026-03-02T06:01:59Z", "over", false));
            assertThat(answer.at("run", "ready")).isNotEqualTo(false);
            assertThat(answer.at("run", "wait_s")).isEqualTo(900);
        });
        assertThat(commands.scripts()).hasSize(1);
    }

    private static RunDocument longRun() {
        return launched("ec2-run-retry.json").with(14 * 24 * 3600, "run_options", "timeout_s");
    }

    private static WakeboxException unavailable() {
        return new WakeboxException(ErrorCode.UNAVAILABLE, "Systems Manager doesn't answer.");
    }

    @Test
    void commander_whenCommandsNameTheOutput_writesWhatRanBesideIt() {
        invoke(handler, launched("ec2-run-retry.json"));

        byte[] written = bucket.get(METADATA).orElseThrow().body();
        assertThat(Json.object(written))
                .containsEntry(
                        "commands", List.of("/opt/job/run --s3_bucket example-results --s3_prefix runs/retried"));
    }

    @Test
    void commander_whenCommandsNameNoOutput_writesNothing() {
        invoke(handler, launched("ec2-run-simple.json"));

        assertThat(bucket.firstKey("", key -> true)).isEmpty();
        assertThat(commands.scripts()).hasSize(1);
    }

    @Test
    void commander_whenKeepGoing_sendsTheCommandsAsTheyAre() {
        invoke(handler, launched("ec2-run-retry.json").with(true, "run_options", "ii_keep_going"));

        assertThat(commands.scripts().getFirst().lines())
                .contains("/opt/job/run --s3_bucket example-results --s3_prefix runs/retried")
                .doesNotContain("set -e");
    }

    /** The files are the scripts that were sent before there were variables. */
    @ParameterizedTest
    @ValueSource(strings = {"stop", "keep-going", "interpreter"})
    void commander_withoutVariables_sendsTheScriptOfBefore(String script) throws IOException {
        RunDocument document = launched("ec2-run-retry.json");
        if (script.equals("keep-going")) {
            document = document.with(true, "run_options", "ii_keep_going");
        } else if (script.equals("interpreter")) {
            document = document.with(
                    List.of("#!/bin/bash", document.json().texts("commands").getFirst()), "commands");
        }

        invoke(handler, document);
        invoke(
                handler,
                document.with(Map.of(), "run_options", "env")
                        .with(Map.of(), "run_options", "secrets")
                        .with(0, "run", "attempt")
                        .with("again", "run", "name"));

        String before = Files.readString(Path.of("src/test/resources/scripts", script + ".sh"));
        assertThat(commands.scripts()).hasSize(2);
        assertThat(String.join("\n", commands.scripts().getFirst().lines()) + "\n")
                .isEqualTo(before);
        assertThat(String.join("\n", commands.scripts().getLast().lines()) + "\n")
                .isEqualTo(before.replace("/night/", "/again/"));
    }

    @Test
    void commander_withVariables_sendsTextsAndArnsBeforeTheCommands() {
        String arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";

        RunDocument answer = invoke(
                handler,
                launched("ec2-run-retry.json")
                        .with(Map.of("REGION", "north"), "run_options", "env")
                        .with(Map.of("PASSWORD", arn + ":password::"), "run_options", "secrets"));

        assertThat(answer.at("failure")).isNull();
        assertThat(commands.scripts().getFirst().lines())
                .containsSubsequence(
                        "export REGION='north'",
                        "export PASSWORD=\"$wakebox_secret_PASSWORD\"; unset wakebox_secret_PASSWORD",
                        "set -e")
                .anySatisfy(line -> assertThat(line)
                        .startsWith("wakebox_value=$(wakebox_aws secretsmanager get-secret-value")
                        .contains("--secret-id '" + arn + "'", "| wakebox_key 'password'"));
    }

    @Test
    void commander_whenInvokedTwice_sendsOnce() {
        RunDocument first = invoke(handler, launched("ec2-run-retry.json"));
        RunDocument second = invoke(handler, launched("ec2-run-retry.json"));

        assertThat(commands.scripts()).hasSize(1);
        assertThat(second.json()).isEqualTo(first.json());
    }

    @Test
    void commander_whenTheAnswerWasLost_findsTheCommandAtTheRetry() {
        commands.loseTheNextAnswer(new WakeboxException(ErrorCode.UNAVAILABLE, "Lost."));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> invoke(handler, launched("ec2-run-retry.json")));
        assertThat(invoke(handler, launched("ec2-run-retry.json")).at("command_id"))
                .isEqualTo("command-1");
        assertThat(commands.scripts()).hasSize(1);
    }

    @Test
    void commander_whenSecondAttempt_sendsAgain() {
        invoke(handler, launched("ec2-run-retry.json"));
        invoke(handler, launched("ec2-run-retry.json").with(1, "run", "attempt"));

        assertThat(commands.scripts()).extracting(script -> script.label()).containsExactly("night/0", "night/1");
    }

    @Test
    void commander_whenTheAgentHasGoneOffline_isNotReadyAnyMoreAndSendsLater() {
        var launched = launched("ec2-run-retry.json").with(true, "run", "ready");
        commands.disconnect(true);

        RunDocument waiting = invoke(handler, launched);

        assertThat(waiting.at("run", "ready")).isEqualTo(false);
        assertThat(waiting.at("run", "wait_s")).isEqualTo(5);
        assertThat(commands.scripts()).isEmpty();
        assertThat(waiting.at("failure")).isNull();
        commands.disconnect(false);
        assertThat(invoke(handler, waiting.with(true, "run", "ready")).at("command_id"))
                .isEqualTo("command-1");
    }

    @Test
    void commander_whenThrottled_throwsForStepFunctionsToRetry() {
        commands.fail(new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot send: ThrottlingException."));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> invoke(handler, launched("ec2-run-retry.json")))
                .withMessageContaining("ThrottlingException");
    }

    @Test
    void commander_whenRefusedPermanently_failsTheRunPermanently() {
        commands.fail(new WakeboxException(ErrorCode.INTERNAL, "Cannot send: AccessDeniedException."));

        assertThat(invoke(handler, launched("ec2-run-retry.json")).at("failure"))
                .isEqualTo(Map.of(
                        "outcome", "COMMAND_FAILED",
                        "cause", "Cannot send: AccessDeniedException.",
                        "state", "Commander",
                        "permanent", true));
    }

    @Test
    void commander_whenTheOutputCannotBeWritten_failsBeforeAnythingRuns() {
        bucket.failOn("put", METADATA, new WakeboxException(ErrorCode.INTERNAL, "Cannot write: AccessDenied."));

        assertThat(invoke(handler, launched("ec2-run-retry.json")).at("failure", "cause"))
                .isEqualTo("Cannot write: AccessDenied.");
        assertThat(commands.scripts()).isEmpty();
    }

    @Test
    void commander_whenTheTimeIsUp_sendsNothing() {
        Clock late = Clock.fixed(Instant.parse(Documents.STARTED_AT).plus(Duration.ofHours(1)), ZoneOffset.UTC);

        assertThat(invoke(handler(late), launched("ec2-run-retry.json")).at("failure", "outcome"))
                .isEqualTo("TIMED_OUT");
        assertThat(commands.scripts()).isEmpty();
    }

    @Test
    void commander_whenThereIsNoInstance_saysSo() {
        assertThat(invoke(handler, Documents.fixture("ec2-run-simple.json")).at("failure", "cause"))
                .isEqualTo("There is no instance to run the commands on.");
    }

    private CommanderHandler handler(Clock clock) {
        return new CommanderHandler(
                commands, name -> bucket, "wakebox-data-000000000000-us-east-1", "/wakebox/commands", clock);
    }

    private static RunDocument launched(String fixture) {
        return Documents.fixture(fixture).with(INSTANCE, "instance_parameters", "InstanceId");
    }

    private static RunDocument invoke(CommanderHandler handler, RunDocument document) {
        return RunDocument.of(JsonObject.copyOf(Invocation.of(handler, Json.string(document.json()))));
    }
}
