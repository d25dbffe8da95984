package dev.wakebox.local.ec2;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The commands with Systems Manager's rules: pending, in progress, timed out, cancelled. Thread-safe.
 *
 * <p>As on AWS, no agent reports on a command whose instance has ended: it stays InProgress until its timeout.
 */
final class CommandRegistry implements AutoCloseable {
    /** The exit code that Systems Manager's agent reports for a command that it ended itself. */
    private static final int ENDED_BY_AGENT = 137;

    private static final Duration CANCEL_GRACE = Duration.ofSeconds(1);
    private static final Duration REDELIVERY = Duration.ofMillis(200);
    private static final Duration FOLLOW_EVERY = Duration.ofSeconds(1);
    private static final String CLOUD_HOME = "/home/ec2-user";

    private final LocalCompute.Config config;
    private final Path directory;
    private final Timing timing;
    private final Clock clock;
    private final InstanceRegistry registry;
    private final InstanceLifecycle lifecycle;
    private final Scheduler scheduler;
    private final CommandOutput output;
    private final Map<String, List<CommandInvocation>> commands = new LinkedHashMap<>();

    CommandRegistry(
            LocalCompute.Config config,
            Timing timing,
            Clock clock,
            InstanceRegistry registry,
            InstanceLifecycle lifecycle,
            Scheduler scheduler) {
        this.config = config;
        this.directory = config.directory().resolve("commands");
        this.timing = timing;
        this.clock = clock;
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.scheduler = scheduler;
        this.output = new CommandOutput(config, registry);
    }

    /** The invocations of all commands, in the order of sending. */
    synchronized List<CommandInvocation> all() {
        return commands.values().stream().flatMap(List::stream).toList();
    }

    /** The invocations of a command; empty when there is no such command. */
    synchronized List<CommandInvocation> of(String commandId) {
        return commands.getOrDefault(commandId, List.of());
    }

    synchronized List<CommandInvocation> send(ShellCommand command, List<String> instanceIds) {
        List<CommandInvocation> invocations = new ArrayList<>();
        for (String instanceId : instanceIds) {
            Path files = directory.resolve(command.id()).resolve(instanceId);
            var invocation = new CommandInvocation(command, instanceId, files);
            write(invocation);
            invocations.add(invocation);
            later(timing.delivery(), () -> deliver(invocation));
        }
        commands.put(command.id(), invocations);
        return invocations;
    }

    synchronized void cancel(CommandInvocation invocation) {
        switch (invocation.status) {
            case PENDING -> finish(invocation, CommandInvocation.Status.CANCELLED, "Cancelled", -1);
            case IN_PROGRESS -> {
                invocation.status = CommandInvocation.Status.CANCELLING;
                invocation.details = "Cancelling";
                end(invocation, CommandInvocation.Status.CANCELLED, "Cancelled");
            }
            case CANCELLING, SUCCESS, CANCELLED, FAILED, TIMED_OUT -> {}
        }
    }

    @Override
    public void close() {
        output.close();
    }

    private void write(CommandInvocation invocation) {
        String script =
                invocation.command.script().replace(CLOUD_HOME, home(invocation).toString());
        try {
            Files.createDirectories(invocation.directory);
            Path file = invocation.directory.resolve("script");
            Files.writeString(file, script);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            Files.createFile(invocation.stdout());
            Files.createFile(invocation.stderr());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the command to " + invocation.directory + ".", e);
        }
    }

    private synchronized void deliver(CommandInvocation invocation) {
        if (invocation.status != CommandInvocation.Status.PENDING) {
            return;
        }
        if (!clock.instant().isBefore(invocation.command.expires())) {
            finish(invocation, CommandInvocation.Status.TIMED_OUT, "DeliveryTimedOut", -1);
            return;
        }
        Path home = home(invocation);
        Path working = invocation
                .command
                .workingDirectory()
                .map(path -> home.resolve(path.replace(CLOUD_HOME, home.toString())))
                .orElse(home);
        Optional<ProcessGroup> group;
        try {
            group = lifecycle.spawn(
                    invocation.instanceId,
                    List.of(
                            "sh",
                            "-c",
                            "exec \"$0\"",
                            invocation.directory.resolve("script").toString()),
                    working,
                    invocation.stdout(),
                    invocation.stderr());
        } catch (IOException e) {
            invocation.started = now();
            note(invocation, "failed to run commands: cannot start in " + working);
            finish(invocation, CommandInvocation.Status.FAILED, "Failed", 1);
            return;
        }
        group.ifPresentOrElse(
                started -> begin(invocation, started), () -> later(REDELIVERY, () -> deliver(invocation)));
    }

