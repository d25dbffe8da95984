package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.Purchase;
import dev.wakebox.compute.execution.VolumeSize;
import dev.wakebox.compute.launch.LaunchAnswer.Launched;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Instances and volumes in memory with EC2's rules: one launch for a ClientToken, states that only {@link #advance}
 * changes, faults on request.
 */
public final class InMemoryRunResources implements RunResources {
    private static final class LaunchedInstance {
        private final String id;
        private final Map<String, String> tags;
        private final String volumeId;
        private final boolean deletesVolume;
        private final boolean spot;
        private InstanceState state = InstanceState.PENDING;
        private @Nullable String reason;
        private int hidden;

        LaunchedInstance(String id, Map<String, String> tags, String volumeId, boolean deletesVolume, boolean spot) {
            this.id = id;
            this.tags = tags;
            this.volumeId = volumeId;
            this.deletesVolume = deletesVolume;
            this.spot = spot;
        }
    }

    private static final class Disk {
        private final Map<String, String> tags;
        private String state = "in-use";
        private @Nullable String attachedTo;

        Disk(Map<String, String> tags, String attachedTo) {
            this.tags = tags;
            this.attachedTo = attachedTo;
        }
    }

    private final Map<String, LaunchedInstance> instances = new LinkedHashMap<>();
    private final Map<String, String> consoles = new HashMap<>();
    private final Map<String, Disk> disks = new LinkedHashMap<>();
    private final Map<String, String> idsByToken = new HashMap<>();
    private final Map<String, JsonObject> requestsByToken = new HashMap<>();
    private final List<JsonObject> requests = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private Function<JsonObject, Optional<Refused>> refusals = request -> Optional.empty();
    private BooleanSupplier failsBefore = () -> false;
    private BooleanSupplier failsAfter = () -> false;
    private int hiddenFor;

    /** Sets which launches EC2 refuses from now on. */
    public void refuse(Function<JsonObject, Optional<Refused>> which) {
        refusals = which;
    }

    /**
     * Makes calls fail from now on.
     *
     * @param before evaluated before each call: fails without an effect
     * @param after evaluated after each call: fails although the call had its effect, as when the answer is lost
     */
    public void fail(BooleanSupplier before, BooleanSupplier after) {
        failsBefore = before;
        failsAfter = after;
    }

    /** Hides new instances from the next requests, because EC2 is eventually consistent. */
    public void hideNewFor(int requests) {
        hiddenFor = requests;
    }

    /** Completes every pending change of instances and volumes. */
    public void advance() {
        for (LaunchedInstance instance : instances.values()) {
            switch (instance.state) {
                case PENDING -> instance.state = InstanceState.RUNNING;
                case STOPPING -> instance.state = InstanceState.STOPPED;
                case SHUTTING_DOWN -> {
                    instance.state = InstanceState.TERMINATED;
                    release(instance);
                }
                case RUNNING, STOPPED, TERMINATED -> {}
            }
        }
    }

    /** Changes the state of an instance, as EC2 or an operator does. */
    public void set(String id, InstanceState state, @Nullable String reason) {
        LaunchedInstance instance = Objects.requireNonNull(instances.get(id));
        instance.state = state;
        instance.reason = reason;
        if (state == InstanceState.TERMINATED) {
            release(instance);
        }
    }

    /** Sets what EC2 keeps of the console of an instance. */
    public void setConsole(String id, String text) {
        consoles.put(id, text);
    }

    /** Adds an instance that was not launched through this port. */
    public void add(String id, InstanceState state, Map<String, String> tags) {
        LaunchedInstance instance = new LaunchedInstance(id, new HashMap<>(tags), "vol-of-" + id, true, false);
        instance.state = state;
        instances.put(id, instance);
        if (state != InstanceState.TERMINATED) {
            disks.put(instance.volumeId, new Disk(new HashMap<>(tags), id));
        }
    }

    /** Adds a volume that is not attached. */
    public void addVolume(String id, Map<String, String> tags) {
        Disk disk = new Disk(new HashMap<>(tags), "");
        disk.state = "available";
        disk.attachedTo = null;
        disks.put(id, disk);
    }

    /** Every launch request, also refused ones. */
    public List<JsonObject> requests() {
        return List.copyOf(requests);
    }

    /** The calls that changed instances and volumes, in order: {@code terminate i-…}. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Every instance, also terminated ones, without EC2's delays. */
    public List<RunInstance> all() {
        return instances.values().stream().map(this::describe).toList();
    }

