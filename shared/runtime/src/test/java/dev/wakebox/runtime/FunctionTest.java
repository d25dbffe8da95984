package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class FunctionTest {
    private static final String REQUEST =
            "{\"rawPath\": \"/x\", \"requestContext\": {\"http\": {\"method\": \"GET\", \"path\": \"/x\"}}}";

    @Test
    void http_whenAnswered_isApiGatewaysFormat2WithJsonThatNobodyCaches() {
        var answer = Invocation.of(answering(() -> HttpResponse.ok(Map.of("result", "success"))), REQUEST);

        assertThat(answer)
                .containsEntry("statusCode", 200)
                .containsEntry("isBase64Encoded", false)
                .containsEntry("headers", Map.of("content-type", "application/json", "cache-control", "no-store"))
                .containsEntry("body", "{\"result\":\"success\"}");
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
        assertThat(Invocation.of(new Function() {}, REQUEST)).containsEntry("statusCode", 404);
    }

    @Test
    void event_whenItThrows_failsTheInvocation() {
        var function = new Function() {
            @Override
            protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Later.");
            }
        };

        assertThatThrownBy(() -> Invocation.of(function, "{\"Records\": []}")).hasMessage("Later.");
    }

    @Test
    void event_whenFunctionTakesRequestsOnly_failsTheInvocation() {
        assertThatThrownBy(() -> Invocation.of(new Function() {}, "{}"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void handleRequest_whenRunning_putsFunctionAndRequestIdOnEveryLogLineAndTakesThemOffAgain() {
        var seen = new HashMap<String, String>();
        var function = new Function() {
            @Override
            protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
                seen.putAll(MDC.getCopyOfContextMap());
                return Map.of();
            }
        };

        Invocation.of(function, "{}");

        assertThat(seen).isEqualTo(Map.of("function", "test", "requestId", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"));
        assertThat(MDC.get("requestId")).isNull();
    }

    private static Function answering(Supplier<HttpResponse> answer) {
        return new Function() {
            @Override
            protected HttpResponse http(HttpRequest request) {
                return answer.get();
            }
        };
    }
}
