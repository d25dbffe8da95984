package dev.wakebox.local.ec2;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.AttributeValue;
import software.amazon.awssdk.services.ec2.model.InstanceStateChange;

/** StartInstances, StopInstances, TerminateInstances and ModifyInstanceAttribute with EC2's rules: an operation changes all instances or none. */
record StateOperations(InstanceRegistry registry, InstanceLifecycle lifecycle, Clock clock) {
    List<InstanceStateChange> start(List<String> ids) {
        return change(
                ids,
                instance -> {
                    switch (instance.state) {
                        case PENDING, RUNNING, STOPPED -> {}
                        case STOPPING, SHUTTING_DOWN, TERMINATED ->
                            throw incorrectState("The instance '" + instance.id
                                    + "' is not in a state from which it can be started.");
                    }
                },
                instance -> {
                    if (instance.state == LocalInstanceState.STOPPED) {
                        instance.launchTime = clock.instant().truncatedTo(ChronoUnit.SECONDS);
                        instance.reason = null;
                        instance.transition = "";
                        lifecycle.begin(instance);
                    }
                });
    }

    /** @param force ends the processes without a grace time */
    List<InstanceStateChange> stop(List<String> ids, boolean force) {
        return change(ids, StateOperations::checkStop, instance -> lifecycle.stop(instance, force));
    }

    List<InstanceStateChange> terminate(List<String> ids) {
        return change(
                ids,
                instance -> {
                    if (Boolean.TRUE.equals(instance.request.asked().disableApiTermination())) {
                        throw protectedBy("disableApiTermination", "terminated", instance);
                    }
                },
                lifecycle::terminate);
    }

    /** ModifyInstanceAttribute, of which only the type is known here. */
    void changeType(@Nullable String id, @Nullable AttributeValue type) {
        String wanted = ApiException.required("InstanceType", type == null ? null : type.value());
        synchronized (registry) {
            LocalInstance instance = registry.require(ApiException.required("InstanceId", id));
            if (instance.state != LocalInstanceState.STOPPED) {
                throw incorrectState("The instance '" + instance.id + "' is not in the 'stopped' state.");
            }
            instance.type = wanted;
        }
    }

    private static void checkStop(LocalInstance instance) {
        switch (instance.state) {
            case PENDING -> {
                if (instance.boots == 0) {
                    throw incorrectState("Instance '" + instance.id
                            + "' cannot be stopped as it has never reached the 'running' state.");
                }
            }
            case RUNNING, STOPPING, STOPPED -> {}
            case SHUTTING_DOWN, TERMINATED ->
                throw incorrectState(
                        "This instance '" + instance.id + "' is not in a state from which it can be stopped.");
        }
        if (instance.request.isOneTime()) {
            throw new ApiException(
                    "UnsupportedOperation",
                    "You can't stop the Spot Instance '" + instance.id
                            + "' because it is associated with a one-time Spot Instance request. You can only stop"
                            + " Spot Instances associated with persistent Spot Instance requests.");
        }
        if (Boolean.TRUE.equals(instance.request.asked().disableApiStop())) {
            throw protectedBy("disableApiStop", "stopped", instance);
        }
    }

    private List<InstanceStateChange> change(
            List<String> ids, Consumer<LocalInstance> check, Consumer<LocalInstance> change) {
        if (ids.isEmpty()) {
            throw new ApiException("MissingParameter", "The request must contain the parameter InstanceId");
        }
        synchronized (registry) {
            List<LocalInstance> wanted = registry.require(ids);
            wanted.forEach(check);
            return wanted.stream()
                    .map(instance -> {
                        var answer = InstanceStateChange.builder()
                                .instanceId(instance.id)
                                .previousState(instance.state.described());
                        change.accept(instance);
                        return answer.currentState(instance.state.described()).build();
                    })
                    .toList();
        }
    }

    private static ApiException incorrectState(String message) {
        return new ApiException("IncorrectInstanceState", message);
    }

    private static ApiException protectedBy(String attribute, String verb, LocalInstance instance) {
        return new ApiException(
                "OperationNotPermitted",
                "The instance '" + instance.id + "' may not be " + verb + ". Modify its '" + attribute
                        + "' instance attribute and try again.");
    }
}
