package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Writes streams into one S3 bucket: with a single PUT if the stream fits into one part, otherwise as a multipart
 * upload whose parts are sent while the next one is read. S3 verifies the CRC-32 of each part and the size of the whole
 * object. Thread-safe.
 */
public final class S3ObjectStreams implements ObjectStreams {
    static final int PART_SIZE = 8 << 20;
    /** The largest object: S3 allows 10,000 parts. */
    public static final long MOST_BYTES = 10_000L * PART_SIZE;

    private static final int PARTS_UNDER_WAY = 3;

    private static final Logger log = LoggerFactory.getLogger(S3ObjectStreams.class);

    private final S3Client s3;
    private final String bucket;

    public S3ObjectStreams(S3Client s3, String bucket) {
        this.s3 = requireNonNull(s3, "s3 is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /**
     * The objects of this bucket, with the region, credentials and endpoint of the environment. Parts are not signed in
     * chunks of 128 KiB, because S3 already verifies their CRC-32.
     */
    public static S3ObjectStreams ofBucket(String bucket) {
        return new S3ObjectStreams(
                S3Client.builder()
                        .httpClient(AwsHttp.client())
                        .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                        .build(),
                bucket);
    }

    @Override
    public CopiedStream copy(InputStream in, StreamTarget target, Check check) throws IOException {
        MessageDigest digest = sha256();
        byte[] first = in.readNBytes(PART_SIZE); // grows with what it reads: most outputs are far smaller than a part
        int length = first.length;
        digest.update(first);
        if (length < PART_SIZE) {
            var copied = new CopiedStream(length, hex(digest));
            check.accept(copied);
            put(target, first, length);
            return copied;
        }
        String uploadId = call("begin", target, () -> s3.createMultipartUpload(request -> request.bucket(bucket)
                        .key(target.key())
                        .contentType(target.contentType())
                        .contentEncoding(target.contentEncoding().orElse(null))
                        .metadata(target.metadata())
                        .checksumAlgorithm(ChecksumAlgorithm.CRC32))
                .uploadId());
        boolean complete = false;
        try {
            CopiedStream copied = parts(in, first, digest, target, uploadId, check);
            complete = true;
            return copied;
        } finally {
            if (!complete) {
                abort(target, uploadId);
            }
        }
    }

    private CopiedStream parts(
            InputStream in, byte[] first, MessageDigest digest, StreamTarget target, String uploadId, Check check)
            throws IOException {
        long bytes = PART_SIZE;
        var done = new ArrayList<CompletedPart>();
        Deque<Future<CompletedPart>> underWay = new ArrayDeque<>();
        Deque<byte[]> free = new ArrayDeque<>();
        ExecutorService senders = Executors.newFixedThreadPool(PARTS_UNDER_WAY);
        try {
            byte[] buffer = first;
            int length = PART_SIZE;
            int number = 0;
            var buffers = new ArrayDeque<byte[]>();
            while (length > 0) {
                byte[] body = buffer;
                int size = length;
                int part = ++number;
                underWay.add(senders.submit(() -> part(target, uploadId, part, body, size)));
                buffers.add(body);
                if (underWay.size() == PARTS_UNDER_WAY) {
                    done.add(result(underWay.remove()));
                    free.add(buffers.remove());
                }
                buffer = free.isEmpty() ? new byte[PART_SIZE] : free.remove();
                length = in.readNBytes(buffer, 0, PART_SIZE);
                digest.update(buffer, 0, length);
                bytes += length;
            }
            while (!underWay.isEmpty()) {
                done.add(result(underWay.remove()));
            }
        } finally {
            // Wait for parts in progress: S3 would keep a part that arrives after the upload was aborted.
            senders.close();
        }
        var copied = new CopiedStream(bytes, hex(digest));
        check.accept(copied);
        complete(target, uploadId, done, bytes);
        return copied;
    }

    private void put(StreamTarget target, byte[] body, int length) {
        call(
                "write",
                target,
                () -> s3.putObject(
                        request -> request.bucket(bucket)
                                .key(target.key())
                                .contentType(target.contentType())
                                .contentEncoding(target.contentEncoding().orElse(null))
                                .metadata(target.metadata())
                                .checksumCRC32(crc32(body, length)),
                        body(body, length)));
    }

    private CompletedPart part(StreamTarget target, String uploadId, int number, byte[] body, int length) {
        String crc32 = crc32(body, length);
        return call("write", target, () -> {
            String etag = s3.uploadPart(
                            request -> request.bucket(bucket)
                                    .key(target.key())
                                    .uploadId(uploadId)
                                    .partNumber(number)
                                    .checksumCRC32(crc32),
                            body(body, length))
                    .eTag();
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(etag)
                    .checksumCRC32(crc32)
                    .build();
        });
    }

    private void complete(StreamTarget target, String uploadId, List<CompletedPart> parts, long bytes) {
        call(
                "complete",
                target,
                () -> s3.completeMultipartUpload(request -> request.bucket(bucket)
                        .key(target.key())
                        .uploadId(uploadId)
                        .mpuObjectSize(bytes)
                        .multipartUpload(upload -> upload.parts(parts))));
    }

    /** If the abort fails, the bucket's lifecycle rule for incomplete uploads ends it. */
    private void abort(StreamTarget target, String uploadId) {
        try {
            s3.abortMultipartUpload(
                    request -> request.bucket(bucket).key(target.key()).uploadId(uploadId));
        } catch (SdkException e) {
            log.warn(
                    "The incomplete upload {} of \"{}\" is left to the bucket's lifecycle rule: {}",
                    uploadId,
                    target.key(),
                    e.getMessage());
        }
    }

    private static CompletedPart result(Future<CompletedPart> part) {
        try {
            return part.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WakeboxException failure) {
                throw failure;
            }
            throw new IllegalStateException("A part could not be written.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted while a part was written.");
        }
    }

    private <T> T call(String verb, StreamTarget target, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SdkException e) {
            throw AwsErrors.failed(verb + " \"" + target.key() + "\" in the bucket \"" + bucket + "\"", e);
        }
    }

    private static RequestBody body(byte[] body, int length) {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(body, 0, length), length, "application/octet-stream");
    }

    private static String crc32(byte[] body, int length) {
        var crc = new CRC32();
        crc.update(body, 0, length);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
