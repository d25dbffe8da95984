package dev.wakebox.local.ec2;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the processes of instances and ends them. Thread-safe; the registry's monitor guards the lists of processes. */
final class InstanceProcesses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceProcesses.class);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

    private final LocalCompute.Config config;
    private final InstanceRegistry registry;
    private final Supervisor supervisor;
    private boolean closed;

    InstanceProcesses(LocalCompute.Config config, InstanceRegistry registry, Supervisor supervisor) {
        this.config = config;
        this.registry = registry;
        this.supervisor = supervisor;
    }

    /** @param listener receives the group's requests: {@code shutdown}, {@code reboot} or {@code later} */
    ProcessGroup start(
            LocalInstance instance,
            List<String> command,
            Path directory,
            Path stdout,
            Path stderr,
            Consumer<String> listener)
            throws IOException {
        synchronized (registry) {
            if (closed) {
                throw new IOException("The emulator is being closed.");
            }
            ProcessGroup group = supervisor.start(command, directory, environment(instance), stdout, stderr, listener);
            instance.processes.add(group);
            group.onGone(() -> forget(instance, group));
            return group;
        }
    }

    /** Sends SIGTERM to the instance's processes now and SIGKILL after the grace time; completes when none is left. */
    CompletableFuture<Void> stop(LocalInstance instance, Duration grace) {
        List<ProcessGroup> running = List.copyOf(instance.processes);
        running.forEach(group -> group.stop(grace));
        return gone(running);
    }

    /** Whether no process can be started any more. */
    boolean closed() {
        synchronized (registry) {
            return closed;
        }
    }

    /** Ends the processes of all instances. */
    @Override
    public void close() {
        List<ProcessGroup> running;
        synchronized (registry) {
            closed = true;
            running = registry.all().stream()
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
    }

    private Map<String, String> environment(LocalInstance instance) {
        Map<String, String> environment = new HashMap<>(config.instanceEnvironment());
        environment.put("PATH", supervisor.path(environment.getOrDefault("PATH", "")));
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.put(
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                environment.get("AWS_ENDPOINT_URL") + "/_wakebox/instances/" + instance.id + "/metadata");
        if (instance.request.profile().isPresent()) {
            environment.put(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    environment.get("AWS_ENDPOINT_URL") + "/_wakebox/instances/" + instance.id + "/credentials");
        }
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("HOME", instance.directory.resolve("home").toString());
        environment.put("WAKEBOX_INSTANCE_ID", instance.id);
        environment.put("WAKEBOX_INSTANCE_DIR", instance.directory.toString());
        environment.put(
                "WAKEBOX_IMAGE_DIR", instance.request.image().toAbsolutePath().toString());
        return environment;
    }

    private void forget(LocalInstance instance, ProcessGroup group) {
        synchronized (registry) {
            instance.processes.remove(group);
        }
    }

    private static CompletableFuture<Void> gone(List<ProcessGroup> groups) {
        return CompletableFuture.allOf(groups.stream().map(ProcessGroup::gone).toArray(CompletableFuture<?>[]::new));
    }
}
