package dev.wakebox.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Base of every Lambda function: reads the event, calls {@link #http} or {@link #event}, and writes the answer.
 *
 * <p>Log lines of an invocation have the function's name and the request id. Failures that are not the caller's fault are
 * reported to {@link ErrorReports}. Thread-safe if the subclass is.
 *
 * <p>With SnapStart, the function is primed before Lambda takes the snapshot: it handles the events of {@code prime.json} or
 * {@code rehearsal.json} next to the subclass many times; see {@link Priming}.
 */
public abstract class LambdaFunction implements RequestStreamHandler {
    private static final Logger log = LoggerFactory.getLogger(LambdaFunction.class);

    /** API Gateway's answer to a path without a route. */
    private static final HttpResponse NOT_FOUND = HttpResponse.json(404, Map.of("message", "Not Found"));

    /** Kept in a field because Lambda references hooks weakly. Lambda calls it after the subclass is constructed. */
    @SuppressWarnings({"unused", "this-escape"})
    private final Optional<Priming> priming = Priming.whereSnapStartIsOn(this);

    @Override
    public final void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        MDC.put("function", context.getFunctionName());
        MDC.put("requestId", context.getAwsRequestId());
        ErrorReports reports = ErrorReports.ofProcess();
        reports.begin();
        try {
            Json.write(handle(input), output);
        } catch (RuntimeException | IOException | Error e) {
            ErrorReports.add(e);
            throw e;
        } finally {
            reports.end(Duration.ofMillis(context.getRemainingTimeInMillis()));
            MDC.clear();
        }
    }

    /** The answer to an event. */
    final @Nullable Object handle(InputStream input) throws IOException {
        JsonObject event = Json.object(input);
        return HttpRequest.isHttp(event) ? answer(event).with(headers()).toPayload() : event(event);
    }

    /**
     * Answers a request from API Gateway. A thrown {@link WakeboxException} becomes an answer with its status. Any other
     * exception is logged and becomes a 500 without details.
     */
    protected HttpResponse http(HttpRequest request) {
        throw new WakeboxException(ErrorCode.NOT_FOUND, "This function does not answer HTTP requests.");
    }

    /**
     * Whether this function answers a request to its greedy route. API Gateway doesn't match a path with a trailing slash,
     * so each route has a second, greedy route for it. By default, longer paths are not answered.
     *
     * @param rest the value of {@code {proxy+}} without a trailing slash
     */
    protected boolean answersRest(String rest) {
        return rest.isEmpty();
    }

    /** The answer to a request that is refused or has failed. */
    protected HttpResponse refusal(WakeboxException e) {
        return HttpResponse.of(e);
    }

    /** Headers that every answer gets in addition to its own. */
    protected Map<String, String> headers() {
        return Map.of();
    }

    /**
     * Handles an event of another service and returns the function's result: a record or a {@link JsonObject}. An exception fails the
     * invocation, so that the service redelivers the event or sends it to the dead-letter queue.
     */
    protected @Nullable Object event(JsonObject event) {
        throw new WakeboxException(ErrorCode.INVALID_REQUEST, "This function answers HTTP requests only.");
    }

    /** Called with each pass of priming, for what its events don't reach. */
    protected void prime() {}

    private HttpResponse answer(JsonObject event) {
        try {
            HttpRequest request = HttpRequest.of(event);
            return request.greedyRest().filter(rest -> !answersRest(rest)).isPresent() ? NOT_FOUND : http(request);
        } catch (WakeboxException e) {
            ErrorReports.add(e);
            if (e.code().kind() == ErrorCode.Kind.INTERNAL) {
                log.error("Request failed: {}", e.getMessage(), e);
            } else {
                log.info("Request refused: {} {}", e.code(), e.getMessage());
            }
            return refusal(e).with(retryAfter(e.code()));
        } catch (RuntimeException e) {
            ErrorReports.add(e);
            log.error("Request failed in an unexpected way", e);
            return refusal(new WakeboxException(
                    ErrorCode.INTERNAL,
                    "The request could not be handled because of an error on our side; try again later."));
        }
    }

    /** When a client may send the same request again, if that can help: a conflict lasts longer than an overload. */
    private static Map<String, String> retryAfter(ErrorCode code) {
        return switch (code) {
            case CONFLICT -> Map.of("retry-after", "60");
            case UNAVAILABLE -> Map.of("retry-after", "5");
            default -> Map.of();
        };
    }
}