    /** Every volume that is not deleted. */
    public List<Volume> allVolumes() {
        return disks.entrySet().stream()
                .map(entry -> volume(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The instances that are billed: neither stopped nor gone. */
    public List<RunInstance> up() {
        return all().stream()
                .filter(instance ->
                        instance.state() == InstanceState.PENDING || instance.state() == InstanceState.RUNNING)
                .toList();
    }

    @Override
    public LaunchAnswer launch(JsonObject request) {
        RunInstancesJson.request(request);
        return call(() -> {
            requests.add(request);
            String token = (String) Objects.requireNonNull(request.get("ClientToken"));
            String known = idsByToken.get(token);
            if (known != null) {
                assertThat(request).as("IdempotentParameterMismatch").isEqualTo(requestsByToken.get(token));
                return launched(known);
            }
            Optional<Refused> refused = refusals.apply(request);
            if (refused.isPresent()) {
                return refused.get();
            }
            String id = "i-" + (instances.size() + 1);
            LaunchedInstance instance = new LaunchedInstance(
                    id, tags(request, "instance"), "vol-" + id, deletesVolume(request), isSpot(request));
            instance.hidden = hiddenFor;
            instances.put(id, instance);
            disks.put(instance.volumeId, new Disk(tags(request, "volume"), id));
            idsByToken.put(token, id);
            requestsByToken.put(token, request);
            return launched(id);
        });
    }

    @Override
    public Optional<RunInstance> describe(String id) {
        return call(() -> Optional.ofNullable(instances.get(id))
                .filter(InMemoryRunResources::visible)
                .map(this::describe));
    }

    @Override
    public Optional<String> console(String id) {
        return call(() -> Optional.ofNullable(consoles.get(id)));
    }

    @Override
    public List<RunInstance> tagged(String tag, String value) {
        return call(() -> instances.values().stream()
                .filter(InMemoryRunResources::visible)
                .filter(instance -> value.equals(instance.tags.get(tag)))
                .map(this::describe)
                .toList());
    }

    @Override
    public List<Volume> volumesTagged(String tag, String value) {
        return call(() -> allVolumes().stream()
                .filter(volume -> value.equals(volume.tags().get(tag)))
                .toList());
    }

    @Override
    public void terminate(String id) {
        call(() -> {
            LaunchedInstance instance = instances.get(id);
            if (instance != null && instance.state != InstanceState.TERMINATED) {
                instance.state = InstanceState.SHUTTING_DOWN;
                calls.add("terminate " + id);
            }
            return true;
        });
    }

    @Override
    public void stop(String id) {
        call(() -> {
            LaunchedInstance instance = instances.get(id);
            if (instance != null && instance.spot) {
                throw new WakeboxException(ErrorCode.INTERNAL, "Cannot stop " + id + ": UnsupportedOperation.");
            }
            if (instance != null && instance.state == InstanceState.PENDING) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot stop " + id + ": IncorrectInstanceState.");
            }
            if (instance != null && instance.state == InstanceState.RUNNING) {
                instance.state = InstanceState.STOPPING;
                calls.add("stop " + id);
            }
            return true;
        });
    }

    @Override
    public void tag(String id, String tag, String value) {
        call(() -> {
            LaunchedInstance instance = instances.get(id);
            if (instance != null) {
                instance.tags.put(tag, value);
            }
            Disk disk = disks.get(id);
            if (disk != null) {
                disk.tags.put(tag, value);
            }
            return true;
        });
    }

    @Override
    public void detach(String volumeId) {
        call(() -> {
            Disk disk = disks.get(volumeId);
            if (disk != null) {
                disk.attachedTo = null;
                disk.state = "available";
                calls.add("detach " + volumeId);
            }
            return true;
        });
    }

    @Override
    public void delete(String volumeId) {
        call(() -> {
            Disk disk = disks.get(volumeId);
            if (disk != null && disk.attachedTo != null) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot delete " + volumeId + ": VolumeInUse.");
            }
            if (disks.remove(volumeId) != null) {
                calls.add("delete " + volumeId);
            }
            return true;
        });
    }

    private <T> T call(Supplier<T> call) {
        if (failsBefore.getAsBoolean()) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "EC2 says RequestLimitExceeded.");
        }
        T answer = call.get();
        if (failsAfter.getAsBoolean()) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "EC2's answer was lost.");
        }
        return answer;
    }

    private void release(LaunchedInstance instance) {
        Disk disk = disks.get(instance.volumeId);
        if (disk != null && instance.id.equals(disk.attachedTo)) {
            if (instance.deletesVolume) {
                disks.remove(instance.volumeId);
            } else {
                disk.attachedTo = null;
                disk.state = "available";
            }
        }
    }

    private RunInstance describe(LaunchedInstance instance) {
        Disk disk = disks.get(instance.volumeId);
        return new RunInstance(
                instance.id,
                instance.state,
                instance.tags,
                Optional.ofNullable(instance.reason),
                disk != null && instance.id.equals(disk.attachedTo)
                        ? Optional.of(new RunInstance.RootVolume(instance.volumeId, instance.deletesVolume))
                        : Optional.empty());
    }

    private static Launched launched(String id) {
        return new Launched(id, new Purchase("t4g.small", false, "eu-west-1a"));
    }

    private static Volume volume(String id, Disk disk) {
        return new Volume(id, disk.state, new VolumeSize("gp3", 8), Optional.ofNullable(disk.attachedTo), disk.tags);
    }

    private static boolean visible(LaunchedInstance instance) {
        return instance.hidden-- <= 0;
    }

    private static boolean isSpot(JsonObject request) {
        return request.get("InstanceMarketOptions") instanceof Map<?, ?> market
                && "spot".equals(market.get("MarketType"));
    }

    private static boolean deletesVolume(JsonObject request) {
        return !(request.get("BlockDeviceMappings") instanceof List<?> mappings
                && mappings.getFirst() instanceof Map<?, ?> first
                && first.get("Ebs") instanceof Map<?, ?> ebs
                && Boolean.FALSE.equals(ebs.get("DeleteOnTermination")));
    }

    private static Map<String, String> tags(JsonObject request, String resource) {
        var tags = new HashMap<String, String>();
        if (request.get("TagSpecifications") instanceof List<?> specifications) {
            for (Object specification : specifications) {
                if (specification instanceof Map<?, ?> one
                        && resource.equals(one.get("ResourceType"))
                        && one.get("Tags") instanceof List<?> list) {
                    list.forEach(tag ->
                            tags.put((String) ((Map<?, ?>) tag).get("Key"), (String) ((Map<?, ?>) tag).get("Value")));
                }
            }
        }
        return tags;
    }
}
