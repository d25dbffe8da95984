package dev.wakebox.functions.console;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import java.net.URI;
import java.util.Optional;

/**
 * What the page needs to sign users in at the OpenID Connect issuer of the stack, by the authorization code flow with PKCE. Nothing of it is
 * secret: the client is a public one. Thread-safe.
 */
final class SignIn {
    private static final String TOKEN_ENDPOINT = "token_endpoint";

    private final IssuerDiscovery discovery;
    private final String clientId;
    private final String audience;
    private final String scope;

    /**
     * @param audience what the claim {@code aud} of the tokens must have that the API accepts
     * @param scope the scopes that the page asks for, separated by spaces
     */
    SignIn(IssuerDiscovery discovery, String clientId, String audience, String scope) {
        this.discovery = requireNonNull(discovery, "discovery is null");
        this.clientId = requireNonNull(clientId, "clientId is null");
        this.audience = requireNonNull(audience, "audience is null");
        this.scope = requireNonNull(scope, "scope is null");
    }

    /** Empty if the stack has no issuer, or the page is no client of it. Then users type a token in. */
    static Optional<SignIn> ofEnvironment() {
        return Environment.optional("OIDC_ISSUER").flatMap(issuer -> Environment.optional("OIDC_CLIENT_ID")
                .map(clientId -> new SignIn(
                        new IssuerDiscovery(issuer),
                        clientId,
                        Environment.required("OIDC_AUDIENCE"),
                        Environment.required("OIDC_SCOPE"))));
    }

    /** For the page. {@code server} is missing while the issuer can't be reached. */
    JsonObject toJson() {
        return JsonObject.of("issuer", discovery.issuer())
                .with("clientId", clientId)
                .with("scope", scope)
                // An ID token is for the client, an access token for the API. The authorizer takes the one for the
                // audience.
                .with("token", audience.equals(clientId) ? "id_token" : "access_token")
                .withPresent("server", discovery.read());
    }

    /** The origin to which the page sends the code that it has got, and later its refresh token. */
    Optional<String> tokenOrigin() {
        return discovery
                .read()
                .flatMap(server -> server.optionalText(TOKEN_ENDPOINT))
                .map(SignIn::origin);
    }

    private static String origin(String url) {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }
}
