package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * S3 in memory, with its rules for PUT and multipart uploads; the test chooses the call whose connection breaks.
 * Thread-safe.
 */
final class FaultyS3 implements S3Client {
    final Map<String, Long> objects = new ConcurrentHashMap<>();
    final Map<String, Map<Integer, Long>> openUploads = new ConcurrentHashMap<>();
    final List<String> calls = new ArrayList<>();
    private final Map<String, Map<Integer, String>> checksums = new HashMap<>();
    /** The call that fails, such as {@code complete} or {@code part 2}; null for none. */
    @Nullable
    String fault;

    /** Whether the broken call had been carried out. */
    boolean faultAfterwards;

    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        return call("put", () -> {
            objects.put(request.key(), verified(body, request.checksumCRC32()));
            return PutObjectResponse.builder().build();
        });
    }

    @Override
    public CreateMultipartUploadResponse createMultipartUpload(CreateMultipartUploadRequest request) {
        return call("create", () -> {
            String id = "upload-" + calls.size();
            openUploads.put(id, new TreeMap<>());
            checksums.put(id, new HashMap<>());
            return CreateMultipartUploadResponse.builder().uploadId(id).build();
        });
    }

    @Override
    public UploadPartResponse uploadPart(UploadPartRequest request, RequestBody body) {
        return call("part " + request.partNumber(), () -> {
            var parts = openUploads.get(request.uploadId());
            if (parts == null) {
                throw S3Exception.builder()
                        .message("NoSuchUpload")
                        .statusCode(404)
                        .build();
            }
            parts.put(request.partNumber(), verified(body, request.checksumCRC32()));
            requireNonNull(checksums.get(request.uploadId())).put(request.partNumber(), request.checksumCRC32());
            return UploadPartResponse.builder()
                    .eTag("etag-" + request.partNumber())
                    .build();
        });
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(CompleteMultipartUploadRequest request) {
        return call("complete", () -> {
            var parts = requireNonNull(openUploads.remove(request.uploadId()));
            long size = parts.values().stream().mapToLong(Long::longValue).sum();
            boolean inOrder = request.multipartUpload().parts().stream()
                    .map(CompletedPart::partNumber)
                    .toList()
                    .equals(List.copyOf(parts.keySet()));
            boolean sums = request.multipartUpload().parts().stream().allMatch(part -> part.checksumCRC32()
                    .equals(requireNonNull(checksums.get(request.uploadId())).get(part.partNumber())));
            if (!inOrder || !sums || size != request.mpuObjectSize()) {
                throw S3Exception.builder()
                        .message("InvalidPart")
                        .statusCode(400)
                        .build();
            }
            objects.put(request.key(), size);
            return CompleteMultipartUploadResponse.builder().build();
        });
    }

    @Override
    public AbortMultipartUploadResponse abortMultipartUpload(AbortMultipartUploadRequest request) {
        calls.add("abort");
        openUploads.remove(request.uploadId());
        return AbortMultipartUploadResponse.builder().build();
    }

    @Override
    public String serviceName() {
        return "s3";
    }

    @Override
    public void close() {}

    private synchronized <T> T call(String name, Supplier<T> operation) {
        calls.add(name);
        if (name.equals(fault) && !faultAfterwards) {
            throw SdkClientException.create("Connection reset");
        }
        T result = operation.get();
        if (name.equals(fault)) {
            throw SdkClientException.create("Connection reset");
        }
        return result;
    }

    private static long verified(RequestBody body, String checksum) {
        var crc = new CRC32();
        try (InputStream in = body.contentStreamProvider().newStream()) {
            byte[] buffer = new byte[1 << 16];
            long size = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
                size += read;
            }
            byte[] expected = Base64.getDecoder().decode(checksum);
            if (ByteBuffer.wrap(expected).getInt() != (int) crc.getValue()) {
                throw S3Exception.builder().message("BadDigest").statusCode(400).build();
            }
            return size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
