package dev.wakebox.local.compute;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands with Systems Manager's rules: waiting for the agent, running, out of time, cancelled. Thread-safe.
 *
 * <p>As on AWS nobody reports on a command whose instance has ended: it stays InProgress until its time is over.
 */
final class CommandRegistry implements AutoCloseable {
    /** What Systems Manager's agent answers for a command that it ended itself. */
    private static final int ENDED_BY_AGENT = 137;

    private static final Logger LOG = LoggerFactory.getLogger(CommandRegistry.class);
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(1);
    private static final Duration REDELIVERY = Duration.ofMillis(200);
    private static final String CLOUD_HOME = "/home/ec2-user";

    private final Path directory;
    private final Path instances;
    private final Timing timing;
    private final Clock clock;
    private final InstanceRegistry registry;
    private final Scheduler scheduler;
    private final OutputBucket bucket;
    private final OutputLogGroup logs;
    private final Map<String, List<Invocation>> commands = new LinkedHashMap<>();

    CommandRegistry(
            LocalCompute.Config config, Timing timing, Clock clock, InstanceRegistry registry, Scheduler scheduler) {
        this.directory = config.directory().resolve("commands");
        this.instances = config.directory();
        this.timing = timing;
        this.clock = clock;
        this.registry = registry;
        this.scheduler = scheduler;
        var clients = new InstanceClients(config.instanceEnvironment(), config.region());
        this.bucket = new OutputBucket(clients);
        this.logs = new OutputLogGroup(clients);
    }

    /** The invocations of all commands, in the order of sending. */
    synchronized List<Invocation> all() {
        return commands.values().stream().flatMap(List::stream).toList();
    }

    /** The invocations of a command; empty when there is no such command. */
    synchronized List<Invocation> of(String commandId) {
        return commands.getOrDefault(commandId, List.of());
    }

    synchronized List<Invocation> send(ShellCommand command, List<String> instanceIds) {
        List<Invocation> invocations = new ArrayList<>();
        for (String instanceId : instanceIds) {
            Path files = directory.resolve(command.id()).resolve(instanceId);
            var invocation = new Invocation(command, instanceId, files);
            write(invocation);
            invocations.add(invocation);
            later(timing.delivery(), () -> deliver(invocation));
        }
        commands.put(command.id(), invocations);
        return invocations;
    }

    synchronized void cancel(Invocation invocation) {
        switch (invocation.status) {
            case PENDING -> finish(invocation, Invocation.Status.CANCELLED, "Cancelled", -1);
            case IN_PROGRESS -> {
                invocation.status = Invocation.Status.CANCELLING;
                invocation.details = "Cancelling";
                end(invocation, Invocation.Status.CANCELLED, "Cancelled");
            }
            case CANCELLING, SUCCESS, CANCELLED, FAILED, TIMED_OUT -> {}
        }
    }

    @Override
    public void close() {
        bucket.close();
        logs.close();
    }

    /** The link of the output in S3, or empty when it isn't put there. */
    String url(Invocation invocation, String stream) {
        return invocation
                .command
                .output()
                .map(to -> bucket.url(to.name(), invocation.command.key(to, invocation.instanceId, stream)))
                .orElse("");
    }

    private void write(Invocation invocation) {
        String home = instances.resolve(invocation.instanceId).resolve("home").toString();
        String script = String.join("\n", invocation.command.lines()).replace(CLOUD_HOME, home) + "\n";
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

    private synchronized void deliver(Invocation invocation) {
        if (invocation.status != Invocation.Status.PENDING) {
            return;
        }
        if (!clock.instant().isBefore(invocation.command.expires())) {
            finish(invocation, Invocation.Status.TIMED_OUT, "DeliveryTimedOut", -1);
            return;
        }
        Path home = instances.resolve(invocation.instanceId).resolve("home");
        Path working = invocation
                .command
                .workingDirectory()
                .map(path -> home.resolve(path.replace(CLOUD_HOME, home.toString())))
                .orElse(home);
        Optional<ProcessGroup> group;
        try {
            group = registry.spawn(
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
            finish(invocation, Invocation.Status.FAILED, "Failed", 1);
            return;
        }
        group.ifPresentOrElse(
                started -> begin(invocation, started), () -> later(REDELIVERY, () -> deliver(invocation)));
    }

    private void begin(Invocation invocation, ProcessGroup group) {
        invocation.group = group;
        invocation.status = Invocation.Status.IN_PROGRESS;
        invocation.details = "InProgress";
        invocation.started = now();
        later(invocation.command.execution(), () -> outOfTime(invocation));
        group.onExit(code -> scheduler.now(() -> ended(invocation, code)));
    }

    private synchronized void outOfTime(Invocation invocation) {
        if (!invocation.status.isFinal() && invocation.ending == null) {
            end(invocation, Invocation.Status.TIMED_OUT, "ExecutionTimedOut");
        }
    }

    private void end(Invocation invocation, Invocation.Status as, String details) {
        ProcessGroup group = invocation.group;
        invocation.ending = as;
        if (group != null) {
            group.stop(CANCEL_GRACE);
            group.onGone(() -> scheduler.now(() -> report(invocation, as, details, ENDED_BY_AGENT)));
        }
    }

    private void ended(Invocation invocation, int code) {
        synchronized (this) {
            if (invocation.ending != null || !registry.online(invocation.instanceId)) {
                return;
            }
            invocation.ending = code == 0 ? Invocation.Status.SUCCESS : Invocation.Status.FAILED;
        }
        if (code == 0) {
            report(invocation, Invocation.Status.SUCCESS, "Success", 0);
        } else {
            note(invocation, "failed to run commands: exit status " + code);
            report(invocation, Invocation.Status.FAILED, "Failed", code);
        }
    }

    /** The agent's last word on a command: first its output to S3 and CloudWatch Logs, then its end. */
    private void report(Invocation invocation, Invocation.Status status, String details, int code) {
        ShellCommand command = invocation.command;
        if (command.output().isEmpty() && command.logGroup().isEmpty()) {
            finish(invocation, status, details, code);
            return;
        }
        Thread.ofVirtual().name("output-" + command.id()).start(() -> {
            Map.of("stdout", invocation.stdout(), "stderr", invocation.stderr()).forEach((stream, file) -> {
                command.output()
                        .ifPresent(to -> hand(
                                invocation,
                                file,
                                to.name(),
                                () -> bucket.put(to.name(), command.key(to, invocation.instanceId, stream), file)));
                command.logGroup()
                        .ifPresent(group -> hand(
                                invocation,
                                file,
                                group,
                                () -> logs.put(group, command.logStream(invocation.instanceId, stream), file, now())));
            });
            finish(invocation, status, details, code);
        });
    }

    private interface Upload {
        void run() throws IOException;
    }

    private static void hand(Invocation invocation, Path file, String to, Upload upload) {
        try {
            if (Files.size(file) > 0) {
                upload.run();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Output of command {} is not in {}; it stays in {}.", invocation.command.id(), to, file, e);
        }
    }

    private synchronized void finish(Invocation invocation, Invocation.Status status, String details, int code) {
        invocation.status = status;
        invocation.details = details;
        invocation.responseCode = code;
        invocation.ended = now();
    }

    private static void note(Invocation invocation, String text) {
        try {
            Files.writeString(invocation.stderr(), text + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + invocation.stderr() + ".", e);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void later(Duration delay, Runnable action) {
        scheduler.after(delay, action);
    }
}
