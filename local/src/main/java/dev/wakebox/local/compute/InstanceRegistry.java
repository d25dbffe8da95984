package dev.wakebox.local.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances with EC2's rules for their lives. Thread-safe: whoever reads more than one thing holds the registry's
 * monitor meanwhile.
 */
final class InstanceRegistry implements AutoCloseable {
    /** An instance's state before and after a request. */
    record Transition(LocalInstance instance, InstanceState before, InstanceState after) {}

    private record Launch(String fingerprint, List<LocalInstance> instances) {}

    private static final Logger LOG = LoggerFactory.getLogger(InstanceRegistry.class);
    private static final Pattern INSTANCE_ID = Pattern.compile("i-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final DateTimeFormatter REASON_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final LocalInstance.Reason BY_USER = new LocalInstance.Reason(
            "Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown");
    private static final LocalInstance.Reason BY_INSTANCE = new LocalInstance.Reason(
            "Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown");
    private static final LocalInstance.Reason BY_SPOT = new LocalInstance.Reason(
            "Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Instance terminated due to no capacity");
    private static final LocalInstance.Reason BY_HARDWARE = new LocalInstance.Reason(
            "Server.InternalError", "Server.InternalError: The machine under the instance has failed");
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

    private final LocalCompute.Config config;
    private final Timing timing;
    private final Clock clock;
    private final Supervisor supervisor;
    private final Faults faults;
    private final Scheduler scheduler;
    private final Consumer<LocalCompute.StateChange> onStateChange;
    private final Random random = new SecureRandom();
    private final Map<String, LocalInstance> instances = new LinkedHashMap<>();
    private final Map<String, Volume> volumes = new LinkedHashMap<>();
    private final Map<String, Launch> launches = new HashMap<>();
    private int addresses;
    private boolean closed;

    /** @param onStateChange is called under the monitor and must return at once */
    InstanceRegistry(
            LocalCompute.Config config,
            Timing timing,
            Clock clock,
            Supervisor supervisor,
            Faults faults,
            Scheduler scheduler,
            Consumer<LocalCompute.StateChange> onStateChange) {
        this.config = config;
        this.timing = timing;
        this.clock = clock;
        this.supervisor = supervisor;
        this.faults = faults;
        this.scheduler = scheduler;
        this.onStateChange = onStateChange;
    }

    synchronized List<LocalInstance> all() {
        return List.copyOf(instances.values());
    }

    synchronized List<Volume> volumes() {
        return List.copyOf(volumes.values());
    }

    /** The instances of these ids, or the error of EC2 about those that don't exist. */
    synchronized List<LocalInstance> require(List<String> ids) {
        ids.stream()
                .filter(id -> !INSTANCE_ID.matcher(id).matches())
                .findFirst()
                .ifPresent(id -> {
                    throw new ApiException("InvalidInstanceID.Malformed", "Invalid id: \"" + id + "\"");
                });
        List<String> unknown =
                ids.stream().filter(id -> !instances.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            throw new ApiException(
                    "InvalidInstanceID.NotFound",
                    unknown.size() == 1
                            ? "The instance ID '" + unknown.getFirst() + "' does not exist"
                            : "The instance IDs '" + String.join(", ", unknown) + "' do not exist");
        }
        return ids.stream().distinct().map(this::get).toList();
    }

    synchronized Optional<LocalInstance> find(String id) {
        return Optional.ofNullable(instances.get(id));
    }

    Volume requireVolume(String id) {
        Volume volume = volumes.get(id);
        if (volume == null) {
            throw new ApiException("InvalidVolume.NotFound", "The volume '" + id + "' does not exist.");
        }
        return volume;
    }

