package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetParseException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an issuer's keys at the address in its discovery document, each time anew. Thread-safe.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig">OpenID Connect Discovery, 4</a>
 */
final class DiscoveredKeys implements JWKSetSource<SecurityContext> {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration READ = Duration.ofSeconds(2);
    private static final int MOST_BYTES = 256 * 1024;

    private final ResourceRetriever http =
            new DefaultResourceRetriever((int) CONNECT.toMillis(), (int) READ.toMillis(), MOST_BYTES);
    private final String issuer;

    DiscoveredKeys(String issuer) {
        this.issuer = requireNonNull(issuer, "issuer is null");
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long currentTime, @Nullable SecurityContext context)
            throws JWKSetUnavailableException, JWKSetParseException {
        String document = issuer.replaceAll("/$", "") + "/.well-known/openid-configuration";
        try {
            Map<String, Object> configuration = JSONObjectUtils.parse(read(document));
            if (!issuer.equals(configuration.get("issuer"))) {
                throw new JWKSetUnavailableException(document + " is not of the issuer " + issuer);
            }
            String keys = String.valueOf(configuration.get("jwks_uri"));
            if (issuer.startsWith("https:") && !keys.startsWith("https:")) {
                throw new JWKSetUnavailableException("jwks_uri in " + document + " is not an https URL");
            }
            return JWKSet.parse(read(keys));
        } catch (ParseException e) {
            throw new JWKSetParseException("the answer of " + issuer + " can't be parsed", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new JWKSetUnavailableException(issuer + " can't be read", e);
        }
    }

    private String read(String url) throws IOException {
        return http.retrieveResource(URI.create(url).toURL()).getContent();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
