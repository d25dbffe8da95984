package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * What AWS bills for a run.
 *
 * @param instances one for each attempt that launched an instance
 * @param stateTransitions of Step Functions, with retries
 * @param invocations of Lambda functions
 * @param lambdaTime the duration of all invocations together
 */
public record RunUsage(List<InstanceUsage> instances, long stateTransitions, long invocations, Duration lambdaTime) {
    public RunUsage {
        instances = List.copyOf(instances);
        requireNonNull(lambdaTime, "lambdaTime is null");
    }
}
