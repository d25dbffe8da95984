package dev.wakebox.local.ec2;

import java.util.Map;

/** The errors that a {@link Fault} can cause, with AWS's status and message if known. */
final class Refusals {
    private record Known(int status, String message) {}

    private static final Map<String, Known> KNOWN = Map.of(
            "InsufficientInstanceCapacity",
            new Known(
                    500,
                    "We currently do not have sufficient capacity in the Availability Zone you requested. Our system"
                            + " will be working on provisioning additional capacity."),
            "SpotMaxPriceTooLow",
            new Known(
                    400, "Your Spot request price is lower than the minimum required Spot request fulfillment price."),
            "MaxSpotInstanceCountExceeded",
            new Known(400, "Max spot instance count exceeded"),
            "VcpuLimitExceeded",
            new Known(400, "You have requested more vCPU capacity than your current vCPU limit allows."),
            "InstanceLimitExceeded",
            new Known(400, "You have requested more instances than your current instance limit allows."),
            "Unsupported",
            new Known(400, "The requested instance type is not supported in your requested Availability Zone."),
            "RequestLimitExceeded",
            new Known(503, "Request limit exceeded."),
            "UnauthorizedOperation",
            new Known(403, "You are not authorized to perform this operation."),
            "ThrottlingException",
            new Known(400, "Rate exceeded"),
            "InternalError",
            new Known(500, "An internal error has occurred"));

    private Refusals() {}

    static ApiException error(Fault.Refusal refusal) {
        String code = refusal.code();
        Known known = KNOWN.getOrDefault(code, new Known(400, "The request fails with " + code + ", as requested."));
        return new ApiException(
                known.status(), code, refusal.message().isEmpty() ? known.message() : refusal.message());
    }
}
