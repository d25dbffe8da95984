package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRequestTest {
    @Test
    void of_whenFormat2_readsMethodPathHeadersParametersAndBody() {
        var request = HttpRequest.of(format2(Map.of(
                "headers", Map.of("Content-TYPE", "text/plain"), "pathParameters", Map.of("id", "7"), "body", "ş")));

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/train");
        assertThat(request.header("content-type")).isEqualTo("text/plain");
        assertThat(request.header("accept")).isNull();
        assertThat(request.pathParameters()).containsExactly(Map.entry("id", "7"));
        assertThat(request.body()).isEqualTo("ş".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void of_whenThePathEndsWithASlash_isWithoutIt() {
        var request = HttpRequest.of(JsonObject.of("rawPath", "/uploads/7//")
                .with("pathParameters", Map.of("id", "7/", "proxy", "/"))
                .with("requestContext", Map.of("http", Map.of("method", "GET", "path", "/uploads/7//"))));

        assertThat(request.path()).isEqualTo("/uploads/7");
        assertThat(request.pathParameters()).containsEntry("id", "7");
        assertThat(request.greedyRest()).contains("");
    }

    @Test
    void of_whenAParameterEndsWithASlashOfItsOwn_keepsIt() {
        assertThat(HttpRequest.of(format2(Map.of("pathParameters", Map.of("category", "either/"))))
                        .pathParameters())
                .containsEntry("category", "either/");
    }

    @Test
    void of_whenFormat1_readsMethodAndPath() {
        var event = JsonObject.of("httpMethod", "GET")
                .with("path", "/status")
                .with("requestContext", Map.of("resourceId", "x"))
                .with("resource", "/");

        assertThat(HttpRequest.isHttp(event)).isTrue();
        var request = HttpRequest.of(event);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.path()).isEqualTo("/status");
        assertThat(request.body()).isEmpty();
    }

    @Test
    void of_whenBodyIsBase64_decodesIt() {
        var request = HttpRequest.of(format2(Map.of("body", "AP8=", "isBase64Encoded", true)));

        assertThat(request.body()).isEqualTo(new byte[] {0, (byte) 0xff});
    }

    @Test
    void of_whenBodyOnlyClaimsToBeBase64_isInvalidRequest() {
        assertThatThrownBy(() -> HttpRequest.of(format2(Map.of("body", "?", "isBase64Encoded", true))))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessage("The body is not valid base64.");
    }

    @Test
    void isHttp_whenEventOfAnotherService_isFalse() {
        assertThat(HttpRequest.isHttp(JsonObject.of("Records", java.util.List.of())))
                .isFalse();
        assertThat(HttpRequest.isHttp(JsonObject.of("source", "aws.events").with("detail", Map.of())))
                .isFalse();
        assertThat(HttpRequest.isHttp(JsonObject.of("requestContext", Map.of("condition", "RetriesExhausted"))))
                .isFalse();
    }

    @Test
    void isHttp_whenAnAuthorizerIsAsked_isFalse() {
        assertThat(HttpRequest.isHttp(format2(Map.of("routeArn", "arn:aws:execute-api:us-east-1:1:a/b/GET/status"))))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "$default, /train, /train",
        "Prod, /Prod/train, /train",
        "Prod, /Prod/job-complete/Prod, /job-complete/Prod",
        "train, /train/train, /train",
        "Prod, /train, /train", // a custom domain that is mapped to the stage
        "Prod, /Production/train, /Production/train",
        "Prod, /Prod, /Prod",
    })
    void of_whenServedBelowAStage_leavesTheStageOutOfThePath(String stage, String raw, String path) {
        var event = format2(Map.of())
                .with("rawPath", raw)
                .with("requestContext", Map.of("stage", stage, "http", Map.of("method", "POST", "path", raw)));

        assertThat(HttpRequest.of(event).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP ", "x-gzip", "", "identity"})
    void plainBody_whenCompressed_isDecompressedWhateverTheHeaderSays(String encoding) throws IOException {
        assertThat(request(encoding, gzip("{\"a\": 1}")).plainBody(100))
                .asString()
                .isEqualTo("{\"a\": 1}");
        assertThat(request(encoding, bytes("{\"a\": 1}")).plainBody(100))
                .asString()
                .isEqualTo("{\"a\": 1}");
    }

    @Test
    void plainBody_whenSeveralGzipMembers_isAllOfThem() throws IOException {
        var both = new ByteArrayOutputStream();
        both.write(gzip("{\"a\":"));
        both.write(gzip(" 1}"));

        assertThat(request("gzip", both.toByteArray()).plainBody(100))
                .asString()
                .isEqualTo("{\"a\": 1}");
    }

    @Test
    void plainBody_whenLargerThanAllowed_namesTheLimit() throws IOException {
        byte[] bomb = gzip("0".repeat(100_000_000));

        assertThat(bomb.length).isLessThan(100_000);
        refused(ErrorCode.PAYLOAD_TOO_LARGE, "gzip", bomb, "larger than 65536 bytes after decompression");
        refused(ErrorCode.PAYLOAD_TOO_LARGE, "", bytes("0".repeat(65_537)), "larger than 65536 bytes.");
        assertThat(request("gzip", gzip("0".repeat(65_536))).plainBody(65_536)).hasSize(65_536);
    }

    @Test
    void plainBody_whenCutOrDamaged_saysSo() throws IOException {
        byte[] whole = gzip("{\"a\": \"" + "x".repeat(1000) + "\"}");
        byte[] damaged = whole.clone();
        damaged[whole.length - 6] ^= 1;
        for (byte[] body : List.of(
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, whole.length - 1),
                Arrays.copyOf(whole, 5),
                damaged)) {
            refused(ErrorCode.INVALID_REQUEST, "gzip", body, "damaged or incomplete");
        }
        byte[] asText = new String(whole, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        refused(ErrorCode.INVALID_REQUEST, "gzip", asText, "application/octet-stream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "aws-chunked"})
    void plainBody_whenAnotherEncoding_saysWhichAreRead(String encoding) {
        refused(ErrorCode.UNSUPPORTED_MEDIA_TYPE, encoding, bytes("{}"), "with gzip");
    }

    private static void refused(ErrorCode code, String encoding, byte[] body, String message) {
        assertThatThrownBy(() -> request(encoding, body).plainBody(65_536))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static HttpRequest request(String encoding, byte[] body) {
        return HttpRequest.of(format2(Map.of(
                "headers",
                encoding.isEmpty() ? Map.of() : Map.of("Content-Encoding", encoding),
                "body",
                Base64.getEncoder().encodeToString(body),
                "isBase64Encoded",
                true)));
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(bytes(text));
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObject format2(Map<String, Object> more) {
        return JsonObject.copyOf(more)
                .with("rawPath", "/train")
                .with("requestContext", Map.of("http", Map.of("method", "POST", "path", "/train")));
    }
}
