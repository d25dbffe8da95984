package dev.wakebox.functions.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthorizerHandlerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T13:00:00Z"), ZoneOffset.UTC);
    private static final String SECRET = "a-secret-for-tests-only-0123456789abcdef";

    @Test
    void handleRequest_whenTheTokenIsGood_saysWhoItIs() throws IOException {
        assertThat(answer("authorizer-valid.json", () -> SECRET))
                .isEqualTo(Map.of(
                        "isAuthorized",
                        true,
                        "context",
                        Map.of("id", "mentor-0001", "role", "mentor", "mentorIds", "mentor-0001,mentor-0002")));
    }

    @Test
    void handleRequest_whenTheTokenIsForged_refuses() throws IOException {
        assertThat(answer("authorizer-forged.json", () -> SECRET))
                .isEqualTo(Map.of("isAuthorized", false, "context", Map.of()));
    }

    @Test
    void handleRequest_whenTheSecretCannotBeRead_failsTheInvocation() {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> answer("authorizer-valid.json", () -> {
                    throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read the parameter.");
                }));
    }

    private static Map<String, @Nullable Object> answer(String event, Secrets secrets) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = Files.newInputStream(Path.of("../../events", event))) {
            new AuthorizerHandler(new Authorizer(secrets, CLOCK)).handleRequest(in, out, new TestContext());
        }
        return Json.object(out.toByteArray());
    }

    /** What Lambda would hand to the function. */
    private static final class TestContext implements Context {
        @Override
        public String getAwsRequestId() {
            return "request-1";
        }

        @Override
        public String getLogGroupName() {
            return "log-group";
        }

        @Override
        public String getLogStreamName() {
            return "log-stream";
        }

        @Override
        public String getFunctionName() {
            return "wakebox-test";
        }

        @Override
        public String getFunctionVersion() {
            return "$LATEST";
        }

        @Override
        public String getInvokedFunctionArn() {
            return "arn:aws:lambda:us-east-1:000000000000:function:wakebox-test";
        }

        @Override
        public CognitoIdentity getIdentity() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ClientContext getClientContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getRemainingTimeInMillis() {
            return 30_000;
        }

        @Override
        public int getMemoryLimitInMB() {
            return 512;
        }

        @Override
        public LambdaLogger getLogger() {
            throw new UnsupportedOperationException();
        }
    }
}