    private void begin(CommandInvocation invocation, ProcessGroup group) {
        invocation.group = group;
        invocation.status = CommandInvocation.Status.IN_PROGRESS;
        invocation.details = "InProgress";
        invocation.started = now();
        later(registry.limit(invocation.instanceId, invocation.command.execution()), () -> outOfTime(invocation));
        group.onExit(code -> scheduler.now(() -> ended(invocation, code)));
        if (invocation.command.logGroup().isPresent()) {
            later(FOLLOW_EVERY, () -> follow(invocation));
        }
    }

    /** The agent's reports on a running command, to CloudWatch Logs alone. */
    private void follow(CommandInvocation invocation) {
        synchronized (this) {
            if (invocation.status.isFinal() || invocation.ending != null) {
                return;
            }
        }
        Thread.ofVirtual().name("output-" + invocation.command.id()).start(() -> {
            if (registry.connected(invocation.instanceId)) {
                output.follow(invocation, now());
            }
            later(FOLLOW_EVERY, () -> follow(invocation));
        });
    }

    private synchronized void outOfTime(CommandInvocation invocation) {
        if (!invocation.status.isFinal() && invocation.ending == null) {
            end(invocation, CommandInvocation.Status.TIMED_OUT, "ExecutionTimedOut");
        }
    }

    private void end(CommandInvocation invocation, CommandInvocation.Status as, String details) {
        ProcessGroup group = invocation.group;
        invocation.ending = as;
        if (group != null) {
            group.end(CANCEL_GRACE);
            group.onEnded(() -> scheduler.now(() -> report(invocation, as, details, ENDED_BY_AGENT)));
        }
    }

    private void ended(CommandInvocation invocation, int code) {
        synchronized (this) {
            if (invocation.ending != null || !registry.online(invocation.instanceId)) {
                return;
            }
            if (!registry.connected(invocation.instanceId)) {
                later(REDELIVERY, () -> ended(invocation, code)); // the agent reports when it is connected again
                return;
            }
            invocation.ending = code == 0 ? CommandInvocation.Status.SUCCESS : CommandInvocation.Status.FAILED;
        }
        if (code == 0) {
            report(invocation, CommandInvocation.Status.SUCCESS, "Success", 0);
        } else {
            note(invocation, "failed to run commands: exit status " + code);
            report(invocation, CommandInvocation.Status.FAILED, "Failed", code);
        }
    }

    /** The agent's final report on a command: it writes the output to S3 and CloudWatch Logs, then the state. */
    private void report(CommandInvocation invocation, CommandInvocation.Status status, String details, int code) {
        ShellCommand command = invocation.command;
        if (command.bucket().isEmpty() && command.logGroup().isEmpty()) {
            finish(invocation, status, details, code);
            return;
        }
        Thread.ofVirtual().name("output-" + command.id()).start(() -> {
            output.write(invocation, now());
            finish(invocation, status, details, code);
        });
    }

    private synchronized void finish(
            CommandInvocation invocation, CommandInvocation.Status status, String details, int code) {
        invocation.status = status;
        invocation.details = details;
        invocation.responseCode = code;
        invocation.ended = now();
    }

    private static void note(CommandInvocation invocation, String text) {
        try {
            Files.writeString(invocation.stderr(), text + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + invocation.stderr() + ".", e);
        }
    }

    private Path home(CommandInvocation invocation) {
        return config.directory().resolve(invocation.instanceId).resolve("home");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void later(Duration delay, Runnable action) {
        scheduler.after(delay, action);
    }
}
