package dev.wakebox.classifierapi;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierFunctionTest {
    /** Answers whether the caller may act for the mentor of the query. */
    private static final class Probe extends ClassifierFunction {
        @Override
        protected HttpResponse http(HttpRequest request) {
            Caller caller = Caller.of(request);
            String mentor = mentor(request.queryParameters().get("mentor"));
            caller.requireMayActFor(mentor);
            return HttpResponse.ok(Map.of("caller", caller.id()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "USER, m1, 200",
        "USER, 'm2,m1', 200",
        "USER, '', 403",
        "USER, 'm2,m3', 403",
        "USER, 'm1,m1', 200",
        "admin, m2, 403",
        "ADMIN, '', 200",
        "CONTENT_MANAGER, '', 200",
        "SUPER_CONTENT_MANAGER, '', 200",
        "SUPER_ADMIN, '', 200",
    })
    void http_whoeverCalls_mayActForOwnMentorsOrInARoleOfAllMentors(String role, String mentorIds, int status) {
        var answer = answer("m1", Map.of("id", "user-1", "role", role, "mentorIds", mentorIds));

        assertThat(answer).containsEntry("statusCode", status);
        if (status == 403) {
            assertThat(data(answer))
                    .containsEntry("error", "not authorized")
                    .hasEntrySatisfying("message", message -> assertThat(String.valueOf(message))
                            .contains("m1"));
        }
    }

    @Test
    void http_whenTheAuthorizerRefused_isUnauthorizedWithItsReason() {
        var answer = answer("m1", Map.of("refused", "The token has expired."));

        assertThat(answer).containsEntry("statusCode", 401);
        assertThat(data(answer))
                .containsExactly(Map.entry("error", "not authorized"), Map.entry("message", "The token has expired."));
    }

    @Test
    void http_whenNoAuthorizerWasAsked_isUnauthorized() {
        assertThat(answer("m1", Map.of())).containsEntry("statusCode", 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../status", "a/b", "m 1", "ünïcode", "😀"})
    void http_whenTheMentorCannotBeAnId_isABadRequest(String mentor) {
        var answer = answer(mentor, Map.of("id", "user-1", "role", "ADMIN"));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(data(answer)).containsEntry("error", "bad request").containsEntry("field", "mentor");
    }

    @Test
    void http_always_hasTheHeadersThatKeepBrowsersSafe() {
        for (String role : List.of("ADMIN", "USER")) {
            assertThat((Map<?, ?>)
                            answer("m1", Map.of("id", "user-1", "role", role)).get("headers"))
                    .extracting(Map::keySet)
                    .asInstanceOf(InstanceOfAssertFactories.collection(Object.class))
                    .contains(
                            "content-type",
                            "strict-transport-security",
                            "x-content-type-options",
                            "x-frame-options",
                            "content-security-policy",
                            "referrer-policy");
        }
    }

    private static Map<String, @Nullable Object> answer(String mentor, Map<String, String> authorizer) {
        return Invocation.of(
                new Probe(),
                Json.string(Map.of(
                        "rawPath", "/classifier/probe",
                        "queryStringParameters", Map.of("mentor", mentor),
                        "requestContext",
                                Map.of(
                                        "http", Map.of("method", "GET", "path", "/classifier/probe"),
                                        "authorizer", Map.of("lambda", authorizer)))));
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> data(Map<String, @Nullable Object> answer) {
        return (Map<String, @Nullable Object>)
                requireNonNull(Invocation.body(answer).get("data"));
    }
}
