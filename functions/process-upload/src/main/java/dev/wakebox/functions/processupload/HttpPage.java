package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.platform.HostGuard;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls the page over HTTP: {@code GET /api/email_data/<id>} and {@code GET /api/default_matrix?id=<id>}. Thread-safe.
 *
 * <p>Requests use HTTPS, and plain HTTP only to this computer. The page may redirect to public hosts and to itself.
 */
final class HttpPage implements UploadPage {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int LARGEST_ANSWER = 64 * 1024;
    private static final int MOST_REDIRECTS = 3;
    private static final Set<Integer> REDIRECT = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "localhost");
    /** The original page answers errors with status 200 and the status in the body. */
    private static final String STATUS_IN_BODY = "status";

    private final URI base;
    private final boolean asksForMatrix;
    private final Language language;
    private final Duration limit;
    private final Clock clock;
    private final HostGuard guard;

    /** The status of an answer, with the document if the status is 2xx. */
    private record Reply(int status, JsonObject document) {}

    /**
     * Creates the client without sending a request.
     *
     * @param url of the page, without its {@code /api}
     * @param asksForMatrix whether there are two ways to process a file
     * @param language of the mails to the page's users
     * @param limit the timeout of one request
     * @throws IllegalStateException when the URL can't be used
     */
    HttpPage(String url, boolean asksForMatrix, Language language, Duration limit, Clock clock) {
        this.asksForMatrix = asksForMatrix;
        this.language = requireNonNull(language, "language is null");
        this.limit = requireNonNull(limit, "limit is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.base = base(url);
        // The configured host may be private; redirects may also lead to public hosts.
        this.guard = new HostGuard(Set.of(base.getHost()));
    }

    private static URI base(String url) {
        try {
            URI base = URI.create(url.replaceAll("/+$", ""));
            boolean here = base.getHost() != null && THIS_MACHINE.contains(base.getHost());
            boolean usable = base.getHost() != null
                    && base.getUserInfo() == null
                    && base.getQuery() == null
                    && base.getFragment() == null;
            if (usable && ("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && here))) {
                return base;
            }
        } catch (IllegalArgumentException e) {
            // both cases have the same message
        }
        throw new IllegalStateException("PAGE_URL is \"" + url
                + "\"; it must be the page's URL without query, such as https://page.example.org. http is for"
                + " 127.0.0.1 only.");
    }

    @Override
    public Answer ask(String uploadId) {
        Reply reply = get("/api/email_data/" + uploadId);
        if (reply.status() >= 400) {
            return new Answer.Refused("the page answered " + reply.status() + " when asked for its owner");
        }
        JsonObject data = member(reply.document(), "data");
        if (data.containsKey("emailInfo") && data.get("emailInfo") == null) {
            return new Answer.Refused("the page does not know it");
        }
        JsonObject info = member(data, "emailInfo");
        JsonObject user = member(info, "user");
        String email = user.text("email");
        if (!Owner.isAddress(email)) {
            return new Answer.Refused("the page gives no address of its owner that a mail can be sent to");
        }
        var owner = new Owner(email, user.text("name"), language);
        return new Answer.Known(owner, info.text("name"), asksForMatrix && usesDefaultMatrix(uploadId));
    }

    private boolean usesDefaultMatrix(String uploadId) {
        Reply reply = get("/api/default_matrix?id=" + uploadId);
        JsonObject data = reply.status() >= 400 ? JsonObject.of() : member(reply.document(), "data");
        return switch (data.get("usesDefaultMatrix")) {
            case Boolean uses -> uses;
            case null, default -> throw strange("/api/default_matrix has no usesDefaultMatrix");
        };
    }

    /** Makes one attempt. Throws for a failure that the next delivery may avoid. */
    private Reply get(String path) {
        Instant deadline = clock.instant().plus(limit);
        try {
            URI url = URI.create(base + path);
            for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
                HttpURLConnection connection = open(url, deadline);
                try {
                    int status = connection.getResponseCode();
                    if (!REDIRECT.contains(status)) {
                        return reply(status, connection, deadline);
                    }
                    url = target(url, connection.getHeaderField("Location"));
                } finally {
                    connection.disconnect();
                }
            }
            throw strange("it redirects more than " + MOST_REDIRECTS + " times");
        } catch (SocketTimeoutException e) {
            throw new WakeboxException(
                    ErrorCode.GATEWAY_TIMEOUT, "The page did not answer within " + limit.toSeconds() + " s.", e);
        } catch (IOException e) {
            throw new WakeboxException(ErrorCode.BAD_GATEWAY, "The page could not be reached.", e);
        }
    }

    private HttpURLConnection open(URI url, Instant deadline) throws IOException {
        guard.check(url, base);
        var connection = (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) Math.min(CONNECT.toMillis(), left(deadline)));
        connection.setReadTimeout(left(deadline));
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("Accept-Encoding", "identity");
        connection.setRequestProperty("User-Agent", "wakebox");
        return connection;
    }

    private static Reply reply(int status, HttpURLConnection connection, Instant deadline, Clock clock)
            throws IOException {
        if (status == 408 || status == 429 || status >= 500) {
            throw failed(status);
        }
        if (status / 100 != 2) {
            return new Reply(status, JsonObject.of());
        }
        var document = Json.object(read(connection, deadline, clock));
        if (document.containsKey("error")) {
            throw failed(document.get(STATUS_IN_BODY) instanceof Integer code ? code : 500);
        }
        return new Reply(status, document);
    }

    private Reply reply(int status, HttpURLConnection connection, Instant deadline) throws IOException {
        try {
            return reply(status, connection, deadline, clock);
        } catch (WakeboxException e) {
            throw e.code() == ErrorCode.INVALID_REQUEST ? strange("its answer is no JSON object") : e;
        }
    }

    private static byte[] read(HttpURLConnection connection, Instant deadline, Clock clock) throws IOException {
        var bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try (InputStream in = connection.getInputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes.write(buffer, 0, read);
                if (bytes.size() > LARGEST_ANSWER) {
                    throw strange("its answer has more than " + LARGEST_ANSWER + " bytes");
                }
                if (!clock.instant().isBefore(deadline)) {
                    throw new SocketTimeoutException("the answer takes too long");
                }
            }
        }
        return bytes.toByteArray();
    }

    /** A redirect from HTTPS never leads to HTTP. */
    private URI target(URI from, @Nullable String location) {
        try {
            URI url = from.resolve(location == null ? "" : location);
            if (location != null && base.getScheme().equals(url.getScheme())) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // both cases have the same message
        }
        throw strange("it redirects to where it can't be followed; set PageUrl to the page's final URL");
    }

    private int left(Instant deadline) {
        return (int) Math.max(1, Duration.between(clock.instant(), deadline).toMillis());
    }

    private static JsonObject member(JsonObject of, String name) {
        if (of.hasObject(name)) {
            return of.object(name);
        }
        throw strange("its answer has no \"" + name + "\"");
    }

    private static WakeboxException failed(int status) {
        return new WakeboxException(ErrorCode.BAD_GATEWAY, "The page failed: it answered " + status + ".");
    }

    private static WakeboxException strange(String why) {
        return new WakeboxException(
                ErrorCode.BAD_GATEWAY, "The page's answer can't be used: " + why + ". Is PageUrl its URL?");
    }
}