    /** Starts new instances; the same request with the same token finds those of the first time. */
    synchronized List<LocalInstance> run(RunRequest request) {
        Launch earlier = request.clientToken().map(launches::get).orElse(null);
        if (earlier != null) {
            if (!earlier.fingerprint().equals(request.fingerprint())) {
                throw new ApiException(
                        "IdempotentParameterMismatch",
                        "Arguments on this idempotent request are inconsistent with arguments used in previous"
                                + " request(s).");
            }
            if (earlier.instances().stream().allMatch(instance -> instance.state == InstanceState.TERMINATED)) {
                throw new ApiException(
                        "IdempotentInstanceTerminated",
                        "The request uses the same client token as a previous request for which the instance has been"
                                + " terminated.");
            }
            return earlier.instances();
        }
        Faults own = tagged(request);
        own.refusal("RunInstances", request.traits())
                .or(() -> faults.refusal("RunInstances", request.traits()))
                .ifPresent(code -> {
                    throw Refusals.error(code);
                });
        String reservation = Network.newId("r", random);
        List<LocalInstance> launched = new ArrayList<>();
        for (int index = 0; index < request.max(); index++) {
            launched.add(launch(request, reservation, index, own));
        }
        request.clientToken().ifPresent(token -> launches.put(token, new Launch(request.fingerprint(), launched)));
        return launched;
    }

    synchronized List<Transition> start(List<String> ids) {
        List<LocalInstance> wanted = require(ids);
        wanted.forEach(instance -> {
            switch (instance.state) {
                case PENDING, RUNNING, STOPPED -> {}
                case STOPPING, SHUTTING_DOWN, TERMINATED ->
                    throw incorrectState(
                            "The instance '" + instance.id + "' is not in a state from which it can be started.");
            }
        });
        return change(wanted, instance -> {
            if (instance.state == InstanceState.STOPPED) {
                instance.launchTime = now();
                instance.reason = null;
                instance.transition = "";
                become(instance, InstanceState.PENDING);
                runSoon(instance);
            }
        });
    }

    synchronized List<Transition> stop(List<String> ids, boolean force) {
        List<LocalInstance> wanted = require(ids);
        wanted.forEach(instance -> {
            switch (instance.state) {
                case PENDING -> {
                    if (instance.boots == 0) {
                        throw incorrectState("Instance '" + instance.id
                                + "' cannot be stopped as it has never reached the 'running' state.");
                    }
                }
                case RUNNING, STOPPING, STOPPED -> {}
                case SHUTTING_DOWN, TERMINATED ->
                    throw incorrectState(
                            "This instance '" + instance.id + "' is not in a state from which it can be stopped.");
            }
            if (instance.request.spot().filter(spot -> !spot.persistent()).isPresent()) {
                throw new ApiException(
                        "UnsupportedOperation",
                        "You can't stop the Spot Instance '" + instance.id
                                + "' because it is associated with a one-time Spot Instance request. You can only stop"
                                + " Spot Instances associated with persistent Spot Instance requests.");
            }
            if (instance.request.protectedFromStop()) {
                throw new ApiException(
                        "OperationNotPermitted",
                        "The instance '" + instance.id + "' may not be stopped. Modify its 'disableApiStop' instance"
                                + " attribute and try again.");
            }
        });
        return change(wanted, instance -> stop(instance, BY_USER, force ? Duration.ZERO : timing.grace()));
    }

    synchronized List<Transition> terminate(List<String> ids) {
        List<LocalInstance> wanted = require(ids);
        wanted.stream()
                .filter(instance -> instance.request.protectedFromTermination())
                .findFirst()
                .ifPresent(instance -> {
                    throw new ApiException(
                            "OperationNotPermitted",
                            "The instance '" + instance.id + "' may not be terminated. Modify its"
                                    + " 'disableApiTermination' instance attribute and try again.");
                });
        return change(wanted, instance -> terminate(instance, BY_USER, timing.grace()));
    }

