package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.RemoteCommands;
import dev.wakebox.compute.command.SentCommand;
import dev.wakebox.compute.command.ShellScript;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a shell command through Systems Manager once after each start of the instance. Thread-safe.
 *
 * <p>A record per start has the state of the command. The sender holds the lease of the record, so that two uploads
 * don't send the command at the same time. It is sent again after it has failed, or if the function crashed between
 * sending and recording. So the command must be repeatable, as {@code docker compose up --detach} is.
 */
final class SsmStartCommand implements StartCommand {
    private static final Logger log = LoggerFactory.getLogger(SsmStartCommand.class);

    private static final String PENDING = "PENDING";
    private static final String SENT = "SENT";
    private static final String DONE = "DONE";
    private static final String COMMAND_ID = "commandId";

    /** Longer than the function's timeout. */
    private static final Duration SENDING_LIMIT = Duration.ofMinutes(1);

    private static final Duration TIME_LIMIT = Duration.ofMinutes(15);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Delay NOT_YET = new Delay("The processing instance is being made ready.", false);

    private final String command;
    private final RemoteCommands commands;
    private final JobStore jobs;
    private final Clock clock;
    private final Supplier<String> names;

    /** @param names supplies a unique name for each sending */
    SsmStartCommand(String command, RemoteCommands commands, JobStore jobs, Clock clock, Supplier<String> names) {
        this.command = requireNonNull(command, "command is null");
        this.commands = requireNonNull(commands, "commands is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.names = requireNonNull(names, "names is null");
    }

    @Override
    public Optional<Delay> pending(Instance instance) {
        var id = new JobId("boot", instance.id() + "." + instance.launchTime().getEpochSecond());
        Instant now = clock.instant();
        Job job = jobs.find(id)
                .orElseGet(() -> Job.created(
                        id, new Change(PENDING, now, "The instance has started."), Map.of(), now.plus(KEPT)));
        return switch (job.state()) {
            case DONE -> Optional.empty();
            case SENT -> poll(job, instance);
            default -> {
                jobs.create(job);
                yield Optional.of(send(id, instance, now));
            }
        };
    }

    private Delay send(JobId id, Instance instance, Instant now) {
        String sender = names.get();
        Optional<Job> leased = jobs.lease(id, new Lease(sender, now.plus(SENDING_LIMIT)), now);
        if (leased.isEmpty()) {
            return NOT_YET;
        }
        if (!leased.get().state().equals(PENDING)) {
            jobs.release(id, sender);
            return NOT_YET;
        }
        Optional<SentCommand> sent;
        try {
            sent = commands.send(
                    new ShellScript(instance.id(), "wakebox start command", List.of(command), TIME_LIMIT, null));
        } catch (WakeboxException e) {
            jobs.release(id, sender);
            if (e.code() == ErrorCode.UNAVAILABLE) {
                return new Delay("Systems Manager is unavailable; the start command is sent again later.", true);
            }
            throw e;
        }
        if (sent.isEmpty()) {
            jobs.release(id, sender);
            return new Delay("The processing instance does not answer Systems Manager yet.", true);
        }
        move(
                id,
                PENDING,
                SENT,
                "The start command was sent.",
                Map.of(COMMAND_ID, sent.get().commandId()),
                sender);
        return NOT_YET;
    }

    private Optional<Delay> poll(Job job, Instance instance) {
        String commandId = requireNonNull(job.attributes().get(COMMAND_ID), "a command that was sent has an id");
        Optional<CommandResult> found = commands.poll(new SentCommand(
                commandId, instance.id(), job.history().getLast().at()));
        if (found.isEmpty()) {
            return Optional.of(NOT_YET);
        }
        CommandResult result = found.get();
        return switch (result.status()) {
            case PENDING, IN_PROGRESS, DELAYED -> Optional.of(NOT_YET);
            case SUCCESS -> {
                move(job.id(), SENT, DONE, "The start command has ended.", Map.of(), null);
                yield Optional.empty();
            }
            case CANCELLED, CANCELLING, TIMED_OUT, FAILED -> {
                log.warn(
                        "The start command {} failed on {} and will be sent again: {}, exit code {}: {}",
                        commandId,
                        instance.id(),
                        result.details(),
                        result.exitCode(),
                        result.stderr());
                move(job.id(), SENT, PENDING, "The start command failed: " + result.details(), Map.of(), null);
                yield Optional.of(new Delay("The processing instance's program could not be started.", true));
            }
        };
    }

    private void move(
            JobId id, String from, String to, String reason, Map<String, String> attributes, @Nullable String owner) {
        Instant now = clock.instant();
        jobs.move(id, new Move(Set.of(from), new Change(to, now, reason), attributes, owner, now.plus(KEPT)));
    }
}
