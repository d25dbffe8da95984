package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class S3DownloadUrlsTest {
    @Test
    void get_whenSigned_namesObjectAndExpiry() {
        String url = urls(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .get("csvs/a.csv", Duration.ofHours(6));

        assertThat(URI.create(url).getPath()).isEqualTo("/bucket/csvs/a.csv");
        assertThat(URI.create(url).getQuery()).contains("X-Amz-Expires=21600");
    }

    @Test
    void get_whenThereAreNoCredentials_isUnavailable() {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> urls(() -> {
                            throw SdkClientException.create("no credentials");
                        })
                        .get("csvs/a.csv", Duration.ofHours(6)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .withMessageContaining("credentials");
    }

    private static DownloadUrls urls(AwsCredentialsProvider credentials) {
        return new S3DownloadUrls(
                S3Presigner.builder()
                        .region(Region.US_EAST_1)
                        .endpointOverride(URI.create("http://127.0.0.1:4566"))
                        .credentialsProvider(credentials)
                        .build(),
                "bucket");
    }
}
