package dev.wakebox.local.compute;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.services.s3.S3Client;

/** Puts output into the S3 that instances talk to. Thread-safe. */
final class OutputBucket implements AutoCloseable {
    private final InstanceClients clients;
    private @Nullable S3Client s3;

    OutputBucket(InstanceClients clients) {
        this.clients = clients;
    }

    void put(String bucket, String key, Path file) {
        client().putObject(request -> request.bucket(bucket).key(key).contentType("text/plain"), file);
    }

    String url(String bucket, String key) {
        String endpoint = clients.environment()
                .getOrDefault("AWS_ENDPOINT_URL", "https://s3." + clients.region() + ".amazonaws.com");
        return endpoint + "/" + bucket + "/" + key;
    }

    @Override
    public synchronized void close() {
        if (s3 != null) {
            s3.close();
        }
    }

    /** Made when it is first needed: most commands keep their output here. */
    private synchronized S3Client client() {
        S3Client client = s3;
        if (client == null) {
            client = clients.client(S3Client.builder()
                    .forcePathStyle(true)
                    .serviceConfiguration(options -> options.chunkedEncodingEnabled(false))
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED));
            s3 = client;
        }
        return client;
    }
}
