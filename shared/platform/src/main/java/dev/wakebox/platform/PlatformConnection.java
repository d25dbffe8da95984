package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpConnections;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.RetryAfter;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The platform's API over HTTP: our token, redirects, time limits, and what a refusal means. Thread-safe. */
final class PlatformConnection {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int REDIRECTS = 5;
    private static final Set<Integer> REDIRECT = Set.of(301, 302, 303, 307, 308);
    private static final int LARGEST_DOCUMENT = 1 << 20;
    private static final String REFUSED_TOKEN = "The platform refuses our token (%d). Put a valid one into its secret.";

    private final Secret token;
    private final HostGuard guard;
    private final Clock clock;

    PlatformConnection(Secret token, HostGuard guard, Clock clock) {
        this.token = requireNonNull(token, "token is null");
        this.guard = requireNonNull(guard, "guard is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Sends with the cached token, and once more with a fresh one when the platform refuses it.
     *
     * @return an answer with a status of 2xx, which the caller reads to its end or disconnects
     */
    HttpURLConnection exchange(String method, String path, @Nullable Body body, Instant deadline) {
        String known = token.value();
        try {
            PlatformToken to = PlatformToken.parse(known);
            HttpURLConnection answer = send(method, path, body, to, deadline);
            if (refusesToken(answer, to)) {
                String now = token.refreshed();
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
        var seen = new LinkedHashSet<URI>();
        boolean circle = false;
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            circle |= !seen.add(url);
            HttpURLConnection answer = request(method, url, body, to, deadline);
            if (!REDIRECT.contains(answer.getResponseCode()) || !method.equals("GET")) {
                Announcement.length(answer);
                return answer;
            }
            List<String> locations = Announcement.all(answer, "Location");
            answer.disconnect();
            url = RedirectTarget.of(url, locations);
        }
        throw new WakeboxException(
                ErrorCode.BAD_GATEWAY,
                circle
                        ? "The platform redirects in a circle."
                        : "The platform redirects more than " + REDIRECTS + " times; no more are followed.");
    }

    private HttpURLConnection request(
            String method, URI url, @Nullable Body body, PlatformToken token, Instant deadline) throws IOException {
        guard.check(url, token.base());
        HttpURLConnection connection = HttpConnections.openDirectly(url.toURL());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(millis(CONNECT, deadline));
        // A request that creates a resource is slow, and must not be sent twice.
        connection.setReadTimeout(millis(body == null ? SILENCE : LONGEST, deadline));
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept-Encoding", "identity");
        connection.setRequestProperty("User-Agent", "wakebox");
        if (sameOrigin(url, token.base())) {
            connection.setRequestProperty("Authorization", "Bearer " + token.privateKey());
        }
        if (body != null) {
            // Each POST has its own connection: on one that the other side is closing, its answer is lost. Only
            // disconnect() closes it; if the stream of the answer is closed first, Java keeps the connection for the
            // next request. A GET, which Java sends again then, leaves its connection to the next one.
            connection.setRequestProperty("Connection", "close");
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
                && port(a) == port(b);
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static boolean refusesToken(HttpURLConnection answer, PlatformToken token) throws IOException {
        return (answer.getResponseCode() == 401 || answer.getResponseCode() == 403) && isOwn(answer, token);
    }

    /** Whether the platform itself answered, and not the target of a redirect. */
    private static boolean isOwn(HttpURLConnection answer, PlatformToken token) {
        return sameOrigin(URI.create(answer.getURL().toString()), token.base());
    }

    private RuntimeException refusal(HttpURLConnection answer, PlatformToken token, Instant deadline)
            throws IOException {
        int status = answer.getResponseCode();
        Duration retryAfter = retryAfter(answer);
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
                if (!own) { // a signed URL has expired; the next redirect has a fresh one
                    yield new PlatformFailure(
                            ErrorCode.BAD_GATEWAY,
                            "The target of the platform's redirect answered " + status + ".",
                            retryAfter,
                            null);
                }
                // While a token is rotated, the platform and the secret may differ for a short time.
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

    /** {@code : <message>} from {@code {"error": {"message": …}}}; empty if there is none. */
    private String said(HttpURLConnection answer, Instant deadline) {
        try {
            InputStream in = answer.getErrorStream();
            if (in != null) {
                return object(in, deadline)
                        .object("error")
                        .optionalText("message")
                        .map(message -> ": " + message.substring(0, Math.min(message.length(), 200)))
                        .orElse("");
            }
        } catch (IOException | WakeboxException e) {
            return "";
        }
        return "";
    }

    /** How long the platform wants us to wait; null when it doesn't say. */
    @Nullable
    Duration retryAfter(HttpURLConnection answer) {
        return RetryAfter.parse(answer.getHeaderField("Retry-After"), clock.instant());
    }

    /** The JSON object of an answer, decompressed. */
    JsonObject object(InputStream answer, Instant deadline) throws IOException {
        return Json.object(read(Gzip.undone(answer), deadline));
    }

    /** Reads the whole answer, unless it takes too long or is too large for a document. */
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

    /** The failure to report for a connection that broke or timed out. */
    static PlatformFailure broken(IOException e) {
        return e instanceof SocketTimeoutException
                ? new PlatformFailure(ErrorCode.GATEWAY_TIMEOUT, "The platform did not answer in time.", null, e)
                : new PlatformFailure(ErrorCode.BAD_GATEWAY, "The platform could not be reached.", null, e);
    }
}
