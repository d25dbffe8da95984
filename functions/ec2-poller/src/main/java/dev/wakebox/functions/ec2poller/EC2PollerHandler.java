package dev.wakebox.functions.ec2poller;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.LogLinks;
import dev.wakebox.compute.command.RemoteCommands;
import dev.wakebox.compute.command.SentCommand;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.Deadline;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.TailReads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State EC2Poller: polls the state of the commands once. The state machine waits between two polls. */
public final class EC2PollerHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(EC2PollerHandler.class);
    private static final String STATE = "EC2Poller";

    /** Characters of standard error in the cause. */
    private static final int SHOWN = 2_000;

    /** Systems Manager keeps only the beginning of standard error; from this length on, the end is read from S3. */
    private static final int KEPT_BY_SSM = 7_900;

    private static final int READ_FROM_S3 = 8 << 10;

    /** Polls between two requests to EC2: Systems Manager reports "in progress" even if the instance is gone. */
    private static final int POLLS_BETWEEN_ASKING_EC2 = 6;

    private static final long LONG_WAIT_S = 60;

    private final RemoteCommands commands;
    private final RunResources resources;
    private final TailReads logs;
    private final Clock clock;

    public EC2PollerHandler() {
        this(
                SsmCommands.create(),
                Ec2RunResources.create(),
                S3ObjectStore.ofBucket(Environment.required("LOG_BUCKET")),
                Clock.systemUTC());
    }

    EC2PollerHandler(RemoteCommands commands, RunResources resources, TailReads logs, Clock clock) {
        this.commands = requireNonNull(commands, "commands is null");
        this.resources = requireNonNull(resources, "resources is null");
        this.logs = requireNonNull(logs, "logs is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    protected JsonObject event(JsonObject event) {
        var document = RunDocument.of(event);
        return document.orFailed(
                        () -> polled(document, Execution.of(document)),
                        cause -> Failure.of(RunOutcome.COMMAND_FAILED, cause, STATE))
                .json();
    }

    private RunDocument polled(RunDocument document, Execution execution) {
        var command = command(document);
        Instant now = clock.instant();
        var deadline = Deadline.of(execution, document.state());
        Optional<CommandResult> polled;
        try {
            polled = commands.poll(command);
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.UNAVAILABLE || deadline.isOver(now)) {
                throw e;
            }
            log.warn(
                    "{}: {} The commands continue; the next poll may succeed.",
                    execution.run().id(),
                    e.getMessage());
            return pollAgain(document, execution, command, now, deadline);
        }
        return switch (verdict(polled, now, command, document.state(), deadline)) {
            case Verdict.Passed() -> document.with(true, "ii_pass");
            case Verdict.NotYet() -> pollAgain(document, execution, command, now, deadline);
            case Verdict.OutOfTime(String cause) -> {
                try {
                    commands.cancel(command);
                } catch (WakeboxException e) {
                    log.warn("{}: {} EC2Stopper ends them.", execution.run().id(), e.getMessage());
                }
                yield failed(document, deadline.outcome(), cause);
            }
            case Verdict.FollowOn() -> followOn(document, execution, command, now, deadline);
            case Verdict.Failed(RunOutcome outcome, String cause, boolean withStderr) ->
                interruption(document, outcome, command)
                        .map(loss -> failed(document, loss.outcome(), loss.cause()))
                        .orElseGet(
                                () -> failed(document, outcome, withStderr ? cause + stderr(document, polled) : cause));
        };
    }

    private static Verdict verdict(
            Optional<CommandResult> polled, Instant now, SentCommand command, RunState state, Deadline deadline) {
        return state.following()
                .map(following -> Verdict.of(polled, now, following, deadline))
                .orElseGet(() -> Verdict.of(polled, now, command.sentAt(), deadline));
    }

    /** Lets Commander send the next command that follows. That costs as many events of the history as a poll. */
    private RunDocument followOn(
            RunDocument document, Execution execution, SentCommand command, Instant now, Deadline deadline) {
        RunState state = document.state();
        RunDocument polled =
                pollAgain(document.with(state.withPolls(state.polls() + 1)), execution, command, now, deadline, true);
        return polled.state()
                .following()
                .map(following -> polled.with(polled.state().withFollowing(following.withOver(true))))
                .orElse(polled);
    }

    private RunDocument pollAgain(
            RunDocument document, Execution execution, SentCommand command, Instant now, Deadline deadline) {
        return pollAgain(document, execution, command, now, deadline, false);
    }

    private RunDocument pollAgain(
            RunDocument document,
            Execution execution,
            SentCommand command,
            Instant now,
            Deadline deadline,
            boolean suspicious) {
        RunState state = document.state();
        int polls = state.polls() + 1;
        Duration elapsed = Duration.between(command.sentAt(), now);
        Duration left = Duration.between(now, deadline.at());
        int refused = state.launch().map(LaunchProgress::candidate).orElse(0);
        long wait = PollInterval.next(
                elapsed, left, polls + refused, execution.options().mostAttempts());
        boolean ask = suspicious || polls % POLLS_BETWEEN_ASKING_EC2 == 0 || wait >= LONG_WAIT_S;
        return (ask ? InstanceLoss.of(command.instanceId(), resources) : Optional.<InstanceLoss>empty())
                .map(loss -> failed(document, loss.outcome(), loss.cause()))
                .orElseGet(() -> document.with(false, "ii_pass")
                        .with(state.withPolls(polls).withWaitS(Math.toIntExact(wait))));
    }

    /** EC2 shuts an interrupted instance down, which ends the commands: their failure is then no failure of theirs. */
    private Optional<InstanceLoss> interruption(RunDocument document, RunOutcome outcome, SentCommand command) {
        return document.state().onSpot() && outcome == RunOutcome.COMMAND_FAILED
                ? InstanceLoss.of(command.instanceId(), resources)
                        .filter(loss -> loss.outcome() == RunOutcome.INTERRUPTED)
                : Optional.empty();
    }

    private static SentCommand command(RunDocument document) {
        var commandId = document.text("command_id");
        var instanceId = document.text("instance_parameters", "InstanceId");
        var sentAt = document.state().sentAt();
        if (commandId.isEmpty() || instanceId.isEmpty() || sentAt.isEmpty()) {
            throw new WakeboxException(ErrorCode.INTERNAL, "There is no command to poll; Commander sent none.");
        }
        return new SentCommand(commandId.get(), instanceId.get(), sentAt.get());
    }

    private static RunDocument failed(RunDocument document, RunOutcome outcome, String cause) {
        return document.with(false, "ii_pass").failed(Failure.of(outcome, cause, STATE));
    }

    private String stderr(RunDocument document, Optional<CommandResult> polled) {
        String kept = polled.map(CommandResult::stderr).orElse("");
        Optional<String> end = kept.length() < KEPT_BY_SSM
                ? Optional.of(
                        kept.length() < SHOWN ? ofTheCommandBefore(document).orElse("") + kept : kept)
                : fromS3(document.state().logs());
        if (end.isEmpty()) {
            String beginning = kept.strip();
            return " Standard error began with: " + beginning.substring(0, Math.min(beginning.length(), SHOWN)) + "…";
        }
        String text = end.get().strip();
        if (text.isEmpty()) {
            return "";
        }
        return " Standard error ended with: "
                + (text.length() <= SHOWN ? text : "…" + text.substring(text.length() - SHOWN));
    }

    /** The last command that followed the commands may have passed little on. */
    private Optional<String> ofTheCommandBefore(RunDocument document) {
        return document.state()
                .logs()
                .map(LogLinks::parts)
                .filter(parts -> parts.size() > 1)
                .flatMap(parts -> fromS3(Optional.of(parts.get(parts.size() - 2))));
    }

    private Optional<String> fromS3(Optional<LogLinks> links) {
        try {
            return links.map(LogLinks::stderrKey)
                    .filter(key -> !key.isBlank())
                    .flatMap(key -> logs.tail(key, READ_FROM_S3))
                    .map(body -> new String(body, StandardCharsets.UTF_8));
        } catch (WakeboxException e) {
            return Optional.empty(); // the cause then quotes the beginning that Systems Manager kept
        }
    }
}
