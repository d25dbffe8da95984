package dev.wakebox.compute.launch;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Agents in memory: the test sets which are online, and orders faults. */
public final class InMemoryAgents implements Agents {
    private final Set<String> online = new HashSet<>();
    private final List<String> cancelled = new ArrayList<>();
    private final Map<String, Instant> lost = new HashMap<>();
    private BooleanSupplier fails = () -> false;

    public void setOnline(String instanceId) {
        online.add(instanceId);
    }

    /** Makes calls fail from now on, without an effect; evaluated before each call. */
    public void fail(BooleanSupplier fails) {
        this.fails = fails;
    }

    /** The instances whose commands were cancelled, in order. */
    public List<String> cancelled() {
        return List.copyOf(cancelled);
    }

    @Override
    public boolean online(String instanceId) {
        failIfAsked();
        return online.contains(instanceId);
    }

    /** Sets an agent offline that reported for the last time at this instant. */
    public void setLost(String instanceId, Instant since) {
        online.remove(instanceId);
        lost.put(instanceId, since);
    }

    @Override
    public Optional<Instant> lostSince(String instanceId) {
        failIfAsked();
        return Optional.ofNullable(lost.get(instanceId));
    }

    @Override
    public void cancelCommands(String instanceId) {
        failIfAsked();
        cancelled.add(instanceId);
    }

    private void failIfAsked() {
        if (fails.getAsBoolean()) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "Systems Manager could not be reached.");
        }
    }
}
