package dev.wakebox.local.httpapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Compares with the signatures of the SDK. */
class SigV4Test {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/start",
                "/jobs/a%20b%2Fc/~x*y",
                "/q?b=2&a=1&a=0&empty",
                "/q?x=%20%2B%C3%A9&%C3%A9=1&Z=1",
                "/caf%C3%A9?"
            })
    void verifies_whenTheSdkSigned_isTrue(String path) {
        assertThat(verifier(NOW).verifies(signed(path, "execute-api"))).isTrue();
    }

    @Test
    void verifies_whenLate_isFalse() {
        ApiRequest request = signed("/start", "execute-api");

        assertThat(verifier(NOW.plus(Duration.ofMinutes(5))).verifies(request)).isTrue();
        assertThat(verifier(NOW.plus(Duration.ofMinutes(6))).verifies(request)).isFalse();
        assertThat(verifier(NOW.minus(Duration.ofMinutes(6))).verifies(request)).isFalse();
    }

    @Test
    void verifies_whenForAnotherService_isFalse() {
        assertThat(verifier(NOW).verifies(signed("/start", "s3"))).isFalse();
    }

    @Test
    void verifies_whenAnythingSignedIsChanged_isFalse() {
        ApiRequest request = signed("/start?a=1", "execute-api");
        var otherHost = new LinkedHashMap<>(request.headers());
        otherHost.put("host", "elsewhere");
        var withoutHash = new LinkedHashMap<>(request.headers());
        withoutHash.put("x-amz-content-sha256", "0".repeat(64));

        assertThat(verifier(NOW).verifies(request)).isTrue();
        assertThat(verifier(NOW).verifies(changed(request, "GET", "/start", "a=1", request.headers())))
                .isFalse();
        assertThat(verifier(NOW).verifies(changed(request, "POST", "/stop", "a=1", request.headers())))
                .isFalse();
        assertThat(verifier(NOW).verifies(changed(request, "POST", "/start", "a=2", request.headers())))
                .isFalse();
        assertThat(verifier(NOW).verifies(changed(request, "POST", "/start", "a=1", otherHost)))
                .isFalse();
        assertThat(verifier(NOW).verifies(changed(request, "POST", "/start", "a=1", withoutHash)))
                .isFalse();
    }

    @Test
    void service_whenInACredential_isFound() {
        assertThat(SigV4.service(
                        "AWS4-HMAC-SHA256 Credential=test/20260131/us-east-1/ec2/aws4_request, SignedHeaders=h"))
                .hasValue("ec2");
        assertThat(SigV4.service("X-Amz-Credential=test/20260131/us-east-1/s3/aws4_request&X-Amz-Date=1"))
                .hasValue("s3");
        assertThat(SigV4.service("Bearer abc")).isEmpty();
    }

    private static SigV4 verifier(Instant now) {
        return new SigV4("test", "test", Clock.fixed(now, ZoneOffset.UTC));
    }

    private static ApiRequest signed(String path, String service) {
        byte[] body = {1, 2, 3};
        var signed = AwsV4HttpSigner.create()
                .sign(request -> request.identity(AwsCredentialsIdentity.create("test", "test"))
                        .request(SdkHttpFullRequest.builder()
                                .method(SdkHttpMethod.POST)
                                .uri(URI.create("http://127.0.0.1:3000" + path))
                                .putHeader("Content-Type", "application/json")
                                .putHeader("X-Spaces", " a   b ")
                                .build())
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC)));
        var headers = new LinkedHashMap<String, String>();
        signed.request()
                .forEachHeader((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
        String[] parts = path.split("\\?", 2);
        return new ApiRequest(
                "POST", parts[0], parts.length == 2 ? parts[1] : "", headers, "", body, "127.0.0.1", "HTTP/1.1");
    }

    private static ApiRequest changed(
            ApiRequest request, String method, String path, String query, Map<String, String> headers) {
        return new ApiRequest(
                method,
                path,
                query,
                headers,
                request.cookies(),
                request.body(),
                request.sourceIp(),
                request.protocol());
    }
}
