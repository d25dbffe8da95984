package dev.wakebox.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One Lambda function: reads the event, hands it to {@link #http} or {@link #event}, writes the answer.
 *
 * <p>Every log line written meanwhile carries the function's name and the request id. Thread-safe where the subclass is.
 *
 * <p>With SnapStart it goes, before Lambda takes the snapshot, many times through the event {@code prime.json} that lies
 * beside the subclass, if there is one. The event must be one that changes nothing.
 */
public abstract class Function implements RequestStreamHandler {
    private static final Logger log = LoggerFactory.getLogger(Function.class);

    /** Held, because Lambda's list of hooks does so weakly only; not called before the subclass is complete. */
    @SuppressWarnings({"unused", "this-escape"})
    private final Optional<Priming> priming = Priming.whereSnapStartIsOn(this);

    @Override
    public final void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        MDC.put("function", context.getFunctionName());
        MDC.put("requestId", context.getAwsRequestId());
        try {
            Json.write(handle(input), output);
        } finally {
            MDC.clear();
        }
    }

    /** The answer to an event. */
    final Map<String, @Nullable Object> handle(InputStream input) throws IOException {
        Map<String, @Nullable Object> event = Json.object(input);
        return HttpRequest.isHttp(event) ? answer(event).with(headers()).toEvent() : event(event);
    }

    /**
     * Answers a request that came through API Gateway. A thrown {@link WakeboxException} becomes the answer with its
     * status; anything else thrown becomes a 500 that shows nothing of it and is logged.
     */
    protected HttpResponse http(HttpRequest request) {
        throw new WakeboxException(ErrorCode.NOT_FOUND, "This function does not answer HTTP requests.");
    }

    /** The answer to a request that is refused or has failed. */
    protected HttpResponse refusal(WakeboxException e) {
        return HttpResponse.of(e);
    }

    /** Headers of every answer beside its own. */
    protected Map<String, String> headers() {
        return Map.of();
    }

    /**
     * Handles an event of another service and returns what Lambda is to hand back. What it throws makes the invocation
     * fail, so that the service delivers again or to the dead-letter queue.
     */
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        throw new WakeboxException(ErrorCode.INVALID_REQUEST, "This function answers HTTP requests only.");
    }

    private HttpResponse answer(Map<String, @Nullable Object> event) {
        try {
            return http(HttpRequest.of(event));
        } catch (WakeboxException e) {
            if (e.code().kind() == ErrorCode.Kind.INTERNAL) {
                log.error("Request failed: {}", e.getMessage(), e);
            } else {
                log.info("Request refused: {} {}", e.code(), e.getMessage());
            }
            return refusal(e);
        } catch (RuntimeException e) {
            log.error("Request failed in an unexpected way", e);
            return refusal(new WakeboxException(
                    ErrorCode.INTERNAL,
                    "The request could not be handled because of an error on our side; try again later."));
        }
    }
}