    synchronized void reboot(List<String> ids) {
        List<LocalInstance> wanted = require(ids);
        wanted.stream()
                .filter(instance -> instance.state != InstanceState.RUNNING)
                .findFirst()
                .ifPresent(instance -> {
                    throw incorrectState(
                            "The instance '" + instance.id + "' is not in a state from which it can be rebooted.");
                });
        wanted.forEach(this::reboot);
    }

    /** What {@link Fault} calls an interruption, or the death of the hardware, now. */
    synchronized void strike(String id, Fault.Kind kind) {
        LocalInstance instance = get(id);
        switch (kind) {
            case INTERRUPT -> terminate(instance, BY_SPOT, timing.grace());
            case KILL -> terminate(instance, BY_HARDWARE, Duration.ZERO);
            case STUCK_PENDING, AGENT_OFFLINE, UNDELIVERED ->
                throw new IllegalArgumentException("Only an interruption or a kill can happen to " + id + " now.");
        }
    }

    /** Throws when the operation on these instances shall fail. */
    synchronized void refuse(String operation, List<LocalInstance> concerned) {
        Stream<Optional<String>> refusals = concerned.isEmpty()
                ? Stream.of(faults.refusal(operation, Map.of()))
                : concerned.stream().map(instance -> instance.faults
                        .refusal(operation, instance.request.traits())
                        .or(() -> faults.refusal(operation, instance.request.traits())));
        refusals.flatMap(Optional::stream).findFirst().ifPresent(code -> {
            throw Refusals.error(code);
        });
    }

    /** Runs a command on an instance that its agent can be reached on; empty when it can't. */
    synchronized Optional<ProcessGroup> spawn(String id, List<String> command, Path directory, Path stdout, Path stderr)
            throws IOException {
        LocalInstance instance = instances.get(id);
        if (instance == null || !instance.online || instance.suffers(Fault.Kind.UNDELIVERED)) {
            return Optional.empty();
        }
        return Optional.of(start(instance, command, directory, stdout, stderr));
    }

    synchronized boolean online(String id) {
        LocalInstance instance = instances.get(id);
        return instance != null && instance.online;
    }

    void delete(Volume volume) {
        if (volume.instance != null) {
            throw new ApiException(
                    "VolumeInUse", "Volume " + volume.id + " is currently attached to " + volume.instance.id);
        }
        volumes.remove(volume.id);
    }

    void detach(Volume volume) {
        LocalInstance instance = volume.instance;
        if (instance == null) {
            throw new ApiException("IncorrectState", "Volume '" + volume.id + "' is in the 'available' state.");
        }
        if (volume.disk.isRoot() && instance.state != InstanceState.STOPPED) {
            throw new ApiException(
                    "OperationNotPermitted",
                    "Unable to detach root volume '" + volume.id + "' from instance '" + instance.id + "'");
        }
        volume.instance = null;
    }

