package dev.wakebox.compute;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Instances in memory with EC2's rules for start and stop. The test decides when a transition ends. */
public final class InMemoryInstances implements ResizableInstances {
    /** The address of every instance. */
    public static final String PRIVATE_ADDRESS = "10.0.0.4";

    /** The type of every instance until it is changed. */
    public static final String FIRST_TYPE = "t3.micro";

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Set<String> exhausted = new HashSet<>();
    private final Map<String, Instance> instances = new LinkedHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Clock clock;
    private boolean stopFails;
    private Runnable beforeStart = () -> {};

    public InMemoryInstances(Clock clock) {
        this.clock = clock;
    }

    /** Sets the state of an instance, as EC2 does; pending and running also set its launch time. */
    public void set(String id, InstanceState state) {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instance before = instances.get(id);
        boolean launched = state == InstanceState.PENDING || state == InstanceState.RUNNING;
        instances.put(
                id,
                new Instance(
                        id,
                        state,
                        before == null || launched ? now : before.launchTime(),
                        PRIVATE_ADDRESS,
                        types.getOrDefault(id, FIRST_TYPE)));
    }

    /** Makes EC2 refuse the next request to stop an instance, as when it throttles. */
    public void failNextStop() {
        stopFails = true;
    }

    /** From now on there is no capacity for these types only. */
    public void noCapacityFor(String... types) {
        exhausted.clear();
        exhausted.addAll(List.of(types));
    }

    /** Runs just before the instance is started. */
    public void beforeStart(Runnable action) {
        beforeStart = action;
    }

    /** The calls that change something, in order: {@code start i-…}, {@code stop i-…}. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public Optional<Instance> describe(String id) {
        return Optional.ofNullable(instances.get(id));
    }

    @Override
    public void start(String id) {
        beforeStart.run();
        switch (existing(id).state()) {
            case PENDING, RUNNING -> {}
            case STOPPED -> set(id, InstanceState.PENDING);
            case STOPPING, SHUTTING_DOWN, TERMINATED ->
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot start " + id + ": IncorrectInstanceState.");
        }
        calls.add("start " + id);
    }

    @Override
    public boolean startIfCapacity(String id) {
        if (existing(id).state() == InstanceState.STOPPED
                && exhausted.contains(existing(id).type())) {
            calls.add("no capacity for " + existing(id).type());
            return false;
        }
        start(id);
        return true;
    }

    @Override
    public void changeType(String id, String type) {
        if (existing(id).state() != InstanceState.STOPPED) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot change " + id + ": IncorrectInstanceState.");
        }
        types.put(id, type);
        set(id, InstanceState.STOPPED);
        calls.add("change " + id + " to " + type);
    }

    @Override
    public void stop(String id) {
        if (stopFails) {
            stopFails = false;
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot stop " + id + ": RequestLimitExceeded.");
        }
        switch (existing(id).state()) {
            case PENDING, RUNNING -> set(id, InstanceState.STOPPING);
            case STOPPING, STOPPED -> {}
            case SHUTTING_DOWN, TERMINATED ->
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot stop " + id + ": IncorrectInstanceState.");
        }
        calls.add("stop " + id);
    }

    private Instance existing(String id) {
        return describe(id)
                .orElseThrow(() ->
                        new WakeboxException(ErrorCode.INTERNAL, "Cannot use " + id + ": InvalidInstanceID.NotFound."));
    }
}
