package dev.wakebox.jobs;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** Errors of DynamoDB in Wakebox's words. */
final class DynamoDbErrors {
    private DynamoDbErrors() {}

    /** @param what is to be done, as in "Cannot …" */
    static <T> T translated(String what, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SdkException e) {
            boolean mayPass = e.retryable()
                    || e instanceof SdkClientException
                    || (e instanceof AwsServiceException service
                            && (service.statusCode() >= 500 || service.isThrottlingException()));
            throw new WakeboxException(
                    mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL, "Cannot " + what + ": " + reason(e) + ".", e);
        }
    }

    private static String reason(SdkException e) {
        return e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode()
                : "DynamoDB could not be reached";
    }
}
