package dev.wakebox.functions.ec2poller;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.RemoteCommands;
import dev.wakebox.compute.command.SentCommand;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Failure;
import dev.wakebox.compute.execution.Outcome;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.Ec2Machines;
import dev.wakebox.compute.launch.Machine;
import dev.wakebox.compute.launch.Machines;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.TailReads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State EC2Poller: one look at how far the commands are; the waiting between two looks is the state machine's. */
public final class EC2PollerHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(EC2PollerHandler.class);
    private static final String STATE = "EC2Poller";

    /** Of standard error, how much is in the cause. */
    private static final int SHOWN = 2_000;

    /** Systems Manager keeps the beginning of standard error only; from this length on, S3 is asked for the end. */
    private static final int KEPT_BY_SSM = 7_900;

    private static final int READ_FROM_S3 = 8 << 10;

    /** Systems Manager goes on calling a command "in progress" when its instance is gone, so EC2 is asked at times. */
    private static final int LOOKS_BETWEEN_ASKING_EC2 = 6;

    private static final long LONG_WAIT_S = 60;

    private static final Set<InstanceState> GONE = EnumSet.of(
            InstanceState.STOPPING, InstanceState.STOPPED, InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED);

    private final RemoteCommands commands;
    private final Machines machines;
    private final TailReads logs;
    private final Clock clock;

    public EC2PollerHandler() {
        this(
                SsmCommands.create(),
                Ec2Machines.create(),
                S3ObjectStore.ofBucket(Environment.required("LOG_BUCKET")),
                Clock.systemUTC());
    }

    EC2PollerHandler(RemoteCommands commands, Machines machines, TailReads logs, Clock clock) {
        this.commands = requireNonNull(commands, "commands is null");
        this.machines = requireNonNull(machines, "machines is null");
        this.logs = requireNonNull(logs, "logs is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        var document = RunDocument.of(event);
        return document.orFailed(
                        () -> polled(document, Execution.of(document)),
                        cause -> Failure.of(Outcome.COMMAND_FAILED, cause, STATE))
                .json();
    }

    private RunDocument polled(RunDocument document, Execution execution) {
        var command = command(document);
        Instant now = clock.instant();
        Optional<CommandResult> looked;
        try {
            looked = commands.look(command);
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.UNAVAILABLE || !now.isBefore(deadline(execution))) {
                throw e;
            }
            log.warn(
                    "{}: {} The commands run on; the next look may go better.",
                    document.at("run", "id"),
                    e.getMessage());
            return notYet(document, execution, command, now);
        }
        return switch (Verdict.of(
                looked,
                now,
                command.sentAt(),
                execution.run().t0(),
                execution.options().timeout())) {
            case Verdict.Passed() -> document.with(true, "ii_pass");
            case Verdict.NotYet() -> notYet(document, execution, command, now);
            case Verdict.OutOfTime(String cause) -> {
                try {
                    commands.cancel(command);
                } catch (WakeboxException e) {
                    log.warn("{}: {} EC2Stopper ends them.", document.at("run", "id"), e.getMessage());
                }
                yield failed(document, Outcome.TIMED_OUT, cause);
            }
            case Verdict.TooLong(String cause) ->
                document.with(false, "ii_pass")
                        .failed(Failure.permanent(Outcome.TIMED_OUT, cause + stderr(document, looked), STATE));
            case Verdict.Failed(Outcome outcome, String cause, boolean withStderr) ->
                failed(document, outcome, withStderr ? cause + stderr(document, looked) : cause);
        };
    }

    private RunDocument notYet(RunDocument document, Execution execution, SentCommand command, Instant now) {
        int looks = document.count("run", "looks") + 1;
        Duration elapsed = Duration.between(command.sentAt(), now);
        Duration left = Duration.between(now, deadline(execution));
        int refused = document.count("run", "launch", "candidate");
        long wait =
                Pace.next(elapsed, left, looks + refused, execution.options().retriesAllowed() + 1);
        boolean ask = looks % LOOKS_BETWEEN_ASKING_EC2 == 0 || wait >= LONG_WAIT_S;
        return (ask ? gone(command.instanceId()) : Optional.<String>empty())
                .map(cause -> failed(document, Outcome.COMMAND_FAILED, cause))
                .orElseGet(() -> document.with(false, "ii_pass")
                        .with(looks, "run", "looks")
                        .with(wait, "run", "wait_s"));
    }

    private static Instant deadline(Execution execution) {
        return execution.run().t0().plus(execution.options().timeout());
    }

    private Optional<String> gone(String instanceId) {
        Optional<Machine> machine;
        try {
            machine = machines.describe(instanceId);
        } catch (WakeboxException e) {
            if (e.code() != ErrorCode.UNAVAILABLE) {
                throw e;
            }
            log.warn("{} It is asked again later.", e.getMessage());
            return Optional.empty();
        }
        if (machine.isPresent() && !GONE.contains(machine.get().state())) {
            return Optional.empty();
        }
        String state = machine.map(Machine::state).map(InstanceState::awsName).orElse("unknown to EC2");
        String reason = machine.flatMap(Machine::stateReason)
                .map(code -> " (" + code + ")")
                .orElse("");
        return Optional.of(
                "The instance " + instanceId + " was lost before the commands ended: it is " + state + reason + ".");
    }

    private static SentCommand command(RunDocument document) {
        var commandId = document.text("command_id");
        var instanceId = document.text("instance_parameters", "InstanceId");
        var sentAt = document.instant("run", "sent_at");
        if (commandId.isEmpty() || instanceId.isEmpty() || sentAt.isEmpty()) {
            throw new WakeboxException(ErrorCode.INTERNAL, "There is no command to look at; Commander sent none.");
        }
        return new SentCommand(commandId.get(), instanceId.get(), sentAt.get());
    }

    private static RunDocument failed(RunDocument document, Outcome outcome, String cause) {
        return document.with(false, "ii_pass").failed(Failure.of(outcome, cause, STATE));
    }

    private String stderr(RunDocument document, Optional<CommandResult> looked) {
        String kept = looked.map(CommandResult::stderr).orElse("");
        Optional<String> end = kept.length() < KEPT_BY_SSM ? Optional.of(kept) : fromS3(document);
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

    private Optional<String> fromS3(RunDocument document) {
        try {
            return document.text("run", "logs", "stderr_key")
                    .flatMap(key -> logs.tail(key, READ_FROM_S3))
                    .map(body -> new String(body, StandardCharsets.UTF_8));
        } catch (WakeboxException e) {
            return Optional.empty(); // the cause then has what Systems Manager kept
        }
    }
}
