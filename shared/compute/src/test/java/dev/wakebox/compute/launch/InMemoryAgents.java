package dev.wakebox.compute.launch;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Agents in memory: online when the test says so, faults on request. */
public final class InMemoryAgents implements Agents {
    private final Set<String> online = new HashSet<>();
    private final List<String> cancelled = new ArrayList<>();
    private BooleanSupplier fails = () -> false;

    public void setOnline(String instanceId) {
        online.add(instanceId);
    }

    /** Makes calls fail from now on, without having done anything; asked before each call. */
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
