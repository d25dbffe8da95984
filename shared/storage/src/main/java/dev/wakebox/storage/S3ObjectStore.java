package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects of one S3 bucket. Thread-safe. */
public final class S3ObjectStore implements SearchableObjectStore, CachedReads, HeadReads, TailReads {
    private final S3Client s3;
    private final String bucket;

    public S3ObjectStore(S3Client s3, String bucket) {
        this.s3 = requireNonNull(s3, "s3 is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /** Any bucket by its name, with the region, credentials and endpoint of the environment. */
    public static Function<String, SearchableObjectStore> ofAnyBucket() {
        S3Client s3 = S3Client.builder()
                .httpClient(AwsHttp.client())
                .crossRegionAccessEnabled(true)
                .build();
        return bucket -> new S3ObjectStore(s3, bucket);
    }

    /** The objects of this bucket, with the region, credentials and endpoint of the environment. */
    public static S3ObjectStore ofBucket(String bucket) {
        return new S3ObjectStore(S3Client.builder().httpClient(AwsHttp.client()).build(), bucket);
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return get(key, null) instanceof Read.Changed(StoredObject object) ? Optional.of(object) : Optional.empty();
    }

    @Override
    public Read get(String key, @Nullable String etag) {
        return call("read", key, () -> {
            try {
                var object = s3.getObjectAsBytes(
                        request -> request.bucket(bucket).key(key).ifNoneMatch(etag));
                return new Read.Changed(new StoredObject(
                        object.asByteArrayUnsafe(), object.response().eTag()));
            } catch (NoSuchKeyException e) {
                return new Read.Absent();
            } catch (S3Exception e) {
                if (e.statusCode() == 304) {
                    return new Read.Unchanged();
                }
                throw e;
            }
        });
    }

    @Override
    public Optional<Beginning> beginning(String key, int length) {
        return call("read the beginning of", key, () -> {
            try {
                var object = s3.getObjectAsBytes(
                        request -> request.bucket(bucket).key(key).range("bytes=0-" + (length - 1)));
                String type = object.response().contentType();
                return Optional.of(new Beginning(object.asByteArrayUnsafe(), type == null ? "" : type));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (S3Exception e) {
                if (e.statusCode() == 416) {
                    return Optional.of(new Beginning(new byte[0], "")); // an empty object has no first byte
                }
                throw e;
            }
        });
    }

    @Override
    public Optional<byte[]> tail(String key, int length) {
        return call("read the end of", key, () -> {
            try {
                return Optional.of(s3.getObjectAsBytes(
                                request -> request.bucket(bucket).key(key).range("bytes=-" + length))
                        .asByteArrayUnsafe());
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (S3Exception e) {
                if (e.statusCode() == 416) {
                    return Optional.of(new byte[0]); // an empty object has no last byte
                }
                throw e;
            }
        });
    }

    @Override
    public Stream<StoredObject> former(String key) {
        return call(
                        "list the versions of",
                        key,
                        () -> s3.listObjectVersions(
                                request -> request.bucket(bucket).prefix(key)))
                .versions()
                .stream()
                .filter(version -> version.key().equals(key) && !version.isLatest())
                .map(version -> call("read an earlier version of", key, () -> {
                    var object = s3.getObjectAsBytes(
                            request -> request.bucket(bucket).key(key).versionId(version.versionId()));
                    return new StoredObject(
                            object.asByteArrayUnsafe(), object.response().eTag());
                }));
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return call("read the metadata of", key, () -> {
            try {
                var head = s3.headObject(request -> request.bucket(bucket).key(key));
                return Optional.of(new ObjectInfo(head.contentLength(), head.eTag(), head.lastModified()));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<String> firstKey(String prefix, Predicate<String> wanted) {
        return call(
                "list",
                prefix,
                () -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(bucket).prefix(prefix))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .filter(wanted)
                        .findFirst());
    }

    @Override
    public String put(String key, byte[] body, String contentType, Condition condition) {
        var request = PutObjectRequest.builder().bucket(bucket).key(key).contentType(contentType);
        switch (condition) {
            case Condition.Always() -> {}
            case Condition.Absent() -> request.ifNoneMatch("*");
            case Condition.Unchanged(String etag) -> request.ifMatch(etag);
        }
        return call("write", key, () -> {
            try {
                return s3.putObject(request.build(), RequestBody.fromBytes(body))
                        .eTag();
            } catch (S3Exception e) {
                throw lostTheRace(e, condition) ? new PreconditionFailedException(key, e) : e;
            }
        });
    }

    @Override
    public void delete(String key) {
        call(
                "delete",
                key,
                () -> s3.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    @Override
    public void delete(String key, Condition.Unchanged condition) {
        call("delete", key, () -> {
            try {
                return s3.deleteObject(
                        request -> request.bucket(bucket).key(key).ifMatch(condition.etag()));
            } catch (S3Exception e) {
                throw lostTheRace(e, condition) ? new PreconditionFailedException(key, e) : e;
            }
        });
    }

    /**
     * 412: the condition didn't hold; 409: another conditional write was in progress; 404 with If-Match: the object was
     * deleted.
     */
    private static boolean lostTheRace(S3Exception e, Condition condition) {
        return switch (condition) {
            case Condition.Always() -> false;
            case Condition.Absent() -> e.statusCode() == 412 || e.statusCode() == 409;
            case Condition.Unchanged(String etag) ->
                e.statusCode() == 412 || e.statusCode() == 409 || e instanceof NoSuchKeyException;
        };
    }

    private <T> T call(String verb, String key, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SdkException e) {
            throw AwsErrors.failed(verb + " \"" + key + "\" in the bucket \"" + bucket + "\"", e);
        }
    }
}