    @Override
    public void close() {
        List<ProcessGroup> running;
        synchronized (this) {
            closed = true;
            running = instances.values().stream()
                    .flatMap(instance -> instance.processes.stream())
                    .toList();
        }
        running.forEach(group -> group.stop(CLOSE_GRACE));
        try {
            gone(running).get(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("Some processes of the instances in {} did not end in time.", config.directory());
        } finally {
            running.forEach(ProcessGroup::kill);
        }
        synchronized (this) {
            instances.values().stream()
                    .filter(instance -> instance.state == InstanceState.TERMINATED)
                    .forEach(instance -> Directories.delete(instance.directory));
        }
    }

    private LocalInstance get(String id) {
        LocalInstance instance = instances.get(id);
        if (instance == null) {
            throw new ApiException("InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist");
        }
        return instance;
    }

    private static Faults tagged(RunRequest request) {
        try {
            return Faults.ofTags(request.tagsOf("instance"));
        } catch (IllegalArgumentException e) {
            throw new ApiException("InvalidParameterValue", String.valueOf(e.getMessage()));
        }
    }

    private LocalInstance launch(RunRequest request, String reservation, int index, Faults own) {
        String id = Network.newId("i", random);
        List<Fault.Trouble> troubles = new ArrayList<>(own.troubles(request.traits()));
        troubles.addAll(faults.troubles(request.traits()));
        int address = addresses++ + 4;
        String network = request.subnet().cidr().replace(".0.0/16", "");
        var instance = new LocalInstance(
                id,
                reservation,
                index,
                request,
                config.directory().resolve(id),
                network + "." + address / 250 % 250 + "." + address % 250,
                request.spot().map(_ -> Network.newId("sir", random)).orElse(null),
                troubles,
                own,
                now());
        try {
            Files.createDirectories(instance.directory.resolve("home"));
            Files.write(instance.directory.resolve("user-data"), request.userData());
            Files.createFile(instance.directory.resolve("console.log"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the disk of an instance in " + config.directory() + ".", e);
        }
        instances.put(id, instance);
        for (RunRequest.Disk disk : request.disks()) {
            var volume = new Volume(Network.newId("vol", random), disk, instance, now());
            volumes.put(volume.id, volume);
        }
        become(instance, InstanceState.PENDING);
        runSoon(instance);
        return instance;
    }

    private List<Transition> change(List<LocalInstance> wanted, Consumer<LocalInstance> change) {
        return wanted.stream()
                .map(instance -> {
                    InstanceState before = instance.state;
                    change.accept(instance);
                    return new Transition(instance, before, instance.state);
                })
                .toList();
    }

    private void runSoon(LocalInstance instance) {
        if (instance.suffers(Fault.Kind.STUCK_PENDING)) {
            return;
        }
        later(instance, timing.pending(), () -> {
            become(instance, InstanceState.RUNNING);
            boot(instance);
            for (Fault.Trouble trouble : instance.troubles) {
                if (trouble.kind() == Fault.Kind.INTERRUPT || trouble.kind() == Fault.Kind.KILL) {
                    later(instance, trouble.after(), () -> strike(instance.id, trouble.kind()));
                }
            }
        });
    }

    private void boot(LocalInstance instance) {
        int boot = ++instance.boots;
        Path console = instance.directory.resolve("console.log");
        try {
            start(
                    instance,
                    List.of(instance.request
                            .image()
                            .resolve("boot")
                            .toAbsolutePath()
                            .toString()),
                    instance.directory,
                    console,
                    console);
        } catch (IOException e) {
            LOG.error("Cannot boot {} from {}: the instance is terminated.", instance.id, instance.request.image(), e);
            terminate(instance, BY_HARDWARE, Duration.ZERO);
            return;
        }
        // As on AWS: without an instance profile the agent has no permission to register.
        if (instance.request.profile().isPresent() && !instance.suffers(Fault.Kind.AGENT_OFFLINE)) {
            later(instance, timing.agent(), () -> {
                if (instance.boots == boot) {
                    instance.online = true;
                    instance.registered = instance.registered == null ? clock.instant() : instance.registered;
                }
            });
        }
    }

    private ProcessGroup start(LocalInstance instance, List<String> command, Path directory, Path stdout, Path stderr)
            throws IOException {
        if (closed) {
            throw new IOException("The local machine is being closed.");
        }
        Map<String, String> environment = new HashMap<>(config.instanceEnvironment());
        environment.put("PATH", supervisor.path(environment.getOrDefault("PATH", "")));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("HOME", instance.directory.resolve("home").toString());
        environment.put("WAKEBOX_INSTANCE_ID", instance.id);
        environment.put("WAKEBOX_INSTANCE_DIR", instance.directory.toString());
        environment.put(
                "WAKEBOX_IMAGE_DIR", instance.request.image().toAbsolutePath().toString());
        ProcessGroup group = supervisor.start(
                command, directory, environment, stdout, stderr, wish -> scheduler.now(() -> grant(instance, wish)));
        instance.processes.add(group);
        group.onGone(() -> forget(instance, group));
        return group;
    }

    private synchronized void forget(LocalInstance instance, ProcessGroup group) {
        instance.processes.remove(group);
    }

    private synchronized void grant(LocalInstance instance, String wish) {
        if (instance.state != InstanceState.RUNNING) {
            return;
        }
        if (wish.equals("reboot")) {
            reboot(instance);
        } else if (instance.request.terminateOnShutdown()
                || instance.request.spot().isPresent()) {
            terminate(instance, BY_INSTANCE, timing.grace());
        } else {
            stop(instance, BY_INSTANCE, timing.grace());
        }
    }

    private void stop(LocalInstance instance, LocalInstance.Reason reason, Duration grace) {
        if (instance.state == InstanceState.STOPPED) {
            return;
        }
        if (instance.state == InstanceState.STOPPING) {
            instance.processes.forEach(group -> group.stop(grace));
            return;
        }
        explain(instance, reason);
        become(instance, InstanceState.STOPPING);
        end(instance, grace, timing.stopping(), () -> become(instance, InstanceState.STOPPED));
    }

    private void terminate(LocalInstance instance, LocalInstance.Reason reason, Duration grace) {
        if (instance.state == InstanceState.SHUTTING_DOWN || instance.state == InstanceState.TERMINATED) {
            return;
        }
        explain(instance, reason);
        become(instance, InstanceState.SHUTTING_DOWN);
        end(instance, grace, timing.shuttingDown(), () -> {
            become(instance, InstanceState.TERMINATED);
            for (Volume volume : volumes()) {
                if (volume.instance == instance) {
                    volume.instance = null;
                    if (volume.disk.deleteOnTermination()) {
                        volumes.remove(volume.id);
                    }
                }
            }
            later(instance, timing.disk(), () -> Directories.deleteAllBut(instance.directory, "console.log"));
            later(instance, timing.visible(), () -> forget(instance));
        });
    }

    private void forget(LocalInstance instance) {
        instances.remove(instance.id);
        instance.request
                .clientToken()
                .filter(token -> instances.values().stream()
                        .noneMatch(other -> other.request.clientToken().equals(Optional.of(token))))
                .ifPresent(launches::remove);
        Directories.delete(instance.directory);
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

    /** Ends the instance's processes; what follows waits for the last of them and for the least time. */
    private void end(LocalInstance instance, Duration grace, Duration least, Runnable then) {
        int change = instance.changes;
        List<ProcessGroup> running = List.copyOf(instance.processes);
        running.forEach(group -> group.stop(grace));
        var waited = new CompletableFuture<Void>();
        scheduler.after(least, () -> waited.complete(null));
        var _ = gone(running).runAfterBoth(waited, () -> inState(instance, change, then));
    }

    private void later(LocalInstance instance, Duration delay, Runnable action) {
        int change = instance.changes;
        scheduler.after(delay, () -> inState(instance, change, action));
    }

    private synchronized void inState(LocalInstance instance, int change, Runnable action) {
        if (instance.changes == change && !closed) {
            action.run();
        }
    }

    private void become(LocalInstance instance, InstanceState state) {
        instance.state = state;
        instance.changed = clock.instant();
        instance.changes++;
        instance.online = false;
        onStateChange.accept(new LocalCompute.StateChange(instance.id, state.awsName(), instance.changed));
    }

    private void explain(LocalInstance instance, LocalInstance.Reason reason) {
        instance.reason = reason;
        String who = reason.equals(BY_USER) ? "User initiated" : reason.code();
        instance.transition = who + " (" + REASON_TIME.format(clock.instant()) + ")";
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static CompletableFuture<Void> gone(List<ProcessGroup> groups) {
        return CompletableFuture.allOf(groups.stream().map(ProcessGroup::gone).toArray(CompletableFuture<?>[]::new));
    }

    private static ApiException incorrectState(String message) {
        return new ApiException("IncorrectInstanceState", message);
    }
}
