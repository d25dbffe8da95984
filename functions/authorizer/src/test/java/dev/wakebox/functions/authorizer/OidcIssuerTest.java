package dev.wakebox.functions.authorizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer that answers on this computer, with keys that it rotates. */
class OidcIssuerTest {
    private static final String SECRET = "a-secret-for-tests-only-0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final RSAKey FIRST = key("first");
    private static final RSAKey SECOND = key("second");

    private final AtomicInteger reads = new AtomicInteger();
    private HttpServer server;
    private String issuer;
    private volatile String saysItIs;
    private volatile List<JWK> published = List.of(FIRST);
    private Authorizer authorizer;

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
        saysItIs = issuer;
        server.createContext(
                "/realm/.well-known/openid-configuration",
                exchange -> answer(exchange, "{\"issuer\":\"" + saysItIs + "\",\"jwks_uri\":\"" + issuer + "/keys\"}"));
        server.createContext("/realm/keys", exchange -> {
            reads.incrementAndGet();
            answer(exchange, new JWKSet(published).toString());
        });
        server.start();
        authorizer = authorizer(Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        try (exchange) {
            byte[] body = json.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Authorizer authorizer(Duration between) {
        var clock = Clock.fixed(NOW, ZoneOffset.UTC);
        return new Authorizer(
                Optional.of(() -> SECRET),
                Optional.of(new OidcIssuer(issuer, "wakebox", "groups", clock, between)),
                true,
                clock);
    }

    @Test
    void decide_whenTheTokenIsGood_allowsItsSubject() throws JOSEException {
        assertThat(decide(FIRST, claims(c -> c.claim("mentorIds", List.of("m-1", "m,2")))))
                .isEqualTo(new Decision.Allowed("auth0|ana", "runs-writer,other", List.of("m-1")));
        assertThat(decide(FIRST, claims(c -> c.claim("groups", "runs-reader"))))
                .isEqualTo(new Decision.Allowed("auth0|ana", "runs-reader", List.of()));
        assertThat(decide(FIRST, claims(c -> c.claim("groups", null))))
                .isEqualTo(new Decision.Allowed("auth0|ana", "", List.of()));
        assertThat(reads).hasValue(1);
    }

    @Test
    void decide_whenARoleHasAComma_leavesItOut() throws JOSEException {
        assertThat(decide(FIRST, claims(c -> c.claim("groups", List.of("x,runs-operator", "runs-reader", 7)))))
                .isEqualTo(new Decision.Allowed("auth0|ana", "runs-reader", List.of()));
    }

    @Test
    void decide_whenTheKeyIsAnEllipticCurve_allowsEs256() throws JOSEException {
        var key = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
        published = List.of(key.toPublicJWK());

        assertThat(decide(JWSAlgorithm.ES256, "curve", new ECDSASigner(key), claims(c -> c)))
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void decide_whenTheTokenIsOfOurs_stillAllowsHs256() throws JOSEException {
        var claims = new JWTClaimsSet.Builder()
                .claim("id", "user-1")
                .claim("role", "mentor")
                .claim("mentorIds", List.of())
                .expirationTime(Date.from(NOW.plusSeconds(60)))
                .build();

        assertThat(decide(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims))
                .isEqualTo(new Decision.Allowed("user-1", "mentor", List.of()));
        assertThat(reads).hasValue(0);
    }

    /** The attack: a token "signed" with the published key as if it were a shared secret. */
    @Test
    void decide_whenTheAlgorithmIsConfused_refuses() throws JOSEException {
        byte[] publicKey = FIRST.toRSAPublicKey().getEncoded();

        assertThat(decide(JWSAlgorithm.HS256, "first", new MACSigner(publicKey), claims(c -> c)))
                .isEqualTo(new Decision.Refused("The token's signature does not hold."));
        assertThat(decide(
                        JWSAlgorithm.HS256,
                        "first",
                        new MACSigner(FIRST.toPublicJWK().toJSONString()),
                        claims(c -> c)))
                .isInstanceOf(Decision.Refused.class);
        assertThat(decide(JWSAlgorithm.RS512, "first", new RSASSASigner(FIRST), claims(c -> c)))
                .isEqualTo(new Decision.Refused("The token is not signed with HS256, RS256 or ES256."));
        published = List.of(new OctetSequenceKey.Builder(SECRET.getBytes(UTF_8))
                .keyID("first")
                .build());
        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void decide_whenHs256IsOff_refusesIt() throws JOSEException {
        authorizer = new Authorizer(
                Optional.empty(),
                Optional.of(new OidcIssuer(issuer, "wakebox", "groups", Clock.systemUTC())),
                true,
                Clock.systemUTC());

        assertThat(decide(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims(c -> c)))
                .isEqualTo(new Decision.Refused("The token is not signed with RS256 or ES256."));
    }

    @Test
    void decide_whenAClaimIsWrong_refuses() throws JOSEException {
        for (var claims : List.of(
                claims(c -> c.issuer("https://elsewhere.example")),
                claims(c -> c.issuer(null)),
                claims(c -> c.audience("another")),
                claims(c -> c.audience((String) null)),
                claims(c -> c.subject(null)),
                claims(c -> c.subject(" ")),
                claims(c -> c.subject("x".repeat(256))),
                claims(c -> c.expirationTime(null)),
                claims(c -> c.expirationTime(Date.from(NOW.minusSeconds(61)))),
                claims(c -> c.notBeforeTime(Date.from(NOW.plusSeconds(61)))),
                claims(c -> c.claim("mentorIds", "m-1")))) {
            assertThat(decide(FIRST, claims)).as("%s", claims).isInstanceOf(Decision.Refused.class);
        }
        assertThat(decide(FIRST, claims(c -> c.expirationTime(Date.from(NOW.minusSeconds(58))))))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(decide(FIRST, claims(c -> c.audience(List.of("another", "wakebox")))))
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void decide_whenTheTokenIsForgedWithAKnownKeysId_refuses() throws JOSEException {
        assertThat(decide(JWSAlgorithm.RS256, "first", new RSASSASigner(SECOND), claims(c -> c)))
                .isInstanceOf(Decision.Refused.class);
    }

    @Test
    void decide_whenTheIssuerRotatesItsKeys_readsThemOnce() throws JOSEException {
        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Allowed.class);
        published = List.of(SECOND);

        assertThat(decide(SECOND, claims(c -> c))).isInstanceOf(Decision.Allowed.class);
        assertThat(decide(SECOND, claims(c -> c))).isInstanceOf(Decision.Allowed.class);
        assertThat(reads).hasValue(2);
        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void decide_whenManyTokensNameUnknownKeys_readsTheKeysTwiceAtMost() throws JOSEException {
        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Allowed.class);

        for (int i = 0; i < 20; i++) {
            assertThat(decide(JWSAlgorithm.RS256, "unknown-" + i, new RSASSASigner(SECOND), claims(c -> c)))
                    .isInstanceOf(Decision.Refused.class);
        }
        assertThat(reads).hasValue(2);
        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void decide_whenTheIssuerIsDown_failsOnlyIfItsKeysWereNeverRead() throws JOSEException {
        authorizer = authorizer(Duration.ofMillis(1));
        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Allowed.class);
        server.stop(0);

        assertThat(decide(FIRST, claims(c -> c))).isInstanceOf(Decision.Allowed.class);
        authorizer = authorizer(Duration.ofMinutes(1));
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> decide(FIRST, claims(c -> c)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void decide_whenTheDiscoveryDocumentIsOfAnotherIssuer_fails() {
        saysItIs = "https://elsewhere.example";

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> decide(FIRST, claims(c -> c)))
                .withMessageContaining("is not of the issuer");
    }

    private Decision decide(RSAKey key, JWTClaimsSet claims) throws JOSEException {
        return decide(JWSAlgorithm.RS256, key.getKeyID(), new RSASSASigner(key), claims);
    }

    private Decision decide(JWSAlgorithm algorithm, @Nullable String key, JWSSigner signer, JWTClaimsSet claims)
            throws JOSEException {
        var header = new JWSHeader.Builder(algorithm).keyID(key).type(JOSEObjectType.JWT);
        var token = new SignedJWT(header.build(), claims);
        token.sign(signer);
        return authorizer.decide("Bearer " + token.serialize());
    }

    private JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return change.apply(new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience("wakebox")
                        .subject("auth0|ana")
                        .claim("groups", List.of("runs-writer", "other"))
                        .expirationTime(Date.from(NOW.plusSeconds(600))))
                .build();
    }
}
