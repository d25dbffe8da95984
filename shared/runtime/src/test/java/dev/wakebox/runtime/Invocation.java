package dev.wakebox.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Invokes a function through streams, as Lambda does, and returns its answer. */
public final class Invocation {
    private Invocation() {}

    public static Map<String, @Nullable Object> of(LambdaFunction function, String event) {
        try {
            var out = new ByteArrayOutputStream();
            function.handleRequest(
                    new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, new TestContext());
            return Json.object(out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Invokes with a file of the repository's {@code events/}. */
    public static Map<String, @Nullable Object> ofFixture(LambdaFunction function, String name) {
        return of(function, fixture(name));
    }

    /** The text of a file of the repository's {@code events/}. */
    public static String fixture(String name) {
        Path module = Path.of("").toAbsolutePath();
        try {
            return Files.readString(module.resolve("../../events").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JSON body of an HTTP answer. */
    public static Map<String, @Nullable Object> body(Map<String, @Nullable Object> answer) {
        return Json.object(String.valueOf(answer.get("body")).getBytes(StandardCharsets.UTF_8));
    }

    private static final class TestContext implements Context {
        @Override
        public String getAwsRequestId() {
            return "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
        }

        @Override
        public String getLogGroupName() {
            return "/aws/lambda/test";
        }

        @Override
        public String getLogStreamName() {
            return "test";
        }

        @Override
        public String getFunctionName() {
            return "test";
        }

        @Override
        public String getFunctionVersion() {
            return "1";
        }

        @Override
        public String getInvokedFunctionArn() {
            return "arn:aws:lambda:us-east-1:000000000000:function:test";
        }

        @Override
        public @Nullable CognitoIdentity getIdentity() {
            return null;
        }

        @Override
        public @Nullable ClientContext getClientContext() {
            return null;
        }

        @Override
        public int getRemainingTimeInMillis() {
            return 15_000;
        }

        @Override
        public int getMemoryLimitInMB() {
            return 512;
        }

        @Override
        public LambdaLogger getLogger() {
            throw new UnsupportedOperationException("functions log through slf4j");
        }
    }
}
