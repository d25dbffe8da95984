package dev.wakebox.functions.commander;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.command.CommandLogs;
import dev.wakebox.compute.command.RemoteCommands;
import dev.wakebox.compute.command.SentCommand;
import dev.wakebox.compute.command.ShellScript;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.Outcome;
import dev.wakebox.compute.execution.OutputCheck;
import dev.wakebox.compute.execution.OutputLocation;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State Commander: sends the commands to the instance that is online, once an attempt however often it is invoked, and
 * writes beside the run's output what ran.
 */
public final class CommanderHandler extends Function {
    private static final String STATE = "Commander";
    private static final int SECONDS_TO_THE_FIRST_LOOK = 5;

    private final RemoteCommands commands;
    private final java.util.function.Function<String, ? extends ObjectStore> buckets;
    private final String logBucket;
    private final String logGroup;
    private final Clock clock;

    public CommanderHandler() {
        this(
                SsmCommands.create(),
                S3ObjectStore.ofAnyBucket(),
                Environment.required("LOG_BUCKET"),
                Environment.required("LOG_GROUP"),
                Clock.systemUTC());
    }

    CommanderHandler(
            RemoteCommands commands,
            java.util.function.Function<String, ? extends ObjectStore> buckets,
            String logBucket,
            String logGroup,
            Clock clock) {
        this.commands = requireNonNull(commands, "commands is null");
        this.buckets = requireNonNull(buckets, "buckets is null");
        this.logBucket = requireNonNull(logBucket, "logBucket is null");
        this.logGroup = requireNonNull(logGroup, "logGroup is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        var document = RunDocument.of(event);
        return document.orFailed(
                        () -> commanded(document, Execution.of(document)),
                        cause -> Failure.permanent(Outcome.COMMAND_FAILED, cause, STATE))
                .json();
    }

    private RunDocument commanded(RunDocument document, Execution execution) {
        Run run = execution.run();
        String instanceId = document.text("instance_parameters", "InstanceId")
                .orElseThrow(
                        () -> new WakeboxException(ErrorCode.INTERNAL, "There is no instance to run the commands on."));
        var command = commands.find(instanceId, run.label());
        if (command.isPresent()) {
            return sent(document, command.get(), run);
        }
        Duration left = Duration.between(
                clock.instant(), run.t0().plus(execution.options().timeout()));
        if (!left.isPositive()) {
            return document.failed(Failure.of(
                    Outcome.TIMED_OUT,
                    "timeout_s (" + execution.options().timeout().toSeconds()
                            + " s since t0) had passed before the instance was ready for the commands.",
                    STATE));
        }
        execution.output().ifPresent(output -> writeMetadata(document, execution, output));
        return sent(
                document,
                commands.send(new ShellScript(instanceId, run.label(), script(execution, instanceId), left, logs(run))),
                run);
    }

    private RunDocument sent(RunDocument document, SentCommand command, Run run) {
        return document.with(command.commandId(), "command_id")
                .with(false, "ii_pass")
                .with(command.sentAt().toString(), "run", "sent_at")
                .with(0, "run", "looks")
                .with(SECONDS_TO_THE_FIRST_LOOK, "run", "wait_s")
                .with(logs(run).links(command), "run", "logs");
    }

    private void writeMetadata(RunDocument document, Execution execution, OutputLocation output) {
        byte[] whatRan =
                Json.bytes(document.with(execution.commands(), "commands").json());
        buckets.apply(output.bucket())
                .put(output.key(OutputCheck.METADATA), whatRan, "application/json", new Condition.Always());
    }

    private CommandLogs logs(Run run) {
        return new CommandLogs(logBucket, "runs/" + run.label(), logGroup);
    }

    private static List<String> script(Execution execution, String instanceId) {
        String run = instanceId + "/" + execution.run().label();
        return execution.options().keepGoing()
                ? Script.keepGoing(run, execution.commands())
                : Script.stopAtFirstFailure(run, execution.commands());
    }
}
