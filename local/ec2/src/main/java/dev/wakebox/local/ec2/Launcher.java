package dev.wakebox.local.ec2;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** RunInstances: creates instances, once for each client token. The registry's monitor guards it. */
final class Launcher {
    private record Launch(RunRequest request, List<LocalInstance> instances) {}

    private final LocalCompute.Config config;
    private final InstanceRegistry registry;
    private final InstanceLifecycle lifecycle;
    private final Clock clock;
    private final Random random;
    private final Map<String, Launch> launches = new HashMap<>();
    /** Faults by the tags of the requests. */
    private final Map<Map<String, String>, Faults> launchFaults = new HashMap<>();

    private int addresses;

    Launcher(
            LocalCompute.Config config,
            InstanceRegistry registry,
            InstanceLifecycle lifecycle,
            Clock clock,
            Random random) {
        this.config = config;
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.clock = clock;
        this.random = random;
    }

    /** Starts new instances; a repeated request with the same token returns the instances of the first one. */
    List<LocalInstance> run(RunRequest request) {
        synchronized (registry) {
            // EC2 forgets a token together with the terminated instances.
            launches.values().removeIf(launch -> launch.instances().stream()
                    .noneMatch(instance -> registry.find(instance.id).isPresent()));
            Launch earlier = request.clientToken().map(launches::get).orElse(null);
            if (earlier != null) {
                return repeated(earlier, request);
            }
            Faults own = tagged(request);
            launchFaults
                    .computeIfAbsent(attempt(request), _ -> tagged(request))
                    .refusal("RunInstances", request.traits())
                    .ifPresent(refusal -> {
                        throw refusal;
                    });
            String reservation = Network.newId("r", random);
            List<LocalInstance> launched = new ArrayList<>();
            for (int index = 0; index < request.asked().maxCount(); index++) {
                launched.add(launch(request, reservation, index, own));
            }
            request.clientToken().ifPresent(token -> launches.put(token, new Launch(request, launched)));
            return launched;
        }
    }

    private static List<LocalInstance> repeated(Launch earlier, RunRequest request) {
        if (!earlier.request().isRepeatedBy(request)) {
            throw new ApiException(
                    "IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).");
        }
        if (earlier.instances().stream().allMatch(instance -> instance.state == LocalInstanceState.TERMINATED)) {
            throw new ApiException(
                    "IdempotentInstanceTerminated",
                    "The request uses the same client token as a previous request for which the instance has been"
                            + " terminated.");
        }
        return earlier.instances();
    }

    /** The tags without the one that is another in each request of an attempt. */
    private static Map<String, String> attempt(RunRequest request) {
        var tags = new HashMap<>(request.tagsOf("instance"));
        tags.remove("wakebox:expires-at");
        return tags;
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
        int address = addresses++ + 4;
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var instance = new LocalInstance(
                id,
                reservation,
                index,
                request,
                config.directory().resolve(id),
                request.subnet().network() + "." + address / 250 % 250 + "." + address % 250,
                request.isSpot() ? Network.newId("sir", random) : null,
                own,
                now);
        try {
            Files.createDirectories(instance.directory.resolve("home"));
            Files.write(instance.directory.resolve("user-data"), request.userData());
            Files.createFile(instance.console());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot create the directory of an instance in " + config.directory() + ".", e);
        }
        registry.add(instance);
        request.disks()
                .forEach((device, disk) ->
                        registry.volumes.create(Network.newId("vol", random), device, disk, instance));
        lifecycle.begin(instance);
        return instance;
    }
}
