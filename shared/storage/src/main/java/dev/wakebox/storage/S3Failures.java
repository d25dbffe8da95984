package dev.wakebox.storage;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says what a failure of S3 means to us. */
final class S3Failures {
    private S3Failures() {}

    static WakeboxException of(SdkException e, String verb, String key, String bucket) {
        boolean mayPass = e.retryable()
                || e instanceof SdkClientException
                || (e instanceof S3Exception s3e && (s3e.statusCode() >= 500 || s3e.isThrottlingException()));
        return new WakeboxException(
                mayPass ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                "Cannot " + verb + " \"" + key + "\" in the bucket \"" + bucket + "\": " + reason(e) + ".",
                e);
    }

    private static String reason(SdkException e) {
        if (e instanceof S3Exception s3e && s3e.awsErrorDetails() != null) {
            return s3e.awsErrorDetails().errorCode() + " (HTTP " + s3e.statusCode() + ")";
        }
        return e instanceof SdkClientException ? "S3 could not be reached" : "S3 refused";
    }
}
