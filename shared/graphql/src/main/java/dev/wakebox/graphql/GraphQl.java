package dev.wakebox.graphql;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpConnections;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.TransientFailure;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.secrets.StoredSecret;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
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
    private final Optional<SecretHeader> secretHeader;
    private final @Nullable Instant end;

    /**
     * Timeouts for requests to a server.
     *
     * @param attempt for one attempt
     * @param all for all attempts of a request
     */
    public record Limits(Duration attempt, Duration all) {
        public Limits {
            requireNonNull(attempt, "attempt is null");
            requireNonNull(all, "all is null");
        }
    }

    /** @param secretHeader sent with every request, if present */
    public GraphQl(URI endpoint, Limits limits, Retries retries, Clock clock, Optional<SecretHeader> secretHeader) {
        this(endpoint, limits, retries, clock, secretHeader, null);
    }

    private GraphQl(
            URI endpoint,
            Limits limits,
            Retries retries,
            Clock clock,
            Optional<SecretHeader> secretHeader,
            @Nullable Instant end) {
        this.endpoint = requireNonNull(endpoint, "endpoint is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.retries = requireNonNull(retries, "retries is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.secretHeader = requireNonNull(secretHeader, "secretHeader is null");
        this.end = end;
    }

    /** The server at {@code GRAPHQL_ENDPOINT}, if set; its secret header is in {@code GRAPHQL_SECRET_HEADER_ARN}. */
    public static Optional<GraphQl> ofEnvironment(Limits limits) {
        Clock clock = Clock.systemUTC();
        return Environment.optional("GRAPHQL_ENDPOINT")
                .map(url -> new GraphQl(
                        URI.create(url),
                        limits,
                        new Retries(clock, Pause.ofThread(), () -> ThreadLocalRandom.current()
                                .nextDouble()),
                        clock,
                        Environment.optional("GRAPHQL_SECRET_HEADER_ARN")
                                .map(arn -> new SecretHeader(new Secret(StoredSecret.of(arn), clock)))));
    }

    /**
     * A view of this client for one inbound request. All requests made through it share one deadline: {@code
     * limits.all()} from now.
     */
    public GraphQl forOneRequest() {
        return new GraphQl(
                endpoint, limits, retries, clock, secretHeader, clock.instant().plus(limits.all()));
    }

    /**
     * Sends an idempotent operation, and retries transient failures.
     *
     * @return the answer's {@code data}
     */
    public JsonObject ask(String operation, Map<String, ?> variables, CallerHeaders caller) {
        byte[] body = body(operation, variables);
        Map<String, String> headers = headers(caller);
        Instant deadline = end == null ? clock.instant().plus(limits.all()) : end;
        return retries.until(deadline, () -> attempt(body, headers, deadline));
    }

    /** Sends an operation in one attempt. */
    public JsonObject askOnce(String operation, Map<String, ?> variables, CallerHeaders caller) {
        try {
            return attempt(
                    body(operation, variables), headers(caller), clock.instant().plus(limits.all()));
        } catch (TransientFailure e) {
            throw new WakeboxException(e.code(), e.getMessage(), e);
        }
    }

    private Map<String, String> headers(CallerHeaders caller) {
        var headers = new LinkedHashMap<>(caller.byName());
        secretHeader.map(SecretHeader::read).ifPresent(secret -> headers.put(secret.getKey(), secret.getValue()));
        return headers;
    }

    private static byte[] body(String operation, Map<String, ?> variables) {
        return Json.bytes(Map.of("query", operation, "variables", variables));
    }

    /** Runs in a thread of its own, because a socket's timeout applies to each read and not to all of them. */
    private JsonObject attempt(byte[] body, Map<String, String> headers, Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        Duration limit = left.compareTo(limits.attempt()) < 0 ? left : limits.attempt();
        if (limit.toMillis() < 1) {
            throw new TransientFailure(ErrorCode.GATEWAY_TIMEOUT, "The GraphQL server took too long.", null, null);
        }
        var answer = new FutureTask<>(() -> exchange(body, headers, limit));
        Thread.ofVirtual().start(answer);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw tooSlow(limit, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("The request to the GraphQL server failed.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "The wait for the GraphQL server was interrupted.", e);
        } finally {
            answer.cancel(true); // closes the socket if the exchange is still running
        }
    }

    private JsonObject exchange(byte[] body, Map<String, String> headers, Duration limit) {
        HttpURLConnection connection = null;
        boolean read = false;
        try {
            connection = HttpConnections.open(endpoint.toURL());
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) Math.min(CONNECT.toMillis(), limit.toMillis()));
            connection.setReadTimeout((int) limit.toMillis());
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setRequestProperty("Accept", "application/json");
            headers.forEach(connection::setRequestProperty);
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
            if (connection != null && !read) { // a connection that was read to its end is reused
                connection.disconnect();
            }
        }
    }

    /**
     * Reads the whole answer.
     *
     * @throws WakeboxException when it is too large
     */
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

    private static JsonObject data(int status, byte[] answer) {
        if (status == 401 || status == 403) {
            throw new WakeboxException(
                    ErrorCode.UNAUTHORIZED, "The GraphQL server refuses the caller's token (" + status + ").");
        }
        JsonObject json;
        try {
            json = Json.object(answer);
        } catch (WakeboxException e) {
            throw new TransientFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The GraphQL server answered " + status + " and no JSON: is GraphqlEndpoint its URL?",
                    null,
                    e);
        }
        List<? extends @Nullable Object> errors = json.list("errors");
        if (!errors.isEmpty()) {
            if (errors.stream().anyMatch(GraphQl::ofTheCaller)) {
                throw new WakeboxException(ErrorCode.UNAUTHORIZED, "The GraphQL server refuses the caller's token.");
            }
            throw refusal(status, errors.getFirst());
        }
        if (status / 100 == 2 && json.hasObject("data")) {
            return json.object("data");
        }
        throw new TransientFailure(
                ErrorCode.BAD_GATEWAY, "The GraphQL server answered " + status + " without data.", null, null);
    }

    /** Whether an error concerns the caller's token, by the usual error codes. */
    private static boolean ofTheCaller(@Nullable Object error) {
        return JsonObject.from(error)
                .map(fields -> fields.object("extensions").text("code"))
                .filter(code -> code.equals("UNAUTHENTICATED") || code.equals("FORBIDDEN"))
                .isPresent();
    }

    /** The server's refusal of an operation is permanent, unless the status is a 5xx. */
    private static RuntimeException refusal(int status, @Nullable Object error) {
        String said = String.valueOf(error instanceof Map<?, ?> fields ? fields.get("message") : error);
        String message = "The GraphQL server refuses the operation: "
                + said.substring(0, Math.min(said.length(), LONGEST_QUOTE)) + ".";
        return status >= 500
                ? new TransientFailure(ErrorCode.BAD_GATEWAY, message, null, null)
                : new WakeboxException(ErrorCode.BAD_GATEWAY, message);
    }
}
