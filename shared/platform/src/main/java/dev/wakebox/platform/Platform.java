package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The platform's API; each method is one attempt. Thread-safe.
 *
 * <p>Every method throws {@link PlatformFailure} when another attempt may go better (401, 429, 5xx, a broken or slow
 * connection) and {@link WakeboxException} when it won't: {@code NOT_FOUND} for what the platform does not know or no
 * longer keeps, {@code BAD_GATEWAY} when it refuses or leads us astray, {@code INTERNAL} when our token is no document.
 */
public final class Platform {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int REDIRECTS = 5;
    private static final Set<Integer> REDIRECT = Set.of(301, 302, 303, 307, 308);
    private static final int LARGEST_DOCUMENT = 1 << 20;
    private static final String REFUSED_TOKEN = "The platform refuses our token (%d). Put a valid one into its secret.";
    /** The platform takes no time without milliseconds. */
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Secret token;
    private final HostGuard guard;
    private final Clock clock;

    public Platform(Secret token, HostGuard guard, Clock clock) {
        this.token = requireNonNull(token, "token is null");
        this.guard = requireNonNull(guard, "guard is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** What the platform says of a job: {@code output_filename}, {@code state} and more. */
    public Map<String, @Nullable Object> job(String id, Instant deadline) {
        return document(id, exchange("GET", "/v1/jobs/" + id, null, deadline), "job", deadline);
    }

    /**
     * Begins to download a job's output.
     *
     * @throws OutOfBudgetException when it is known to be too large
     */
    public Download output(String id, Budget budget) {
        try {
            HttpURLConnection answer = exchange("GET", "/v1/jobs/" + id + "/output", null, budget.deadline());
            int status = answer.getResponseCode();
            if (status != 200) {
                answer.disconnect();
                throw new PlatformFailure(
                        ErrorCode.BAD_GATEWAY,
                        "The platform answered " + status + " instead of the whole output.",
                        retryAfter(answer.getHeaderField("Retry-After")),
                        null);
            }
            return new Download(answer, budget, clock);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /**
     * Tells the platform of data that it can fetch.
     *
     * @param dataTtl when the platform forgets it
     * @return the platform's id of the data
     */
    public String register(
            String signedUrl, String filename, String mimetype, long size, Instant dataTtl, Instant deadline) {
        var body = Body.json(Map.of(
                "signed_url", signedUrl,
                "filename", filename,
                "mimetype", mimetype,
                "size", size,
                "data_ttl", MILLISECONDS.format(dataTtl)));
        return id(
                document(filename, exchange("POST", "/v1/data/url", body, deadline), "data", deadline),
                "data",
                filename);
    }

    /**
     * Starts an analytic on registered data: a form with the job's description as a file, as the platform's own clients
     * send it.
     *
     * @return the platform's id of the job
     * @throws AnswerLostException when the job may run although nobody knows its id
     */
    public String start(String analytic, String dataId, String name, Instant deadline) {
        String job = Json.string(Map.of(
                "analytic", analytic, "inputs", Map.of("video", Map.of("data-id", dataId)), "parameters", Map.of()));
        var body = Body.job(job, Map.of("job_name", name, "auto_start", "true"));
        try {
            return id(document(name, exchange("POST", "/v1/jobs", body, deadline), "job", deadline), "job", name);
        } catch (PlatformFailure e) {
            throw e.mayBeDone() ? new AnswerLostException(e) : e;
        }
    }

    /** Sends with the token that is known, and once more with the store's when the platform refuses that one. */
    private HttpURLConnection exchange(String method, String path, @Nullable Body body, Instant deadline) {
        String known = token.value();
        try {
            PlatformToken to = PlatformToken.parse(known);
            HttpURLConnection answer = send(method, path, body, to, deadline);
            if (refusesToken(answer, to)) {
                String now = token.doubted();
                if (!now.equals(known)) {
                    answer.disconnect();
                    to = PlatformToken.parse(now);
                    answer = send(method, path, body, to, deadline);
                }
            }
            if (answer.getResponseCode() / 100 == 2) {
                return answer;
            }
            throw refusal(answer, to, deadline);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private HttpURLConnection send(String method, String path, @Nullable Body body, PlatformToken to, Instant deadline)
            throws IOException {
        URI url = URI.create(to.base() + path);
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            HttpURLConnection answer = request(method, url, body, to, deadline);
            if (!REDIRECT.contains(answer.getResponseCode()) || !method.equals("GET")) {
                return answer;
            }
            String location = answer.getHeaderField("Location");
            answer.disconnect();
            try {
                url = url.resolve(requireNonNull(location, "no Location"));
            } catch (IllegalArgumentException | NullPointerException e) {
                throw new WakeboxException(
                        ErrorCode.BAD_GATEWAY, "The platform redirects without a usable Location.", e);
            }
        }
        throw new WakeboxException(ErrorCode.BAD_GATEWAY, "The platform redirects in a circle.");
    }

    private HttpURLConnection request(
            String method, URI url, @Nullable Body body, PlatformToken token, Instant deadline) throws IOException {
        guard.check(url);
        var connection = (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(millis(CONNECT, deadline));
        // What creates something takes its time, and must not be asked for twice.
        connection.setReadTimeout(millis(body == null ? SILENCE : LONGEST, deadline));
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept-Encoding", "identity");
        // Each request has a connection of its own: on one that the other side is closing, a POST's answer is lost.
        // Only disconnect() ends it; when the answer's stream is closed first, Java keeps it for the next request.
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("User-Agent", "wakebox");
        if (sameOrigin(url, token.base())) {
            connection.setRequestProperty("Authorization", "Bearer " + token.privateKey());
        }
        if (body != null) {
            connection.setRequestProperty("Content-Type", body.contentType());
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.bytes().length);
        }
        try {
            connection.connect();
        } catch (IOException e) {
            throw new PlatformFailure(
                    e instanceof SocketTimeoutException ? ErrorCode.GATEWAY_TIMEOUT : ErrorCode.BAD_GATEWAY,
                    "The platform could not be reached.",
                    null,
                    e,
                    false);
        }
        if (body != null) {
            try (var out = connection.getOutputStream()) {
                out.write(body.bytes());
            }
        }
        return connection;
    }

    private int millis(Duration limit, Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        return (int) Math.max(1, Math.min(limit.toMillis(), left.toMillis()));
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && a.getPort() == b.getPort();
    }

    private static boolean refusesToken(HttpURLConnection answer, PlatformToken token) throws IOException {
        return (answer.getResponseCode() == 401 || answer.getResponseCode() == 403) && isOwn(answer, token);
    }

    /** Whether the platform itself has answered, and not where it redirects to. */
    private static boolean isOwn(HttpURLConnection answer, PlatformToken token) {
        return sameOrigin(URI.create(answer.getURL().toString()), token.base());
    }

    private RuntimeException refusal(HttpURLConnection answer, PlatformToken token, Instant deadline)
            throws IOException {
        int status = answer.getResponseCode();
        Duration retryAfter = retryAfter(answer.getHeaderField("Retry-After"));
        String message = "The platform answered " + status + said(answer, deadline) + ".";
        boolean own = isOwn(answer, token);
        boolean asked = answer.getRequestMethod().equals("GET");
        answer.disconnect();
        return switch (status) {
            case 404, 410 ->
                new WakeboxException(
                        ErrorCode.NOT_FOUND,
                        asked
                                ? "The platform does not know the job, or its output has expired."
                                : "The platform does not know the data or the analytic, or the data has expired.");
            case 401, 403 -> {
                if (!own) { // a signed URL that has expired: the next redirect leads to a fresh one
                    yield new PlatformFailure(
                            ErrorCode.BAD_GATEWAY,
                            "Where the platform redirects to answered " + status + ".",
                            retryAfter,
                            null);
                }
                // While a token is rotated, the platform and the secret may differ for a moment.
                yield status == 401
                        ? new PlatformFailure(
                                ErrorCode.BAD_GATEWAY, REFUSED_TOKEN.formatted(status), retryAfter, null, false)
                        : new WakeboxException(ErrorCode.BAD_GATEWAY, REFUSED_TOKEN.formatted(status));
            }
            case 408, 504 -> new PlatformFailure(ErrorCode.GATEWAY_TIMEOUT, message, retryAfter, null);
            case 429, 503 -> new PlatformFailure(ErrorCode.BAD_GATEWAY, message, retryAfter, null, false);
            default ->
                status >= 500
                        ? new PlatformFailure(ErrorCode.BAD_GATEWAY, message, retryAfter, null)
                        : new WakeboxException(ErrorCode.BAD_GATEWAY, message);
        };
    }

    /** {@code : <message>} from {@code {"error": {"message": …}}}, or nothing. */
    private String said(HttpURLConnection answer, Instant deadline) {
        try {
            InputStream in = answer.getErrorStream();
            if (in != null
                    && Json.object(read(in, deadline)).get("error") instanceof Map<?, ?> error
                    && error.get("message") instanceof String message) {
                return ": " + message.substring(0, Math.min(message.length(), 200));
            }
        } catch (IOException | WakeboxException e) {
            return "";
        }
        return "";
    }

    /** In seconds or as a date; null when there is none or it can't be read. */
    private @Nullable Duration retryAfter(@Nullable String header) {
        if (header == null) {
            return null;
        }
        Duration wait;
        try {
            wait = header.strip().matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(header.strip()))
                    : Duration.between(
                            clock.instant(),
                            ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeException e) {
            return null;
        }
        return wait.isNegative() ? null : wait;
    }

    /** All of it, unless it goes on for too long or is too large for a document. */
    private byte[] read(InputStream in, Instant deadline) throws IOException {
        var whole = new ByteArrayOutputStream();
        byte[] part = new byte[1 << 13];
        for (int n = in.read(part); n >= 0 && whole.size() <= LARGEST_DOCUMENT; n = in.read(part)) {
            whole.write(part, 0, n);
            if (!clock.instant().isBefore(deadline)) {
                throw new SocketTimeoutException("The document takes too long.");
            }
        }
        return whole.toByteArray();
    }

    private Map<String, @Nullable Object> document(
            String what, HttpURLConnection answer, String name, Instant deadline) {
        try {
            if (Json.object(read(answer.getInputStream(), deadline)).get(name) instanceof Map<?, ?> document) {
                return strings(document);
            }
        } catch (IOException e) {
            throw broken(e);
        } catch (WakeboxException e) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The platform's answer about \"" + what + "\" is no JSON document.",
                    null,
                    e);
        } finally {
            answer.disconnect();
        }
        throw new PlatformFailure(
                ErrorCode.BAD_GATEWAY,
                "The platform's answer about \"" + what + "\" has no \"" + name + "\".",
                null,
                null);
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static Map<String, @Nullable Object> strings(Map<?, ?> document) {
        return (Map<String, @Nullable Object>) document;
    }

    private static String id(Map<String, @Nullable Object> document, String kind, String what) {
        for (String field : List.of("id", kind + "_id")) {
            if (document.get(field) instanceof String id && !id.isEmpty()) {
                return id;
            }
        }
        throw new WakeboxException(
                ErrorCode.BAD_GATEWAY, "The platform gave no id to the " + kind + " \"" + what + "\".");
    }

    private static PlatformFailure broken(IOException e) {
        return e instanceof SocketTimeoutException
                ? new PlatformFailure(ErrorCode.GATEWAY_TIMEOUT, "The platform did not answer in time.", null, e)
                : new PlatformFailure(ErrorCode.BAD_GATEWAY, "The platform could not be reached.", null, e);
    }
}
