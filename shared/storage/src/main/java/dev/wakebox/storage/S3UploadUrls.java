package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Creates upload URLs of one S3 bucket. They are signed locally, without a call to AWS. Thread-safe. */
public final class S3UploadUrls implements UploadUrls {
    private static final Set<String> SENT_BY_EVERY_CLIENT = Set.of("host", "content-length");

    private final S3Presigner presigner;
    private final String bucket;

    public S3UploadUrls(S3Presigner presigner, String bucket) {
        this.presigner = requireNonNull(presigner, "presigner is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    @Override
    public PresignedUpload put(String key, String contentType, @Nullable Long contentLength, Duration validity) {
        try {
            var signed = presigner.presignPutObject(
                    request -> request.signatureDuration(validity).putObjectRequest(put -> put.bucket(bucket)
                            .key(key)
                            .contentType(contentType)
                            .contentLength(contentLength)
                            .ifNoneMatch("*")));
            var headers = new TreeMap<String, String>();
            signed.signedHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
            headers.keySet().removeAll(SENT_BY_EVERY_CLIENT);
            return new PresignedUpload(
                    signed.url().toString(), signed.httpRequest().method().name(), headers, signed.expiration());
        } catch (SdkException e) {
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE,
                    "Cannot sign an upload to \"" + key + "\" in the bucket \"" + bucket
                            + "\": there are no usable AWS credentials.",
                    e);
        }
    }
}
