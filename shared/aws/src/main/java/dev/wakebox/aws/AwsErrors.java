package dev.wakebox.aws;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** Reads what the AWS SDK throws. */
public final class AwsErrors {
    private AwsErrors() {}

    /** The service's error code, or the HTTP status when what answered was not the service (a proxy, a load balancer). */
    public static String code(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "HTTP " + e.statusCode() : details.errorCode();
    }

    /** Whether the same call can succeed later: throttling, 5xx, or nobody answered. */
    public static boolean mayPass(SdkException e) {
        return e.retryable()
                || e instanceof SdkClientException
                || (e instanceof AwsServiceException service
                        && (service.statusCode() >= 500 || service.isThrottlingException()));
    }

    /**
     * The exception for a call that failed: {@code UNAVAILABLE} or {@code INTERNAL}, after {@link #mayPass}.
     *
     * @param call what couldn't be done, as in {@code terminate the instance i-…}
     */
    public static WakeboxException failed(String call, SdkException e) {
        return failed(call, e, Set.of());
    }

    /**
     * As the other.
     *
     * @param passing codes of the service for what passes by itself, besides
     */
    public static WakeboxException failed(String call, SdkException e, Set<String> passing) {
        String reason = e instanceof AwsServiceException service ? code(service) : "AWS could not be reached";
        return new WakeboxException(
                mayPass(e) || passing.contains(reason) ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                "Cannot " + call + ": " + reason + ".",
                e);
    }
}
