package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /**
     * How long a server may take.
     *
     * @param attempt until one attempt is given up
     * @param all until no further attempt is made
     */
    public record Limits(Duration attempt, Duration all) {
        public Limits {
            requireNonNull(attempt, "attempt is null");
            requireNonNull(all, "all is null");
        }
    }

    public GraphQl(URI endpoint, Limits limits, Retries retries, Clock clock) {
        this.endpoint = requireNonNull(endpoint, "endpoint is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.retries = requireNonNull(retries, "retries is null");
        this.clock = requireNonNull(clock, "clock is null");
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
        return retries.until(clock.instant().plus(limits.all()), () -> attempt(body, authorization));
    }

    /** Sends an operation in one attempt. */
    public Map<String, @Nullable Object> askOnce(String operation, Map<String, ?> variables) {
        try {
            return attempt(body(operation, variables), null);
        } catch (TransientFailure e) {
            throw new WakeboxException(e.code(), e.getMessage(), e);
        }
    }

    private static byte[] body(String operation, Map<String, ?> variables) {
        return Json.bytes(Map.of("query", operation, "variables", variables));
    }

    private Map<String, @Nullable Object> attempt(byte[] body, @Nullable String authorization) {
        Instant deadline = clock.instant().plus(limits.attempt());
        HttpURLConnection connection = null;
        boolean read = false;
        try {
            connection = (HttpURLConnection) endpoint.toURL().openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) CONNECT.toMillis());
            connection.setReadTimeout((int) limits.attempt().toMillis());
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
            byte[] answer = in == null ? new byte[0] : read(in, deadline);
            read = true;
            return data(status, answer);
        } catch (SocketTimeoutException e) {
            throw new TransientFailure(ErrorCode.GATEWAY_TIMEOUT, tooSlow(), null, e);
        } catch (IOException e) {
            throw new TransientFailure(ErrorCode.BAD_GATEWAY, "The GraphQL server could not be reached.", null, e);
        } finally {
            if (connection != null && !read) { // one that was read to its end serves the next request, too
                connection.disconnect();
            }
        }
    }

    /** All of it, unless it goes on for too long or is too much. */
    private byte[] read(InputStream in, Instant deadline) throws IOException {
        var whole = new ByteArrayOutputStream();
        byte[] part = new byte[1 << 16];
        try (in) {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                whole.write(part, 0, n);
                if (whole.size() > LARGEST_ANSWER) {
                    throw new WakeboxException(ErrorCode.BAD_GATEWAY, "The GraphQL server's answer is too large.");
                }
                if (clock.instant().isAfter(deadline)) {
                    throw new TransientFailure(ErrorCode.GATEWAY_TIMEOUT, tooSlow(), null, null);
                }
            }
        }
        return whole.toByteArray();
    }

    private String tooSlow() {
        return "The GraphQL server did not answer within " + limits.attempt().toMillis() / 1000.0 + " s.";
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
