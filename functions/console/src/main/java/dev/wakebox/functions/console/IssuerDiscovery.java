package dev.wakebox.functions.console;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.HttpConnections;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from an issuer's discovery document where users sign in. What it has read is kept for an hour, and longer while the issuer can't be
 * reached; then it asks again after ten seconds. Thread-safe.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig">OpenID Connect Discovery, 4</a>
 */
final class IssuerDiscovery {
    private static final Logger log = LoggerFactory.getLogger(IssuerDiscovery.class);

    private static final Duration MAX_AGE = Duration.ofHours(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);
    private static final int TIMEOUT_MILLIS = 2000;
    private static final int MOST_BYTES = 256 * 1024;

    /** What the page uses of the document. The first three must be there. */
    private static final List<String> FIELDS = List.of(
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "end_session_endpoint",
            "authorization_response_iss_parameter_supported",
            "id_token_signing_alg_values_supported");

    private static final List<String> ENDPOINTS =
            List.of("authorization_endpoint", "token_endpoint", "end_session_endpoint");

    private final String issuer;
    private final Clock clock;
    private @Nullable JsonObject known;
    private Instant askAgain = Instant.MIN;

    IssuerDiscovery(String issuer) {
        this(issuer, Clock.systemUTC());
    }

    IssuerDiscovery(String issuer, Clock clock) {
        this.issuer = requireNonNull(issuer, "issuer is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    String issuer() {
        return issuer;
    }

    /** The part of the document that the page uses; empty while the issuer has never been reached. */
    synchronized Optional<JsonObject> read() {
        Instant now = clock.instant();
        if (!now.isBefore(askAgain)) {
            try {
                known = used(ask());
                askAgain = now.plus(MAX_AGE);
            } catch (IOException | WakeboxException | IllegalArgumentException e) {
                log.warn("The discovery document of the issuer {} can't be used: {}", issuer, e.getMessage());
                askAgain = now.plus(PAUSE_AFTER_FAILURE);
            }
        }
        return Optional.ofNullable(known);
    }

    private JsonObject ask() throws IOException {
        URI document = URI.create(issuer.replaceAll("/$", "") + "/.well-known/openid-configuration");
        HttpURLConnection connection = HttpConnections.open(document.toURL());
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setRequestProperty("accept", "application/json");
        try (InputStream in = connection.getInputStream()) {
            return Json.object(in.readNBytes(MOST_BYTES));
        }
    }

    private JsonObject used(JsonObject document) throws IOException {
        if (!issuer.equals(document.text("issuer"))) {
            throw new IOException("it is of the issuer \"" + document.text("issuer") + "\"");
        }
        var used = JsonObject.of();
        for (String field : FIELDS) {
            if (document.get(field) != null) {
                used = used.with(field, document.get(field));
            }
        }
        for (String endpoint : ENDPOINTS) {
            boolean may = endpoint.equals("end_session_endpoint") && !used.has(endpoint);
            if (!may && !sameScheme(used.text(endpoint))) {
                throw new IOException(endpoint + " is no URL with the scheme of the issuer");
            }
        }
        return used;
    }

    /** An issuer with https has no endpoint without it. */
    private boolean sameScheme(String endpoint) {
        URI uri = URI.create(endpoint);
        return uri.getHost() != null && URI.create(issuer).getScheme().equals(uri.getScheme());
    }
}
