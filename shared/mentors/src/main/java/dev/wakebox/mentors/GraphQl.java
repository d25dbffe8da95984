package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A GraphQL server. Thread-safe.
 *
 * <p>Every method throws {@link WakeboxException}: {@code BAD_GATEWAY} when the server can't be reached or answers with
 * an error, {@code GATEWAY_TIMEOUT} when it is too slow, {@code UNAUTHORIZED} when it refuses the caller.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/">GraphQL over HTTP</a>
 */
public final class GraphQl {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int LARGEST_ANSWER = 64 << 20;
    private static final int LONGEST_QUOTE = 300;

    private final URI endpoint;
    private final Limits limits;
    private final Retries retries;
    private final Clock clock;
    private final @Nullable Instant end;

    /**
     * How long a server may take.
     *
     * @param attempt until one attempt is given up
     * @param all until all attempts are
     */
    public record Limits(Duration attempt, Duration all) {
        public Limits {
            requireNonNull(attempt, "attempt is null");
            requireNonNull(all, "all is null");
        }
    }

    public GraphQl(URI endpoint, Limits limits, Retries retries, Clock clock) {
        this(endpoint, limits, retries, clock, null);
    }

    private GraphQl(URI endpoint, Limits limits, Retries retries, Clock clock, @Nullable Instant end) {
        this.endpoint = requireNonNull(endpoint, "endpoint is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.retries = requireNonNull(retries, "retries is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.end = end;
    }

    /** This server for one request of ours: all that it is asked takes, from now on, no longer than its limit for all. */
    GraphQl forOneRequest() {
        return new GraphQl(endpoint, limits, retries, clock, clock.instant().plus(limits.all()));
    }

    /**
     * Sends an operation that can be repeated, and tries again what may go better.
     *
     * @param authorization header to send along, or null
     * @return the answer's {@code data}
     */
    public Map<String, @Nullable Object> ask(
            String operation, Map<String, ?> variables, @Nullable String authorization) {
        byte[] body = body(operation, variables);
        Instant deadline = end == null ? clock.instant().plus(limits.all()) : end;
        return retries.until(deadline, () -> attempt(body, authorization, deadline));
    }

    /** Sends an operation in one attempt. */
    public Map<String, @Nullable Object> askOnce(String operation, Map<String, ?> variables) {
        try {
            return attempt(body(operation, variables), null, clock.instant().plus(limits.all()));
        } catch (TransientFailure e) {
            throw new WakeboxException(e.code(), e.getMessage(), e);
        }
    }

    private static byte[] body(String operation, Map<String, ?> variables) {
        return Json.bytes(Map.of("query", operation, "variables", variables));
    }

    /** In a thread of its own: a socket's time-out holds for each read, however many there are. */
    private Map<String, @Nullable Object> attempt(byte[] body, @Nullable String authorization, Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        Duration limit = left.compareTo(limits.attempt()) < 0 ? left : limits.attempt();
        if (limit.toMillis() < 1) {
            throw new TransientFailure(ErrorCode.GATEWAY_TIMEOUT, "The GraphQL server took too long.", null, null);
        }
        var answer = new FutureTask<>(() -> exchange(body, authorization, limit));
        Thread.ofVirtual().start(answer);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw tooSlow(limit, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("The GraphQL server could not be asked.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "The wait for the GraphQL server was interrupted.", e);
        } finally {
            answer.cancel(true); // closes the socket of one that goes on
        }
    }

    private Map<String, @Nullable Object> exchange(byte[] body, @Nullable String authorization, Duration limit) {
        HttpURLConnection connection = null;
        boolean read = false;
        try {
            connection = (HttpURLConnection) endpoint.toURL().openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) Math.min(CONNECT.toMillis(), limit.toMillis()));
            connection.setReadTimeout((int) limit.toMillis());
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setRequestProperty("Accept", "application/json");
            if (authorization != null) {
                connection.setRequestProperty("Authorization", authorization);
            }
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (var out = connection.getOutputStream()) {
                out.write(body);
            }
            int status = connection.getResponseCode();
            InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
            byte[] answer = in == null ? new byte[0] : read(in);
            read = true;
            return data(status, answer);
        } catch (SocketTimeoutException e) {
            throw tooSlow(limit, e);
        } catch (IOException e) {
            throw new TransientFailure(ErrorCode.BAD_GATEWAY, "The GraphQL server could not be reached.", null, e);
        } finally {
            if (connection != null && !read) { // one that was read to its end serves the next request, too
                connection.disconnect();
            }
        }
    }

    /** All of it, unless it is too much. */
    private static byte[] read(InputStream in) throws IOException {
        try (in) {
            byte[] whole = in.readNBytes(LARGEST_ANSWER + 1);
            if (whole.length > LARGEST_ANSWER) {
                throw new WakeboxException(ErrorCode.BAD_GATEWAY, "The GraphQL server's answer is too large.");
            }
            return whole;
        }
    }

    private static TransientFailure tooSlow(Duration limit, Exception cause) {
        return new TransientFailure(
                ErrorCode.GATEWAY_TIMEOUT,
                String.format(
                        Locale.ROOT, "The GraphQL server did not answer within %.1f s.", limit.toMillis() / 1000.0),
                null,
                cause);
    }

    private static Map<String, @Nullable Object> data(int status, byte[] answer) {
        if (status == 401 || status == 403) {
            throw new WakeboxException(
                    ErrorCode.UNAUTHORIZED, "The GraphQL server refuses the caller's token (" + status + ").");
        }
        Map<String, @Nullable Object> json;
        try {
            json = Json.object(answer);
        } catch (WakeboxException e) {
            throw new TransientFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The GraphQL server answered " + status + " and no JSON: is GraphqlEndpoint its URL?",
                    null,
                    e);
        }
        if (json.get("errors") instanceof List<?> errors && !errors.isEmpty()) {
            if (errors.stream().anyMatch(GraphQl::ofTheCaller)) {
                throw new WakeboxException(ErrorCode.UNAUTHORIZED, "The GraphQL server refuses the caller's token.");
            }
            throw refusal(status, errors.getFirst());
        }
        if (status / 100 == 2 && json.get("data") instanceof Map<?, ?> data) {
            return strings(data);
        }
        throw new TransientFailure(
                ErrorCode.BAD_GATEWAY, "The GraphQL server answered " + status + " without data.", null, null);
    }

    /** Whether an error is about who asks, in the codes that servers have in common. */
    private static boolean ofTheCaller(@Nullable Object error) {
        return error instanceof Map<?, ?> map
                && map.get("extensions") instanceof Map<?, ?> extensions
                && (Objects.equals(extensions.get("code"), "UNAUTHENTICATED")
                        || Objects.equals(extensions.get("code"), "FORBIDDEN"));
    }

    /** What the server says against an operation holds for the next attempt, too, unless it says so with a 5xx. */
    private static RuntimeException refusal(int status, @Nullable Object error) {
        String said = error instanceof Map<?, ?> map ? String.valueOf(map.get("message")) : String.valueOf(error);
        String message = "The GraphQL server refuses the operation: "
                + said.substring(0, Math.min(said.length(), LONGEST_QUOTE)) + ".";
        return status >= 500
                ? new TransientFailure(ErrorCode.BAD_GATEWAY, message, null, null)
                : new WakeboxException(ErrorCode.BAD_GATEWAY, message);
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> strings(Map<?, ?> data) {
        return (Map<String, @Nullable Object>) data;
    }
}
