package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.MDC;

class LambdaFunctionTest {
    private static final String REQUEST =
            "{\"rawPath\": \"/x\", \"requestContext\": {\"http\": {\"method\": \"GET\", \"path\": \"/x\"}}}";

    @Test
    void http_whenAnswered_isApiGatewaysFormat2WithJsonThatIsNotCached() {
        var answer = Invocation.of(answering(() -> HttpResponse.ok(Map.of("result", "success"))), REQUEST);

        assertThat(answer)
                .containsEntry("statusCode", 200)
                .containsEntry("isBase64Encoded", false)
                .containsEntry("headers", Map.of("content-type", "application/json", "cache-control", "no-store"))
                .containsEntry("body", "{\"result\":\"success\"}");
    }

    @ParameterizedTest
    @CsvSource({"'', 200", "/, 200", "more, 404", "more/, 404", "/more, 404"})
    void http_whenAGreedyRouteTookTheRequest_answersOnlyASlash(String rest, int status) {
        var answer = Invocation.of(
                answering(() -> HttpResponse.ok(Map.of("result", "success"))),
                Json.string(Map.of(
                        "rawPath",
                        "/x/" + rest,
                        "pathParameters",
                        Map.of("proxy", rest),
                        "requestContext",
                        Map.of("http", Map.of("method", "GET", "path", "/x/" + rest)))));

        assertThat(answer).containsEntry("statusCode", status);
        if (status == 404) {
            assertThat(answer).containsEntry("body", "{\"message\":\"Not Found\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({"CONFLICT, 60", "UNAVAILABLE, 5", "NOT_FOUND,"})
    void http_whenTheSameRequestCanSucceedLater_saysWhen(ErrorCode code, @Nullable String seconds) {
        var answer = Invocation.of(
                answering(() -> {
                    throw new WakeboxException(code, "No.");
                }),
                REQUEST);

        assertThat(JsonObject.copyOf(answer).object("headers").optionalText("retry-after"))
                .isEqualTo(Optional.ofNullable(seconds));
    }

    @Test
    void http_whenFieldIsInvalid_answers400WithMessageAndField() {
        var answer = Invocation.of(
                answering(() -> {
                    throw WakeboxException.invalidField("epochs", "epochs must be 1 to 20.");
                }),
                REQUEST);

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer))
                .isEqualTo(Map.of("result", "error", "message", "epochs must be 1 to 20.", "field", "epochs"));
    }

    @Test
    void http_whenWakeboxException_answersItsStatusAndMessage() {
        for (ErrorCode code : ErrorCode.values()) {
            var answer = Invocation.of(
                    answering(() -> {
                        throw new WakeboxException(code, "The reason.");
                    }),
                    REQUEST);

            assertThat(answer).containsEntry("statusCode", code.status());
            assertThat(Invocation.body(answer))
                    .isEqualTo(Map.of(
                            "result",
                            code == ErrorCode.INTERNAL ? "internal_error" : "error",
                            "message",
                            "The reason."));
        }
    }

    @Test
    void http_whenTheMessageNamesAResourceOfOurs_answersWithoutItHoweverOftenItIsWrapped() {
        for (ErrorCode code : List.of(ErrorCode.UNAVAILABLE, ErrorCode.INTERNAL)) {
            var answer = Invocation.of(
                    answering(() -> {
                        var named = WakeboxException.ofResource(
                                code, "Cannot read the table \"jobs\".", new IllegalStateException());
                        throw new WakeboxException(code, String.valueOf(named.getMessage()), named);
                    }),
                    REQUEST);

            assertThat(answer).containsEntry("statusCode", code.status());
            assertThat(Invocation.body(answer).get("message")).asString().startsWith("The request could not be");
        }
    }

    @Test
    void http_whenAnythingElseIsThrown_answers500ThatShowsNothingOfIt() {
        var answer = Invocation.of(
                answering(() -> {
                    throw new IllegalStateException("secret detail");
                }),
                REQUEST);

        assertThat(answer).containsEntry("statusCode", 500);
        assertThat(Invocation.body(answer))
                .containsEntry("result", "internal_error")
                .extractingByKey("message")
                .asString()
                .doesNotContain("secret", "Exception");
    }

    @Test
    void http_whenBodyOnlyClaimsToBeBase64_answers400() {
        var answer = Invocation.of(
                answering(() -> HttpResponse.ok(Map.of())),
                "{\"rawPath\": \"/x\", \"requestContext\": {}, \"body\": \"?\", \"isBase64Encoded\": true}");

        assertThat(answer).containsEntry("statusCode", 400);
    }

    @Test
    void http_whenFunctionTakesEventsOnly_answers404() {
        assertThat(Invocation.of(new LambdaFunction() {}, REQUEST)).containsEntry("statusCode", 404);
    }

    @Test
    void event_whenItThrows_failsTheInvocation() {
        var function = new LambdaFunction() {
            @Override
            protected Map<String, @Nullable Object> event(JsonObject event) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Later.");
            }
        };

        assertThatThrownBy(() -> Invocation.of(function, "{\"Records\": []}")).hasMessage("Later.");
    }

    @Test
    void event_whenFunctionTakesRequestsOnly_failsTheInvocation() {
        assertThatThrownBy(() -> Invocation.of(new LambdaFunction() {}, "{}"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void handleRequest_whenRunning_putsFunctionAndRequestIdOnEveryLogLineAndTakesThemOffAgain() {
        var seen = new HashMap<String, String>();
        var function = new LambdaFunction() {
            @Override
            protected Map<String, @Nullable Object> event(JsonObject event) {
                seen.putAll(MDC.getCopyOfContextMap());
                return Map.of();
            }
        };

        Invocation.of(function, "{}");

        assertThat(seen).isEqualTo(Map.of("function", "test", "requestId", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"));
        assertThat(MDC.get("requestId")).isNull();
    }

    private static LambdaFunction answering(Supplier<HttpResponse> answer) {
        return new LambdaFunction() {
            @Override
            protected HttpResponse http(HttpRequest request) {
                return answer.get();
            }
        };
    }
}
