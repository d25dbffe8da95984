package dev.wakebox.compute.launch;

import java.util.Set;

/** What follows from an error of EC2's RunInstances, or from how a launched instance ended before it was ready. */
enum LaunchError {
    /** This type isn't to be had there, or not in this market: try the next candidate. */
    NEXT_CANDIDATE,
    /** The same call can succeed later. */
    TRANSIENT,
    /** No candidate can succeed until somebody changes something. */
    FINAL;

    private static final Set<String> ELSEWHERE = Set.of(
            // capacity
            "InsufficientInstanceCapacity",
            "InsufficientHostCapacity",
            "InsufficientReservedInstanceCapacity",
            "InsufficientCapacity",
            "InsufficientCapacityOnHost",
            "InsufficientFreeAddressesInSubnet",
            "UnfulfillableCapacity",
            "ReservationCapacityExceeded",
            // limits of the account, each for one market and family of types
            "InstanceLimitExceeded",
            "MaxSpotInstanceCountExceeded",
            "VcpuLimitExceeded",
            // spot is refused
            "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
            "InvalidSpotRequest",
            "SpotMaxPriceTooLow",
            // the type isn't offered there
            "Unsupported",
            "UnsupportedHostConfiguration");

    /** Beside throttling and 5xx. */
    private static final Set<String> PASSING = Set.of(
            "IdempotentInstanceRequestInProgress",
            "InternalError",
            "InternalFailure",
            "RequestLimitExceeded",
            "ResourceCountExceeded",
            "ServerInternal",
            "ServiceUnavailable",
            "Unavailable");

    private static final Set<String> ENDED_FOR_EC2S_REASONS = Set.of(
            "Server.InsufficientInstanceCapacity",
            "Server.InternalError",
            "Server.SpotInstanceShutdown",
            "Server.SpotInstanceTermination");

    /** @param mayPass whether the HTTP status or the SDK says so: throttling or 5xx (which capacity errors are too) */
    static LaunchError of(String code, boolean mayPass) {
        if (ELSEWHERE.contains(code)) {
            return NEXT_CANDIDATE;
        }
        return mayPass || PASSING.contains(code) ? TRANSIENT : FINAL;
    }

    /** Whether an instance ended early by no fault of the request. */
    static boolean endedForEc2sReasons(String stateReason) {
        return ENDED_FOR_EC2S_REASONS.contains(stateReason);
    }
}
