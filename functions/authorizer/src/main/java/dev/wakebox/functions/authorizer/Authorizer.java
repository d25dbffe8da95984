package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the bearer of a token may pass: HS256, signed with the secret, not expired, with the claims {@code id},
 * {@code role} and {@code mentorIds}. Thread-safe.
 */
final class Authorizer {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +(\\S+)");
    private static final String NO_JWT = "The token is not a signed JWT.";
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
    private static final int SHORTEST_ID = 5;
    private static final int LONGEST_ID = 60;

    private final SigningKey key;
    private final Clock clock;

    Authorizer(Secrets secrets, Clock clock) {
        this.key = new SigningKey(secrets, clock);
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** @throws dev.wakebox.runtime.WakeboxException when the secret can't be read, so that nothing can be decided */
    Decision decide(@Nullable String authorization) {
        if (authorization == null) {
            return new Decision.Refused("There is no Authorization header.");
        }
        var bearer = BEARER.matcher(authorization.strip());
        if (!bearer.matches()) {
            return new Decision.Refused("The Authorization header is not \"Bearer\" and a token.");
        }
        try {
            SignedJWT token = SignedJWT.parse(bearer.group(1));
            if (!JWSAlgorithm.HS256.equals(token.getHeader().getAlgorithm())) {
                return new Decision.Refused("The token is not signed with HS256.");
            }
            if (!key.signed(token)) {
                return new Decision.Refused("The token's signature does not hold.");
            }
            return token.getPayload().toJSONObject() == null ? new Decision.Refused(NO_JWT) : decide(token);
        } catch (ParseException e) {
            return new Decision.Refused(NO_JWT);
        } catch (JOSEException e) {
            return new Decision.Refused("The token's signature cannot be checked.");
        }
    }

    private Decision decide(SignedJWT token) {
        try {
            return decide(token.getJWTClaimsSet());
        } catch (ParseException e) {
            return new Decision.Refused("A claim of the token has the wrong type.");
        }
    }

    private Decision decide(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            return new Decision.Refused("The token has no expiry (exp).");
        }
        if (!now.isBefore(expires.toInstant().plus(CLOCK_SKEW))) {
            return new Decision.Refused("The token has expired.");
        }
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && now.isBefore(notBefore.toInstant().minus(CLOCK_SKEW))) {
            return new Decision.Refused("The token is not valid yet.");
        }
        String id = claims.getStringClaim("id");
        if (id == null || id.length() < SHORTEST_ID || id.length() > LONGEST_ID) {
            return new Decision.Refused("The claim id must have " + SHORTEST_ID + " to " + LONGEST_ID + " characters.");
        }
        String role = claims.getStringClaim("role");
        if (role == null || role.isBlank()) {
            return new Decision.Refused("The claim role is missing.");
        }
        List<String> mentorIds = claims.getStringListClaim("mentorIds");
        if (mentorIds == null || mentorIds.stream().anyMatch(Authorizer::unfitForJoining)) {
            return new Decision.Refused("The claim mentorIds must be a list of texts without commas.");
        }
        return new Decision.Allowed(id, role, mentorIds);
    }

    private static boolean unfitForJoining(@Nullable String mentorId) {
        return mentorId == null || mentorId.contains(",");
    }
}
