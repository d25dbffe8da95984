package dev.wakebox.functions.commander;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.command.CommandLogs;
import dev.wakebox.compute.command.LogLinks;
import dev.wakebox.compute.command.RemoteCommands;
import dev.wakebox.compute.command.SentCommand;
import dev.wakebox.compute.command.ShellScript;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.Deadline;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.Following;
import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.OutputLocation;
import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOptions;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State Commander: sends the commands to the online instance, once per attempt for any number of invocations, and
 * writes {@code execution.json} next to the output. When the agent has gone offline since, nothing is sent and the run
 * is not {@code ready} any more: it waits for the agent again, within the limits of the launch.
 *
 * <p>Commands that may run for more than 48 hours, the longest time that Systems Manager gives a command, are started detached from it.
 * The command that starts them also follows them. When it is over before them, EC2Poller lets this state send the next one.
 */
public final class CommanderHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(CommanderHandler.class);
    private static final String STATE = "Commander";
    private static final int SECONDS_TO_THE_FIRST_LOOK = 5;
    private static final int SECONDS_TO_THE_NEXT_AGENT_CHECK = 5;

    private final RemoteCommands commands;
    private final Function<String, ? extends ObjectStore> buckets;
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
            Function<String, ? extends ObjectStore> buckets,
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
    protected JsonObject event(JsonObject event) {
        var document = RunDocument.of(event);
        return document.orFailed(
                        () -> commanded(document, Execution.of(document)),
                        cause -> Failure.permanent(RunOutcome.COMMAND_FAILED, cause, STATE))
                .json();
    }

    private RunDocument commanded(RunDocument document, Execution execution) {
        Run run = execution.run();
        String instanceId = document.text("instance_parameters", "InstanceId")
                .orElseThrow(
                        () -> new WakeboxException(ErrorCode.INTERNAL, "There is no instance to run the commands on."));
        var deadline = Deadline.of(execution, document.state());
        Optional<Following> over = document.state().following().filter(Following::over);
        if (over.isPresent()) {
            return followedOn(document, execution, instanceId, over.get(), deadline);
        }
        var command = commands.find(instanceId, run.label());
        if (command.isPresent()) {
            return sent(document, command.get(), run, detached(run, deadline));
        }
        Duration left = Duration.between(clock.instant(), deadline.at());
        if (!left.isPositive()) {
            return document.failed(Failure.of(
                    deadline.outcome(), deadline.over() + " before the instance was ready for the commands.", STATE));
        }
        execution.output().ifPresent(output -> writeMetadata(document, execution, output));
        boolean detached = detached(run, deadline);
        return commands.send(script(document, execution, instanceId, run.label(), left, detached))
                .map(sent -> sent(document, sent, run, detached))
                .orElseGet(() ->
                        document.with(document.state().withReady(false).withWaitS(SECONDS_TO_THE_NEXT_AGENT_CHECK)));
    }

    /** It must not depend on the time: if the answer of a first invocation is lost, the next one decides in the same way. */
    private static boolean detached(Run run, Deadline deadline) {
        return Duration.between(run.t0(), deadline.at()).compareTo(SsmCommands.LONGEST_TIME_LIMIT) > 0;
    }

    /**
     * Sends the next command that follows the detached commands. These continue in any case: if it can't be sent now, EC2Poller polls the
     * command that is over again, which leads here, until the deadline.
     */
    private RunDocument followedOn(
            RunDocument document, Execution execution, String instanceId, Following over, Deadline deadline) {
        Run run = execution.run();
        int number = over.number() + 1;
        String label = run.label() + "/" + number;
        Duration left = Duration.between(clock.instant(), deadline.at());
        RunDocument later = document.with(document.state().withFollowing(over.withOver(false)));
        if (!left.isPositive()) {
            return later;
        }
        try {
            return commands.find(instanceId, label)
                    .or(() -> commands.send(script(document, execution, instanceId, label, left, true)))
                    .map(sent -> document.with(sent.commandId(), "command_id")
                            .with(following(document.state(), sent, run, number)))
                    .orElse(later);
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.UNAVAILABLE) {
                throw e;
            }
            log.warn("{}: {} The commands continue.", run.id(), e.getMessage());
            return later;
        }
    }

    private RunState following(RunState state, SentCommand command, Run run, int number) {
        LogLinks links = logs(run).links(command);
        return state.withFollowing(new Following(number, command.sentAt(), false))
                .withWaitS(SECONDS_TO_THE_FIRST_LOOK)
                .withLogs(state.logs().filter(_ -> number > 0).map(links::after).orElse(links));
    }

    private ShellScript script(
            RunDocument document,
            Execution execution,
            String instanceId,
            String label,
            Duration left,
            boolean detached) {
        var lines = new ArrayList<String>();
        document.state().launch().flatMap(LaunchProgress::end).ifPresent(end -> lines.add(shutdownAt(end.at())));
        List<String> script = script(document, execution, instanceId);
        lines.addAll(
                detached ? DetachedScript.of(directory(execution, instanceId), script, left, Following.LASTS) : script);
        return new ShellScript(instanceId, label, lines, left, logs(execution.run()));
    }

    /** Lets the instance shut itself down then. The time is relative, because its clock may be wrong. */
    private String shutdownAt(Instant end) {
        long minutes = Math.max(1, Duration.between(clock.instant(), end).toMinutes());
        return "(shutdown -h +" + minutes + " </dev/null >/dev/null 2>&1 &)";
    }

    private RunDocument sent(RunDocument document, SentCommand command, Run run, boolean detached) {
        RunState state = document.state()
                .withSentAt(command.sentAt())
                .withPolls(0)
                .withWaitS(SECONDS_TO_THE_FIRST_LOOK)
                .withLogs(logs(run).links(command));
        return document.with(command.commandId(), "command_id")
                .with(false, "ii_pass")
                .with(detached ? following(state, command, run, 0) : state);
    }

    private void writeMetadata(RunDocument document, Execution execution, OutputLocation output) {
        byte[] whatRan =
                Json.bytes(document.with(execution.commands(), "commands").json());
        buckets.apply(output.bucket()).put(output.execution(), whatRan, "application/json", new Condition.Always());
    }

    private CommandLogs logs(Run run) {
        return new CommandLogs(logBucket, "runs/" + run.label(), logGroup);
    }

    private List<String> script(RunDocument document, Execution execution, String instanceId) {
        String run = directory(execution, instanceId);
        Preamble preamble = preamble(document, execution);
        return execution.options().keepGoing()
                ? Script.keepGoing(run, preamble, execution.commands())
                : Script.stopAtFirstFailure(run, preamble, execution.commands());
    }

    private static String directory(Execution execution, String instanceId) {
        return instanceId + "/" + execution.run().label();
    }

    private Preamble preamble(RunDocument document, Execution execution) {
        RunOptions options = execution.options();
        var lines = new ArrayList<String>();
        document.state().trace().ifPresent(run -> lines.add(VariableLines.of(run, execution.run())));
        lines.addAll(VariableLines.of(options.variables()));
        options.place().ifPresent(place -> {
            lines.add("export WAKEBOX_INDEX=" + place.index());
            place.item().ifPresent(item -> lines.add("export WAKEBOX_ITEM=" + Script.quoted(item)));
        });
        if (options.continues()) {
            Run run = execution.run();
            lines.add("export WAKEBOX_ATTEMPT=" + run.attempt() + " WAKEBOX_CHECKPOINT="
                    + Script.quoted("s3://" + logBucket + "/runs/" + run.name() + "/checkpoint/"));
        }
        boolean watches = document.state().onSpot() && !options.onInterrupt().isEmpty();
        if (watches) {
            lines.addAll(InterruptionLines.of(options.onInterrupt()));
        }
        return new Preamble(lines, watches ? InterruptionLines.AT_END : "");
    }
}
