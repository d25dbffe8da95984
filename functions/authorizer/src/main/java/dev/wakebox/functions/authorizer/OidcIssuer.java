package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Validates the tokens of an OpenID Connect issuer, with the keys that it publishes. The keys are kept for five minutes, and read
 * again earlier, twice in 30 seconds at most, for a token whose key is not among them: the issuer may have rotated them. While
 * the issuer is unreachable, keys of the last hour stay in use. Thread-safe.
 */
final class OidcIssuer {
    /** None of them can be verified with a secret, so a public key can't be mistaken for one. */
    static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Duration MAX_AGE_IN_OUTAGE = Duration.ofHours(1);
    private static final Duration WAIT_FOR_OTHER_READER = Duration.ofSeconds(5);
    private static final int LONGEST_SUBJECT = 255;

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final String roleClaim;

    /** @param roleClaim the name of the claim with the role, or with a list of roles */
    OidcIssuer(String issuer, String audience, String roleClaim, Clock clock) {
        this(issuer, audience, roleClaim, clock, Duration.ofSeconds(30));
    }

    /** @param between the time in which the keys are read twice at most */
    OidcIssuer(String issuer, String audience, String roleClaim, Clock clock, Duration between) {
        requireNonNull(clock, "clock is null");
        this.roleClaim = requireNonNull(roleClaim, "roleClaim is null");
        var keys = JWKSourceBuilder.create(new DiscoveredKeys(issuer))
                .cache(MAX_AGE.toMillis(), WAIT_FOR_OTHER_READER.toMillis())
                .refreshAheadCache(false) // its thread would be frozen between invocations
                .rateLimited(between.toMillis())
                .outageTolerant(MAX_AGE_IN_OUTAGE.toMillis())
                .build();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        var required = new JWTClaimsSet.Builder().issuer(issuer).build();
        var claims = new DefaultJWTClaimsVerifier<SecurityContext>(audience, required, Set.of("sub", "exp")) {
            @Override
            protected Date currentTime() {
                return Date.from(clock.instant());
            }
        };
        claims.setMaxClockSkew((int) Authorizer.CLOCK_SKEW.toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
    }

    /** @throws WakeboxException {@code UNAVAILABLE} when the issuer's keys can't be read */
    Decision decide(SignedJWT token) {
        try {
            return decide(processor.process(token, null));
        } catch (BadJOSEException e) {
            return new Decision.Refused("The issuer's token is not valid: " + e.getMessage() + ".");
        } catch (ParseException e) {
            return new Decision.Refused("A claim of the token has the wrong type.");
        } catch (JOSEException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof RateLimitReachedException) {
                    return new Decision.Refused("The issuer's token is signed with an unknown key.");
                }
            }
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE, "The keys of the OIDC issuer cannot be read: " + e.getMessage(), e);
        }
    }

    private Decision decide(JWTClaimsSet claims) throws ParseException {
        String subject = claims.getSubject();
        if (subject.isBlank() || subject.length() > LONGEST_SUBJECT) {
            return new Decision.Refused("The claim sub must have 1 to " + LONGEST_SUBJECT + " characters.");
        }
        List<String> mentorIds = claims.getStringListClaim("mentorIds");
        return new Decision.Allowed(
                subject,
                String.join(",", texts(claims.getClaim(roleClaim)).toList()),
                mentorIds == null ? List.of() : texts(mentorIds).toList());
    }

    /** Texts with a comma are left out: they would become several when the texts are passed on as one. */
    private static Stream<String> texts(@Nullable Object claim) {
        Stream<?> values = claim instanceof List<?> list ? list.stream() : Stream.ofNullable(claim);
        return values.filter(String.class::isInstance).map(String.class::cast).filter(text -> !text.contains(","));
    }
}
