package dev.wakebox.functions.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthorizerHandlerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T13:00:00Z"), ZoneOffset.UTC);
    private static final String SECRET = "a-secret-for-tests-only-0123456789abcdef";

    @Test
    void handleRequest_whenTheTokenIsGood_saysWhoItIs() {
        assertThat(answer("authorizer-valid.json", () -> SECRET))
                .isEqualTo(Map.of(
                        "isAuthorized",
                        true,
                        "context",
                        Map.of("id", "mentor-0001", "role", "mentor", "mentorIds", "mentor-0001,mentor-0002")));
    }

    @Test
    void handleRequest_whenTheTokenIsForged_refuses() {
        assertThat(answer("authorizer-forged.json", () -> SECRET))
                .isEqualTo(Map.of("isAuthorized", false, "context", Map.of()));
    }

    @Test
    void handleRequest_whenTheFunctionSaysNoItself_tellsItWhy() {
        assertThat(answer("authorizer-classifier-forged.json", () -> SECRET))
                .isEqualTo(Map.of(
                        "isAuthorized", true, "context", Map.of("refused", "The token's signature does not hold.")));
    }

    @Test
    void handleRequest_whenTheSecretCannotBeRead_failsTheInvocation() {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> answer("authorizer-valid.json", () -> {
                    throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read the parameter.");
                }));
    }

    private static Map<String, @Nullable Object> answer(String event, Secrets secrets) {
        return Invocation.ofFixture(
                new AuthorizerHandler(new Authorizer(Optional.of(secrets), Optional.empty(), true, CLOCK)), event);
    }
}
