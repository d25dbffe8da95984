package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.launch.LaunchAnswer.Launched;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.runtime.ErrorCode;
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
public final class InMemoryMachines implements Machines {
    private static final class Box {
        private final String id;
        private final Map<String, String> tags;
        private final String volumeId;
        private final boolean volumeGoesAlong;
        private final boolean spot;
        private InstanceState state = InstanceState.PENDING;
        private @Nullable String reason;
        private int hidden;

        Box(String id, Map<String, String> tags, String volumeId, boolean volumeGoesAlong, boolean spot) {
            this.id = id;
            this.tags = tags;
            this.volumeId = volumeId;
            this.volumeGoesAlong = volumeGoesAlong;
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

    private final Map<String, Box> boxes = new LinkedHashMap<>();
    private final Map<String, Disk> disks = new LinkedHashMap<>();
    private final Map<String, String> idsByToken = new HashMap<>();
    private final Map<String, Map<String, @Nullable Object>> requestsByToken = new HashMap<>();
    private final List<Map<String, @Nullable Object>> requests = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private Function<Map<String, @Nullable Object>, Optional<Refused>> refusals = request -> Optional.empty();
    private BooleanSupplier failsBefore = () -> false;
    private BooleanSupplier failsAfter = () -> false;
    private int hiddenFor;

    /** Which launches EC2 refuses from now on. */
    public void refuse(Function<Map<String, @Nullable Object>, Optional<Refused>> which) {
        refusals = which;
    }

    /**
     * Makes calls fail from now on.
     *
     * @param before asked before each call: fails without having done anything
     * @param after asked after each call: fails with everything done, as when the answer is lost
     */
    public void fail(BooleanSupplier before, BooleanSupplier after) {
        failsBefore = before;
        failsAfter = after;
    }

    /** New instances aren't seen by the next looks, as EC2's consistency is eventual. */
    public void hideNewFor(int looks) {
        hiddenFor = looks;
    }

    /** Every instance and volume that is on its way gets there. */
    public void advance() {
        for (Box box : boxes.values()) {
            switch (box.state) {
                case PENDING -> box.state = InstanceState.RUNNING;
                case STOPPING -> box.state = InstanceState.STOPPED;
                case SHUTTING_DOWN -> {
                    box.state = InstanceState.TERMINATED;
                    release(box);
                }
                case RUNNING, STOPPED, TERMINATED -> {}
            }
        }
    }

    /** EC2 or somebody changes the state of an instance. */
    public void set(String id, InstanceState state, @Nullable String reason) {
        Box box = Objects.requireNonNull(boxes.get(id));
        box.state = state;
        box.reason = reason;
        if (state == InstanceState.TERMINATED) {
            release(box);
        }
    }

    /** An instance that is there without having been launched through this port. */
    public void add(String id, InstanceState state, Map<String, String> tags) {
        Box box = new Box(id, new HashMap<>(tags), "vol-of-" + id, true, false);
        box.state = state;
        boxes.put(id, box);
        if (state != InstanceState.TERMINATED) {
            disks.put(box.volumeId, new Disk(new HashMap<>(tags), id));
        }
    }

    /** A volume that nobody holds. */
    public void addVolume(String id, Map<String, String> tags) {
        Disk disk = new Disk(new HashMap<>(tags), "");
        disk.state = "available";
        disk.attachedTo = null;
        disks.put(id, disk);
    }

    /** Every request to launch, refused ones too. */
    public List<Map<String, @Nullable Object>> requests() {
        return List.copyOf(requests);
    }

    /** What was done to instances and volumes, in order: {@code terminate i-…}. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Every instance that ever was, without EC2's delays. */
    public List<Machine> all() {
        return boxes.values().stream().map(this::machine).toList();
    }

    /** Every volume that is there. */
    public List<Volume> allVolumes() {
        return disks.entrySet().stream()
                .map(entry -> volume(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The instances that cost: neither stopped nor gone. */
    public List<Machine> up() {
        return all().stream()
                .filter(machine -> machine.state() == InstanceState.PENDING || machine.state() == InstanceState.RUNNING)
                .toList();
    }

    @Override
    public LaunchAnswer launch(Map<String, @Nullable Object> request) {
        RunInstancesJson.request(request);
        return call(() -> {
            requests.add(request);
            String token = (String) Objects.requireNonNull(request.get("ClientToken"));
            String known = idsByToken.get(token);
            if (known != null) {
                assertThat(request).as("IdempotentParameterMismatch").isEqualTo(requestsByToken.get(token));
                return new Launched(known);
            }
            Optional<Refused> refused = refusals.apply(request);
            if (refused.isPresent()) {
                return refused.get();
            }
            String id = "i-" + (boxes.size() + 1);
            Box box = new Box(id, tags(request, "instance"), "vol-" + id, volumeGoesAlong(request), isSpot(request));
            box.hidden = hiddenFor;
            boxes.put(id, box);
            disks.put(box.volumeId, new Disk(tags(request, "volume"), id));
            idsByToken.put(token, id);
            requestsByToken.put(token, request);
            return new Launched(id);
        });
    }

    @Override
    public Optional<Machine> describe(String id) {
        return call(() -> Optional.ofNullable(boxes.get(id))
                .filter(InMemoryMachines::visible)
                .map(this::machine));
    }

    @Override
    public List<Machine> tagged(String tag, String value) {
        return call(() -> boxes.values().stream()
                .filter(InMemoryMachines::visible)
                .filter(box -> value.equals(box.tags.get(tag)))
                .map(this::machine)
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
            Box box = boxes.get(id);
            if (box != null && box.state != InstanceState.TERMINATED) {
                box.state = InstanceState.SHUTTING_DOWN;
                calls.add("terminate " + id);
            }
            return true;
        });
    }

    @Override
    public void stop(String id) {
        call(() -> {
            Box box = boxes.get(id);
            if (box != null && box.spot) {
                throw new WakeboxException(ErrorCode.INTERNAL, "Cannot stop " + id + ": UnsupportedOperation.");
            }
            if (box != null && box.state == InstanceState.PENDING) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot stop " + id + ": IncorrectInstanceState.");
            }
            if (box != null && box.state == InstanceState.RUNNING) {
                box.state = InstanceState.STOPPING;
                calls.add("stop " + id);
            }
            return true;
        });
    }

    @Override
    public void tag(String id, String tag, String value) {
        call(() -> {
            Box box = boxes.get(id);
            if (box != null) {
                box.tags.put(tag, value);
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

    private void release(Box box) {
        Disk disk = disks.get(box.volumeId);
        if (disk != null && box.id.equals(disk.attachedTo)) {
            if (box.volumeGoesAlong) {
                disks.remove(box.volumeId);
            } else {
                disk.attachedTo = null;
                disk.state = "available";
            }
        }
    }

    private Machine machine(Box box) {
        Disk disk = disks.get(box.volumeId);
        return new Machine(
                box.id,
                box.state,
                box.tags,
                Optional.ofNullable(box.reason),
                disk != null && box.id.equals(disk.attachedTo)
                        ? Optional.of(new Machine.RootVolume(box.volumeId, box.volumeGoesAlong))
                        : Optional.empty());
    }

    private static Volume volume(String id, Disk disk) {
        return new Volume(id, disk.state, Optional.ofNullable(disk.attachedTo), disk.tags);
    }

    private static boolean visible(Box box) {
        return box.hidden-- <= 0;
    }

    private static boolean isSpot(Map<String, @Nullable Object> request) {
        return request.get("InstanceMarketOptions") instanceof Map<?, ?> market
                && "spot".equals(market.get("MarketType"));
    }

    private static boolean volumeGoesAlong(Map<String, @Nullable Object> request) {
        return !(request.get("BlockDeviceMappings") instanceof List<?> mappings
                && mappings.getFirst() instanceof Map<?, ?> first
                && first.get("Ebs") instanceof Map<?, ?> ebs
                && Boolean.FALSE.equals(ebs.get("DeleteOnTermination")));
    }

    private static Map<String, String> tags(Map<String, @Nullable Object> request, String resource) {
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
