package dev.wakebox.functions.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizerTest {
    private static final String SECRET = "a-secret-for-tests-only-0123456789abcdef";
    private static final String ROTATED = "another-secret-for-tests-0123456789abcdef";
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    private Instant now = START;
    private String stored = SECRET;
    private int reads;
    private boolean storeDown;

    private final Clock clock = movable(() -> now);

    private final Authorizer authorizer = new Authorizer(Optional.of(this::readSecret), Optional.empty(), true, clock);

    @Test
    void decide_whenTheTokenIsGood_allowsItsBearer() throws JOSEException {
        assertThat(authorizer.decide("Bearer " + token(SECRET)))
                .isEqualTo(new Decision.Allowed("user-1", "mentor", List.of("m-1", "m-2")));
        assertThat(authorizer.decide("bearer  " + token(SECRET))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void decide_whenTheExpiryIsNotRequired_allowsATokenWithoutOneAndRefusesAnExpiredOne() throws JOSEException {
        var lenient = new Authorizer(Optional.of(this::readSecret), Optional.empty(), false, clock);

        assertThat(lenient.decide("Bearer " + token(SECRET, claims(c -> c.expirationTime(null)))))
                .isInstanceOf(Decision.Allowed.class);
        now = START.plusSeconds(7200);
        assertThat(lenient.decide("Bearer " + token(SECRET))).isEqualTo(new Decision.Refused("The token has expired."));
    }

    @Test
    void decide_whenThereIsNoHeader_refuses() {
        assertThat(authorizer.decide(null)).isEqualTo(new Decision.Refused("There is no Authorization header."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a b"})
    void decide_whenTheHeaderIsNotABearerToken_refuses(String header) {
        assertThat(authorizer.decide(header))
                .isEqualTo(new Decision.Refused("The Authorization header is not \"Bearer\" and a token."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "..", "e30.e30.", "a.b.c.d.e", "ı.ş.ğ"})
    void decide_whenItIsNoJwt_refuses(String token) {
        assertThat(authorizer.decide("Bearer " + token))
                .isEqualTo(new Decision.Refused("The token is not a signed JWT."));
    }

    @Test
    void decide_whenAlgIsNone_refuses() {
        String unsigned = new PlainJWT(claims(c -> c)).serialize();

        assertThat(authorizer.decide("Bearer " + unsigned)).isInstanceOf(Decision.Refused.class);
        assertThat(authorizer.decide("Bearer " + unsigned + "AAAA")).isInstanceOf(Decision.Refused.class);
        assertThat(reads).isZero();
    }

    @Test
    void decide_whenAlgIsAnother_refusesWithoutLookingAtTheSecret() throws JOSEException, GeneralSecurityException {
        var keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        String rs256 = token(
                JWSAlgorithm.RS256, new RSASSASigner(keys.generateKeyPair().getPrivate()), claims(c -> c));
        String hs384 = token(JWSAlgorithm.HS384, new MACSigner(SECRET.repeat(2)), claims(c -> c));

        for (String token : List.of(rs256, hs384)) {
            assertThat(authorizer.decide("Bearer " + token))
                    .isEqualTo(new Decision.Refused("The token is not signed with HS256."));
        }
        assertThat(reads).isZero();
    }

    @Test
    void decide_whenTheTokenIsForged_refuses() throws JOSEException {
        assertThat(authorizer.decide("Bearer " + token(ROTATED)))
                .isEqualTo(new Decision.Refused("The token's signature does not hold."));
    }

    @Test
    void decide_whenTheClaimsWereChangedAfterSigning_refuses() throws JOSEException {
        String[] good = token(SECRET).split("\\.", -1);
        String[] other = token(SECRET, claims(c -> c.claim("role", "admin"))).split("\\.", -1);

        assertThat(authorizer.decide("Bearer " + good[0] + "." + other[1] + "." + good[2]))
                .isEqualTo(new Decision.Refused("The token's signature does not hold."));
    }

    @Test
    void decide_whenExpired_refusesAfterAMinuteOfSkew() throws JOSEException {
        String header = "Bearer " + token(SECRET, claims(c -> c.expirationTime(Date.from(START))));

        now = START.plusSeconds(59);
        assertThat(authorizer.decide(header)).isInstanceOf(Decision.Allowed.class);
        now = START.plusSeconds(60);
        assertThat(authorizer.decide(header)).isEqualTo(new Decision.Refused("The token has expired."));
    }

    @Test
    void decide_whenNotValidYet_refusesUpToAMinuteBefore() throws JOSEException {
        String header = "Bearer " + token(SECRET, claims(c -> c.notBeforeTime(Date.from(START.plusSeconds(100)))));

        assertThat(authorizer.decide(header)).isEqualTo(new Decision.Refused("The token is not valid yet."));
        now = START.plusSeconds(40);
        assertThat(authorizer.decide(header)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void decide_whenThereIsNoExpiry_refuses() throws JOSEException {
        assertThat(authorizer.decide("Bearer " + token(SECRET, claims(c -> c.expirationTime(null)))))
                .isEqualTo(new Decision.Refused("The token has no expiry (exp)."));
    }

    @Test
    void decide_whenIdIsTooShortTooLongOrMissing_refuses() throws JOSEException {
        for (String id : new String[] {"1234", "x".repeat(61), null}) {
            assertThat(authorizer.decide("Bearer " + token(SECRET, claims(c -> c.claim("id", id)))))
                    .isEqualTo(new Decision.Refused("The claim id must have 5 to 60 characters."));
        }
        for (String id : List.of("12345", "x".repeat(60))) {
            assertThat(authorizer.decide("Bearer " + token(SECRET, claims(c -> c.claim("id", id)))))
                    .isInstanceOf(Decision.Allowed.class);
        }
    }

    @Test
    void decide_whenAnotherClaimIsUnfit_refuses() throws JOSEException {
        for (var claims : List.of(
                claims(c -> c.claim("role", null)),
                claims(c -> c.claim("mentorIds", null)),
                claims(c -> c.claim("mentorIds", List.of("m-1,m-2"))))) {
            assertThat(authorizer.decide("Bearer " + token(SECRET, claims)))
                    .as("%s", claims)
                    .isInstanceOf(Decision.Refused.class);
        }
    }

    @Test
    void decide_whenAClaimHasTheWrongType_saysSo() throws JOSEException {
        for (var claims : List.of(
                claims(c -> c.claim("exp", "tomorrow")),
                claims(c -> c.claim("id", 123456)),
                claims(c -> c.claim("role", List.of("admin"))),
                claims(c -> c.claim("mentorIds", "m-1")),
                claims(c -> c.claim("mentorIds", List.of(7))))) {
            assertThat(authorizer.decide("Bearer " + token(SECRET, claims)))
                    .as("%s", claims)
                    .isEqualTo(new Decision.Refused("A claim of the token has the wrong type."));
        }
    }

    @Test
    void decide_whenWhatIsSignedIsNoObject_refuses() throws JOSEException {
        var signed = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload("claims"));
        signed.sign(new MACSigner(SECRET));

        assertThat(authorizer.decide("Bearer " + signed.serialize()))
                .isEqualTo(new Decision.Refused("The token is not a signed JWT."));
    }

    @Test
    void decide_whenTheSecretIsRotated_readsItAgainAtMostEvery30Seconds() throws JOSEException {
        authorizer.decide("Bearer " + token(SECRET));
        stored = ROTATED;

        now = START.plusSeconds(29);
        assertThat(authorizer.decide("Bearer " + token(ROTATED))).isInstanceOf(Decision.Refused.class);
        assertThat(reads).isEqualTo(1);

        now = START.plusSeconds(30);
        assertThat(authorizer.decide("Bearer " + token(ROTATED))).isInstanceOf(Decision.Allowed.class);
        assertThat(authorizer.decide("Bearer " + token(SECRET))).isInstanceOf(Decision.Refused.class);
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void decide_whenTheSecretIsFiveMinutesOld_readsItAgain() throws JOSEException {
        for (int minute = 0; minute < 10; minute++) {
            now = START.plus(Duration.ofMinutes(minute));
            assertThat(authorizer.decide("Bearer " + token(SECRET))).isInstanceOf(Decision.Allowed.class);
        }
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void decide_whenTheStoreIsDown_fails() {
        storeDown = true;

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> authorizer.decide("Bearer " + token(SECRET)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void decide_whenTheStoreFailsOnAForgedToken_keepsTheSecretForTheOthers() throws JOSEException {
        authorizer.decide("Bearer " + token(SECRET));
        storeDown = true;
        now = START.plusSeconds(31);

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> authorizer.decide("Bearer " + token(ROTATED)));
        assertThat(authorizer.decide("Bearer " + token(SECRET))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void decide_whenTheSecretIsTooShort_failsWithoutShowingIt() {
        stored = "short-secret";

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> authorizer.decide("Bearer " + token(SECRET)))
                .withMessageContaining("32 bytes")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(stored));
    }

    private static Clock movable(InstantSource source) {
        return source.withZone(ZoneOffset.UTC);
    }

    private String readSecret() {
        reads++;
        if (storeDown) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read the parameter.");
        }
        return stored;
    }

    private static String token(String secret) throws JOSEException {
        return token(secret, claims(c -> c));
    }

    private static String token(String secret, JWTClaimsSet claims) throws JOSEException {
        return token(JWSAlgorithm.HS256, new MACSigner(secret), claims);
    }

    private static String token(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims) throws JOSEException {
        var token = new SignedJWT(new JWSHeader(algorithm), claims);
        token.sign(signer);
        return token.serialize();
    }

    private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return change.apply(new JWTClaimsSet.Builder()
                        .claim("id", "user-1")
                        .claim("role", "mentor")
                        .claim("mentorIds", List.of("m-1", "m-2"))
                        .expirationTime(Date.from(START.plus(Duration.ofHours(1)))))
                .build();
    }
}
