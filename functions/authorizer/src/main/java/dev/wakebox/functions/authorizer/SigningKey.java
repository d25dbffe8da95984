package dev.wakebox.functions.authorizer;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signatures. It reads the secret again after five minutes, or after 30 seconds when a signature is not valid,
 * because the secret may have been rotated. Thread-safe.
 */
final class SigningKey {
    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Duration MIN_AGE_TO_DOUBT = Duration.ofSeconds(30);

    private final Secrets secrets;
    private final Clock clock;
    private @Nullable MACVerifier verifier;
    private Instant readAt = Instant.MIN;
    private Instant triedAt = Instant.MIN;

    SigningKey(Secrets secrets, Clock clock) {
        this.secrets = requireNonNull(secrets, "secrets is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Whether the token was signed with the secret. */
    synchronized boolean signed(SignedJWT token) throws JOSEException {
        MACVerifier known = verifier == null || olderThan(MAX_AGE, readAt) ? read() : verifier;
        return token.verify(known) || (olderThan(MIN_AGE_TO_DOUBT, triedAt) && token.verify(read()));
    }

    private boolean olderThan(Duration age, Instant time) {
        return !clock.instant().isBefore(time.plus(age));
    }

    /** If the store fails, the previous secret stays in use until it is too old. */
    private MACVerifier read() {
        triedAt = clock.instant();
        try {
            var read = new MACVerifier(secrets.read());
            verifier = read;
            readAt = triedAt;
            return read;
        } catch (KeyLengthException e) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL, "The secret that signs the tokens is too short; HS256 needs 32 bytes.", e);
        } catch (JOSEException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The secret that signs the tokens cannot be used.", e);
        }
    }
}
