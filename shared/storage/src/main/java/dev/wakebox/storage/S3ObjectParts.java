package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Multipart uploads to one S3 bucket. Thread-safe. */
public final class S3ObjectParts implements ObjectParts {
    private final S3Client s3;
    private final S3Presigner presigner;
    private final String bucket;

    public S3ObjectParts(S3Client s3, S3Presigner presigner, String bucket) {
        this.s3 = requireNonNull(s3, "s3 is null");
        this.presigner = requireNonNull(presigner, "presigner is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /**
     * The multipart uploads of this bucket, with the region, credentials and endpoint of the environment.
     *
     * <p>Without the setting, the SDK requires a CRC-32 of each part, which browsers don't send.
     */
    public static S3ObjectParts ofBucket(String bucket, S3Presigner presigner) {
        return new S3ObjectParts(
                S3Client.builder()
                        .httpClient(AwsHttp.client())
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .build(),
                presigner,
                bucket);
    }

    @Override
    public String begin(String key, String contentType) {
        return AwsErrors.translated(place("begin", key), () -> s3.createMultipartUpload(
                        request -> request.bucket(bucket).key(key).contentType(contentType))
                .uploadId());
    }

    @Override
    public String url(String key, String uploadId, int number, long length, Duration validity) {
        return AwsErrors.translated(place("sign a part of", key), () -> presigner
                .presignUploadPart(
                        request -> request.signatureDuration(validity).uploadPartRequest(part -> part.bucket(bucket)
                                .key(key)
                                .uploadId(uploadId)
                                .partNumber(number)
                                .contentLength(length)))
                .url()
                .toString());
    }

    @Override
    public Optional<List<Part>> arrived(String key, String uploadId) {
        return ofUpload(
                "list the parts of",
                key,
                () ->
                        s3
                                .listPartsPaginator(request ->
                                        request.bucket(bucket).key(key).uploadId(uploadId))
                                .parts()
                                .stream()
                                .map(part -> new Part(part.partNumber(), part.eTag(), part.size()))
                                .toList());
    }

    @Override
    public boolean complete(String key, String uploadId, SortedMap<Integer, String> etags, long size) {
        List<CompletedPart> parts = etags.entrySet().stream()
                .map(part -> CompletedPart.builder()
                        .partNumber(part.getKey())
                        .eTag(part.getValue())
                        .build())
                .toList();
        return ofUpload("complete", key, () -> {
                    try {
                        return s3.completeMultipartUpload(request -> request.bucket(bucket)
                                .key(key)
                                .uploadId(uploadId)
                                .mpuObjectSize(size)
                                .multipartUpload(upload -> upload.parts(parts)));
                    } catch (S3Exception e) {
                        if (e.statusCode() != 400 || AwsErrors.mayPass(e)) {
                            throw e;
                        }
                        throw new WakeboxException(
                                ErrorCode.INVALID_REQUEST,
                                "S3 refuses the parts (" + AwsErrors.code(e)
                                        + "): one has not arrived or has another ETag, or a part is too short.",
                                e);
                    }
                })
                .isPresent();
    }

    @Override
    public boolean abort(String key, String uploadId) {
        return ofUpload(
                        "abort",
                        key,
                        () -> s3.abortMultipartUpload(
                                request -> request.bucket(bucket).key(key).uploadId(uploadId)))
                .isPresent();
    }

    /** The operation's result; empty when there is no such upload. */
    private <T> Optional<T> ofUpload(String verb, String key, Supplier<T> operation) {
        return AwsErrors.translated(place(verb, key), () -> {
            try {
                return Optional.of(operation.get());
            } catch (S3Exception e) {
                if (AwsErrors.code(e).equals("NoSuchUpload")) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    private String place(String verb, String key) {
        return verb + " \"" + key + "\" in the bucket \"" + bucket + "\"";
    }
}
