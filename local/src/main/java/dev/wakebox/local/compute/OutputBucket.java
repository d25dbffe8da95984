package dev.wakebox.local.compute;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Puts output into the S3 that instances talk to ({@code AWS_ENDPOINT_URL} of their environment). Thread-safe. */
final class OutputBucket implements AutoCloseable {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final String region;
    private @Nullable S3Client s3;

    OutputBucket(Map<String, String> environment, String region) {
        this.environment = environment;
        this.region = region;
    }

    void put(String bucket, String key, Path file) {
        client().putObject(request -> request.bucket(bucket).key(key).contentType("text/plain"), file);
    }

    String url(String bucket, String key) {
        String endpoint = environment.getOrDefault("AWS_ENDPOINT_URL", "https://s3." + region + ".amazonaws.com");
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
            String endpoint = environment.get("AWS_ENDPOINT_URL");
            if (endpoint == null) {
                throw new IllegalStateException(
                        "Instances have no S3: set AWS_ENDPOINT_URL in the environment of instances.");
            }
            client = S3Client.builder()
                    .endpointOverride(URI.create(endpoint))
                    .region(Region.of(region))
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                            environment.getOrDefault("AWS_ACCESS_KEY_ID", "test"),
                            environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "test"))))
                    .forcePathStyle(true)
                    .serviceConfiguration(options -> options.chunkedEncodingEnabled(false))
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .overrideConfiguration(options -> options.apiCallTimeout(TIME_LIMIT))
                    .httpClient(UrlConnectionHttpClient.create())
                    .build();
            s3 = client;
        }
        return client;
    }
}
