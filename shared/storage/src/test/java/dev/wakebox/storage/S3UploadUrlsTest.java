package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class S3UploadUrlsTest {
    @Test
    void put_whenSigned_bindsTypeAndLength() {
        var upload = urls(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .put("datasets/a.csv", "text/csv", 42L, Duration.ofMinutes(15));

        assertThat(upload.method()).isEqualTo("PUT");
        assertThat(upload.headers())
                .containsOnly(Map.entry("content-type", "text/csv"), Map.entry("if-none-match", "*"));
        assertThat(URI.create(upload.url()).getPath()).isEqualTo("/bucket/datasets/a.csv");
        assertThat(URI.create(upload.url()).getQuery())
                .contains("X-Amz-SignedHeaders=content-length;content-type;host;if-none-match", "X-Amz-Expires=900");
        assertThat(upload.expiresAt())
                .isBetween(Instant.now().plusSeconds(800), Instant.now().plusSeconds(901));
    }

    @Test
    void put_whenAnyLengthWillDo_bindsTheTypeOnly() {
        var upload = urls(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .put("videos/a.mp4", "video/mp4", null, Duration.ofMinutes(15));

        assertThat(upload.headers())
                .containsOnly(Map.entry("content-type", "video/mp4"), Map.entry("if-none-match", "*"));
        assertThat(URI.create(upload.url()).getQuery()).contains("X-Amz-SignedHeaders=content-type;host;if-none-match");
    }

    @Test
    void put_whenThereAreNoCredentials_isUnavailable() {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> urls(() -> {
                            throw SdkClientException.create("no credentials");
                        })
                        .put("datasets/a.csv", "text/csv", 42L, Duration.ofMinutes(15)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .withMessageContaining("credentials");
    }

    private static UploadUrls urls(AwsCredentialsProvider credentials) {
        return new S3UploadUrls(
                S3Presigner.builder()
                        .region(Region.US_EAST_1)
                        .endpointOverride(URI.create("http://127.0.0.1:4566"))
                        .credentialsProvider(credentials)
                        .build(),
                "bucket");
    }
}
