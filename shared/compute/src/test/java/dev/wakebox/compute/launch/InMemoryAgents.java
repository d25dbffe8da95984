package dev.wakebox.compute.launch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Agents in memory: online when the test says so. */
public final class InMemoryAgents implements Agents {
    private final Set<String> online = new HashSet<>();
    private final List<String> cancelled = new ArrayList<>();

    public void setOnline(String instanceId) {
        online.add(instanceId);
    }

    /** The instances whose commands were cancelled, in order. */
    public List<String> cancelled() {
        return List.copyOf(cancelled);
    }

    @Override
    public boolean online(String instanceId) {
        return online.contains(instanceId);
    }

    @Override
    public void cancelCommands(String instanceId) {
        cancelled.add(instanceId);
    }
}
