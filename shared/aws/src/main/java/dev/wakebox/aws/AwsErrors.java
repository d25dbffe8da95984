package dev.wakebox.aws;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** Classifies the exceptions of the AWS SDK. */
public final class AwsErrors {
    /** S3 answers HEAD without a code. */
    private static final Set<String> DENIED = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "HTTP 403",
            "403",
            "UnauthorizedException",
            "UnauthorizedOperation");

    private AwsErrors() {}

    /** The service's error code, or the HTTP status when a proxy or load balancer answered instead of the service. */
    public static String code(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "HTTP " + e.statusCode() : details.errorCode();
    }

    /** Whether the caller lacks the permission. EC2 and most services of the query protocol have codes of their own for it. */
    public static boolean isDenied(AwsServiceException e) {
        return DENIED.contains(code(e));
    }

    /** Whether a retry of the same call can succeed: throttling, a 5xx, or no answer. */
    public static boolean mayPass(SdkException e) {
        return e.retryable()
                || e instanceof SdkClientException
                || (e instanceof AwsServiceException service
                        && (service.statusCode() >= 500 || service.isThrottlingException()));
    }

    /**
     * Calls the operation and translates its exceptions.
     *
     * @param call what the operation does, as in {@code terminate the instance i-…}
     * @throws WakeboxException as {@link #failed(String, SdkException)} describes
     */
    public static <T> T translated(String call, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SdkException e) {
            throw failed(call, e);
        }
    }

    /**
     * The exception for a failed call: {@code UNAVAILABLE} or {@code INTERNAL}, by {@link #mayPass}. Its message names
     * the resource, so it is for the log.
     *
     * @param call what the operation does, as in {@code terminate the instance i-…}
     */
    public static WakeboxException failed(String call, SdkException e) {
        return failed(call, e, Set.of());
    }

    /**
     * As {@link #failed(String, SdkException)}, with further error codes.
     *
     * @param passing further error codes to treat as transient
     */
    public static WakeboxException failed(String call, SdkException e, Set<String> passing) {
        String reason = e instanceof AwsServiceException service ? code(service) : "AWS could not be reached";
        return WakeboxException.ofResource(
                mayPass(e) || passing.contains(reason) ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                "Cannot " + call + ": " + reason + ".",
                e);
    }
}
