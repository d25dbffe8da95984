package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Creates download URLs of one S3 bucket. They are signed locally, without a call to AWS. Thread-safe. */
public final class S3DownloadUrls implements DownloadUrls {
    private final S3Presigner presigner;
    private final String bucket;

    public S3DownloadUrls(S3Presigner presigner, String bucket) {
        this.presigner = requireNonNull(presigner, "presigner is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    @Override
    public String get(String key, Duration validity) {
        try {
            return presigner
                    .presignGetObject(request -> request.signatureDuration(validity)
                            .getObjectRequest(get -> get.bucket(bucket).key(key)))
                    .url()
                    .toString();
        } catch (SdkException e) {
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE,
                    "Cannot sign a download of \"" + key + "\" in the bucket \"" + bucket
                            + "\": there are no usable AWS credentials.",
                    e);
        }
    }
}
