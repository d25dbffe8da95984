package dev.wakebox.local;

import java.util.Map;

/** Settings of EC2 runs: their API and their metrics are on, and executions may name any role and any bucket, because there is nothing to protect here. */
final class RunCompanion implements Companion {
    @Override
    public Map<String, String> parameters() {
        return Map.of("RunsApi", "true", "Dashboard", "true", "InstanceRoleArns", "*", "OutputBuckets", "*");
    }
}
