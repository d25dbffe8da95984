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
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates a token. Its algorithm decides who must have signed it: HS256 is ours, with the secret and the claims {@code id},
 * {@code role} and {@code mentorIds}; RS256 and ES256 are the OIDC issuer's. Thread-safe.
 */
final class Authorizer {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +(\\S+)");
    private static final String NO_JWT = "The token is not a signed JWT.";
    static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
    private static final int SHORTEST_ID = 5;
    private static final int LONGEST_ID = 60;

    private final Optional<SigningKey> key;
    private final Optional<OidcIssuer> issuer;
    private final boolean requireExpiry;
    private final Clock clock;

    /**
     * @param secrets empty to refuse HS256
     * @param issuer empty to refuse RS256 and ES256
     * @param requireExpiry whether a token of ours without {@code exp} is refused
     */
    Authorizer(Optional<Secrets> secrets, Optional<OidcIssuer> issuer, boolean requireExpiry, Clock clock) {
        this.requireExpiry = requireExpiry;
        this.issuer = requireNonNull(issuer, "issuer is null");
        this.key = secrets.map(store -> new SigningKey(store, clock));
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** @throws dev.wakebox.runtime.WakeboxException when the secret or the issuer's keys can't be read */
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
            JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
            if (JWSAlgorithm.HS256.equals(algorithm) && key.isPresent()) {
                return key.get().signed(token)
                        ? ofOurs(token)
                        : new Decision.Refused("The token's signature does not hold.");
            }
            return issuer.isPresent() && OidcIssuer.ALGORITHMS.contains(algorithm)
                    ? issuer.get().decide(token)
                    : new Decision.Refused("The token is not signed with " + accepted() + ".");
        } catch (ParseException e) {
            return new Decision.Refused(NO_JWT);
        } catch (JOSEException e) {
            return new Decision.Refused("The token's signature cannot be checked.");
        }
    }

    private String accepted() {
        String ours = key.isPresent() ? "HS256" : "";
        String theirs = issuer.isPresent() ? "RS256 or ES256" : "";
        return ours + (ours.isEmpty() || theirs.isEmpty() ? "" : ", ") + theirs;
    }

    private Decision ofOurs(SignedJWT token) {
        if (token.getPayload().toJSONObject() == null) {
            return new Decision.Refused(NO_JWT);
        }
        try {
            return decide(token.getJWTClaimsSet());
        } catch (ParseException e) {
            return new Decision.Refused("A claim of the token has the wrong type.");
        }
    }

    private Decision decide(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null && requireExpiry) {
            return new Decision.Refused("The token has no expiry (exp).");
        }
        if (expires != null && !now.isBefore(expires.toInstant().plus(CLOCK_SKEW))) {
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
        if (mentorIds == null || mentorIds.stream().anyMatch(Authorizer::isMissingOrHasComma)) {
            return new Decision.Refused("The claim mentorIds must be a list of texts without commas.");
        }
        return new Decision.Allowed(id, role, mentorIds);
    }

    private static boolean isMissingOrHasComma(@Nullable String mentorId) {
        return mentorId == null || mentorId.contains(",");
    }
}
