package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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
    void of_whenFormat1_readsMethodAndPath() {
        Map<String, @Nullable Object> event = Map.of(
                "httpMethod", "GET", "path", "/status", "requestContext", Map.of("resourceId", "x"), "resource", "/");

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
        assertThat(HttpRequest.isHttp(Map.of("Records", java.util.List.of()))).isFalse();
        assertThat(HttpRequest.isHttp(Map.of("source", "aws.events", "detail", Map.of())))
                .isFalse();
        assertThat(HttpRequest.isHttp(Map.of("requestContext", Map.of("condition", "RetriesExhausted"))))
                .isFalse();
    }

    @Test
    void isHttp_whenAnAuthorizerIsAsked_isFalse() {
        assertThat(HttpRequest.isHttp(format2(Map.of("routeArn", "arn:aws:execute-api:us-east-1:1:a/b/GET/status"))))
                .isFalse();
    }

    private static Map<String, @Nullable Object> format2(Map<String, Object> more) {
        var event = new HashMap<String, @Nullable Object>(more);
        event.put("rawPath", "/train");
        event.put("requestContext", Map.of("http", Map.of("method", "POST", "path", "/train")));
        return event;
    }
}
