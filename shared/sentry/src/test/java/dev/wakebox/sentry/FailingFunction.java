package dev.wakebox.sentry;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** A function in a separate process, whose environment a test can set. */
final class FailingFunction extends LambdaFunction {
    /** Invokes it with each event, and prints the duration and the answer or exception. */
    public static void main(String[] events) {
        for (String event : events) {
            long start = System.nanoTime();
            String result;
            try {
                result = "answered "
                        + Invocation.of(new FailingFunction(), event).get("statusCode");
            } catch (RuntimeException e) {
                result = "threw " + e.getClass().getSimpleName();
            }
            System.out.println((System.nanoTime() - start) / 1_000_000 + " ms: " + result);
        }
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        String body = new String(request.body(), java.nio.charset.StandardCharsets.UTF_8);
        MDC.put("job", "0123456789abcdef");
        switch (request.path()) {
            case "/ours" ->
                throw new IllegalStateException(
                        "Cannot mail " + body + " of " + request.header("authorization"),
                        new NumberFormatException("For input string: \"" + body + "\""));
            case "/transient" ->
                throw new WakeboxException(
                        ErrorCode.GATEWAY_TIMEOUT,
                        "The server of " + body + " is slow.",
                        new TransientFailure(ErrorCode.GATEWAY_TIMEOUT, "Slow for " + body + ".", null, null));
            case "/file" -> MDC.put("job", "ingest/Ana García.mp4 2026");
            case "/fine" -> {
                return HttpResponse.ok(Map.of());
            }
            default -> throw WakeboxException.invalidField("name", "The name \"" + body + "\" is too long.");
        }
        throw new IllegalStateException(body);
    }

    @Override
    protected Map<String, @Nullable Object> event(JsonObject event) {
        throw new IllegalArgumentException("no such " + event);
    }
}
