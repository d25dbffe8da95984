package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class S3ObjectPartsTest {
    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

    private final StubHttpClient http = new StubHttpClient();
    private final ObjectParts parts = new S3ObjectParts(
            S3Client.builder()
                    .httpClient(http)
                    .region(Region.US_EAST_1)
                    .credentialsProvider(CREDENTIALS)
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .overrideConfiguration(override -> override.retryStrategy(strategy -> strategy.maxAttempts(1)))
                    .build(),
            S3Presigner.builder()
                    .region(Region.US_EAST_1)
                    .credentialsProvider(CREDENTIALS)
                    .build(),
            "bucket");

    @Test
    void url_whenSigned_bindsThePartAndItsLengthAndNoChecksum() {
        URI url = URI.create(parts.url("videos/a.mp4", "upload", 2, 42, Duration.ofMinutes(15)));

        assertThat(url.getPath()).isEqualTo("/videos/a.mp4");
        assertThat(url.getQuery())
                .contains(
                        "partNumber=2",
                        "uploadId=upload",
                        "X-Amz-SignedHeaders=content-length;host&",
                        "X-Amz-Expires=900")
                .doesNotContainIgnoringCase("checksum");
    }

    /** A multipart upload with an algorithm would need the checksum of each part, which browsers don't send. */
    @Test
    void begin_whenCalled_asksForNoChecksum() {
        http.answer(200, Map.of(), """
                <InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>""");

        assertThat(parts.begin("videos/a.mp4", "video/mp4")).isEqualTo("upload");

        assertThat(http.requests().getFirst().headers().keySet())
                .noneMatch(header -> header.toLowerCase(Locale.ROOT).contains("checksum-algorithm"));
    }

    @Test
    void arrived_whenThereAreSeveralPages_hasAllParts() {
        http.answer(200, Map.of(), """
                <ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>
                <Part><PartNumber>1</PartNumber><ETag>"a"</ETag><Size>5</Size></Part></ListPartsResult>""");
        http.answer(200, Map.of(), """
                <ListPartsResult><IsTruncated>false</IsTruncated>
                <Part><PartNumber>2</PartNumber><ETag>"b"</ETag><Size>4</Size></Part></ListPartsResult>""");

        assertThat(parts.arrived("videos/a.mp4", "upload"))
                .contains(List.of(new ObjectParts.Part(1, "\"a\"", 5), new ObjectParts.Part(2, "\"b\"", 4)));
    }

    @ParameterizedTest
    @CsvSource({"503, SlowDown, UNAVAILABLE", "403, AccessDenied, INTERNAL", "404, NoSuchBucket, INTERNAL"})
    void abort_whenS3Fails_isNotTakenForAnUploadThatIsGone(int status, String code, ErrorCode expected) {
        http.answer(status, Map.of(), "<Error><Code>" + code + "</Code></Error>");

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> parts.abort("videos/a.mp4", "upload"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(expected));
    }
}
