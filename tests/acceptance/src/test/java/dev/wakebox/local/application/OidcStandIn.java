package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** An OpenID Connect issuer on this computer that signs any claims with RS256 and can change its key. */
final class OidcStandIn implements AutoCloseable {
    static final String AUDIENCE = "wakebox-tests";

    private final HttpServer server;
    private volatile KeyPair keys = newKeys();
    private volatile String keyId = "key-1";

    OidcStandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        serve("/.well-known/openid-configuration", () -> Map.of("issuer", url(), "jwks_uri", url() + "/keys"));
        serve("/keys", () -> Map.of("keys", List.of(published())));
        server.start();
    }

    private void serve(String path, Supplier<Map<String, ?>> answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                byte[] body = Json.bytes(answer.get());
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on, another key signs, and only that one is published. */
    void rotate() {
        keys = newKeys();
        keyId = "key-2";
    }

    /** The header Authorization of a user. */
    String bearer(String subject, String... roles) {
        String content = base64(Map.of("alg", "RS256", "typ", "JWT", "kid", keyId))
                + "."
                + base64(Map.of(
                        "iss", url(),
                        "aud", AUDIENCE,
                        "sub", subject,
                        "role", List.of(roles),
                        "exp", Instant.now().plusSeconds(3600).getEpochSecond()));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(content.getBytes(UTF_8));
            return "Bearer " + content + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> published() {
        var key = (RSAPublicKey) keys.getPublic();
        var encoder = Base64.getUrlEncoder().withoutPadding();
        byte[] modulus = key.getModulus().toByteArray();
        return Map.of(
                "kty",
                "RSA",
                "kid",
                keyId,
                "use",
                "sig",
                "alg",
                "RS256",
                "n",
                encoder.encodeToString(Arrays.copyOfRange(modulus, 1, modulus.length)),
                "e",
                encoder.encodeToString(key.getPublicExponent().toByteArray()));
    }

    private static String base64(Map<String, ?> json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
