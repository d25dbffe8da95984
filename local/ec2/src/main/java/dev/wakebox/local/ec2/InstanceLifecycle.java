package dev.wakebox.local.ec2;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes instances through their states: boots them, connects their agents, ends their processes. Thread-safe; callers of
 * the methods with an instance hold the registry's monitor.
 */
final class InstanceLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceLifecycle.class);
    private static final DateTimeFormatter REASON_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Duration FLAPPING = Duration.ofSeconds(3);

    private final InstanceRegistry registry;
    private final InstanceProcesses processes;
    private final Timing timing;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Consumer<LocalCompute.StateChange> onStateChange;

    /** @param onStateChange is called while the monitor is held and must return at once */
    InstanceLifecycle(
            InstanceRegistry registry,
            InstanceProcesses processes,
            Timing timing,
            Clock clock,
            Scheduler scheduler,
            Consumer<LocalCompute.StateChange> onStateChange) {
        this.registry = registry;
        this.processes = processes;
        this.timing = timing;
        this.clock = clock;
        this.scheduler = scheduler;
        this.onStateChange = onStateChange;
    }

    /** Sets the instance to pending, and to running later. */
    void begin(LocalInstance instance) {
        become(instance, LocalInstanceState.PENDING);
        if (instance.suffers(Fault.Kind.STUCK_PENDING)) {
            return;
        }
        later(instance, timing.pending(), () -> {
            become(instance, LocalInstanceState.RUNNING);
            boot(instance);
            for (Fault.Trouble trouble : instance.troubles) {
                if (trouble.kind() == Fault.Kind.INTERRUPT) {
                    Instant then = clock.instant().plus(trouble.after());
                    Duration warned = trouble.after().minus(timing.warning());
                    later(instance, warned.isNegative() ? Duration.ZERO : warned, () -> instance.interruption = then);
                    later(
                            instance,
                            trouble.after(),
                            () -> terminate(instance, LocalInstance.Reason.SPOT, timing.grace()));
                } else if (trouble.kind() == Fault.Kind.KILL) {
                    later(
                            instance,
                            trouble.after(),
                            () -> terminate(instance, LocalInstance.Reason.HARDWARE, Duration.ZERO));
                }
            }
        });
    }

    /** @param force ends the processes without a grace time */
    void stop(LocalInstance instance, boolean force) {
        stop(instance, LocalInstance.Reason.USER, force ? Duration.ZERO : timing.grace());
    }

    void terminate(LocalInstance instance) {
        terminate(instance, LocalInstance.Reason.USER, timing.grace());
    }

    /** Runs a command on an instance whose agent is connected; empty when it is not. */
    Optional<ProcessGroup> spawn(String id, List<String> command, Path directory, Path stdout, Path stderr)
            throws IOException {
        synchronized (registry) {
            LocalInstance instance = registry.find(id).orElse(null);
            if (instance == null || !instance.connected() || instance.suffers(Fault.Kind.UNDELIVERED)) {
                return Optional.empty();
            }
            return Optional.of(start(instance, command, directory, stdout, stderr));
        }
    }

    private ProcessGroup start(LocalInstance instance, List<String> command, Path directory, Path stdout, Path stderr)
            throws IOException {
        return processes.start(
                instance, command, directory, stdout, stderr, wish -> scheduler.now(() -> grant(instance, wish)));
    }

    private void boot(LocalInstance instance) {
        int boot = ++instance.boots;
        instance.forgetShutdown();
        Path console = instance.console();
        Path image = instance.request.image();
        try {
            start(
                    instance,
                    List.of(image.resolve("boot").toAbsolutePath().toString()),
                    instance.directory,
                    console,
                    console);
        } catch (IOException e) {
            LOG.error("Cannot boot {} from {}: the instance is terminated.", instance.id, image, e);
            terminate(instance, LocalInstance.Reason.HARDWARE, Duration.ZERO);
            return;
        }
        // As on AWS, the agent has no permission to register without an instance profile.
        if (instance.request.profile().isPresent() && !instance.suffers(Fault.Kind.AGENT_OFFLINE)) {
            later(instance, timing.agent(), () -> {
                if (instance.boots == boot) {
                    instance.online = true;
                    instance.registered = true;
                    instance.away = false;
                    instance.troubles.stream()
                            .filter(trouble -> trouble.kind() == Fault.Kind.AGENT_FLAPPING)
                            .findFirst()
                            .ifPresent(trouble -> flap(instance, boot, trouble.after()));
                }
            });
        }
    }

    /** Disconnects or reconnects the agent after each period. */
    private void flap(LocalInstance instance, int boot, Duration period) {
        later(instance, period.isZero() ? FLAPPING : period, () -> {
            if (instance.boots == boot) {
                instance.away = !instance.away;
                flap(instance, boot, period);
            }
        });
    }

    private void grant(LocalInstance instance, String wish) {
        synchronized (registry) {
            if (instance.state != LocalInstanceState.RUNNING) {
                return;
            }
            switch (wish) {
                case "reboot" -> reboot(instance);
                case "later" -> instance.scheduledShutdown().ifPresent(delay -> shutDownLater(instance, delay));
                default -> shutDown(instance);
            }
        }
    }

    private void shutDownLater(LocalInstance instance, Duration delay) {
        int boot = instance.boots;
        later(instance, delay, () -> {
            if (instance.boots == boot && instance.scheduledShutdown().isPresent()) {
                shutDown(instance);
            }
        });
    }

    private void shutDown(LocalInstance instance) {
        if (instance.request.terminatesOnShutdown()) {
            terminate(instance, LocalInstance.Reason.INSTANCE, timing.grace());
        } else {
            stop(instance, LocalInstance.Reason.INSTANCE, timing.grace());
        }
    }

    private void reboot(LocalInstance instance) {
        instance.online = false;
        int boot = ++instance.boots;
        end(instance, timing.grace(), Duration.ZERO, () -> {
            if (instance.boots == boot) {
                boot(instance);
            }
        });
    }

    private void stop(LocalInstance instance, LocalInstance.Reason reason, Duration grace) {
        if (instance.state == LocalInstanceState.STOPPED) {
            return;
        }
        if (instance.state == LocalInstanceState.STOPPING) {
            var _ = processes.stop(instance, grace);
            return;
        }
        explain(instance, reason);
        become(instance, LocalInstanceState.STOPPING);
        end(instance, grace, timing.stopping(), () -> become(instance, LocalInstanceState.STOPPED));
    }

    private void terminate(LocalInstance instance, LocalInstance.Reason reason, Duration grace) {
        if (instance.state == LocalInstanceState.SHUTTING_DOWN || instance.state == LocalInstanceState.TERMINATED) {
            return;
        }
        explain(instance, reason);
        become(instance, LocalInstanceState.SHUTTING_DOWN);
        end(instance, grace, timing.shuttingDown(), () -> {
            become(instance, LocalInstanceState.TERMINATED);
            registry.volumes.release(instance);
            later(instance, timing.disk(), instance::deleteDisk);
            later(instance, timing.visible(), () -> {
                registry.remove(instance);
                Directories.delete(instance.directory);
            });
        });
    }

    /** Ends the instance's processes. The next action waits for the last process and for the minimum duration. */
    private void end(LocalInstance instance, Duration grace, Duration least, Runnable then) {
        int change = instance.changes;
        var waited = new CompletableFuture<Void>();
        CompletableFuture<Void> gone = processes.stop(instance, grace);
        scheduler.after(least, () -> waited.complete(null));
        var _ = gone.runAfterBoth(waited, () -> inState(instance, change, then));
    }

    private void later(LocalInstance instance, Duration delay, Runnable action) {
        int change = instance.changes;
        scheduler.after(delay, () -> inState(instance, change, action));
    }

    private void inState(LocalInstance instance, int change, Runnable action) {
        synchronized (registry) {
            if (instance.changes == change && !processes.closed()) {
                action.run();
            }
        }
    }

    private void become(LocalInstance instance, LocalInstanceState state) {
        instance.state = state;
        instance.changed = clock.instant();
        instance.changes++;
        instance.online = false;
        onStateChange.accept(new LocalCompute.StateChange(instance.id, state.awsName(), instance.changed));
    }

    private void explain(LocalInstance instance, LocalInstance.Reason reason) {
        instance.reason = reason;
        String who = reason == LocalInstance.Reason.USER ? "User initiated" : reason.code;
        instance.transition = who + " (" + REASON_TIME.format(clock.instant()) + ")";
    }
}
