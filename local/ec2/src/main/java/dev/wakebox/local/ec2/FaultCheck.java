package dev.wakebox.local.ec2;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Refuses requests about existing instances as the faults in their tags say. */
record FaultCheck(InstanceRegistry registry, Clock clock) {
    private static final Duration SIGNATURE_VALIDITY = Duration.ofMinutes(5);

    /**
     * Throws when a fault applies to the operation on these instances, or when AWS's clock and the caller's differ too
     * much for a signature.
     *
     * @param ids those that don't exist are ignored
     * @param expired the service's error code for an old signature
     */
    void check(String operation, List<String> ids, String expired, Optional<Instant> signed) {
        synchronized (registry) {
            List<LocalInstance> concerned =
                    ids.stream().flatMap(id -> registry.find(id).stream()).toList();
            concerned.forEach(instance -> checkClock(instance, expired, signed));
            concerned.stream()
                    .flatMap(instance -> instance.faults.refusal(operation, instance.traits()).stream())
                    .findFirst()
                    .ifPresent(refusal -> {
                        throw refusal;
                    });
        }
    }

    /** The refusal has AWS's time, by which the SDK corrects itself. */
    private void checkClock(LocalInstance instance, String expired, Optional<Instant> signed) {
        Instant there = clock.instant().plus(instance.skew());
        if (instance.skew().isZero() || signed.isEmpty()) {
            return;
        }
        if (Duration.between(signed.get(), there).abs().compareTo(SIGNATURE_VALIDITY) > 0) {
            throw new ApiException(
                    400,
                    expired,
                    "Signature not current: it is dated " + signed.get() + ", and it is " + there + ".",
                    Optional.of(there));
        }
    }
}
