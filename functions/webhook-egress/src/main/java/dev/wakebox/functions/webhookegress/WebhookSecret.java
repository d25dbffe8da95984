package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.platform.Secret;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a webhook was sent by somebody who has the secret: either the path ends with it, or the message was
 * signed with it lately ({@code X-Webhook-Signature: sha256=<HMAC-SHA-256, hex>} and {@code X-Webhook-Timestamp: <Unix
 * seconds>}). Thread-safe.
 *
 * <p>What is signed is the timestamp, a full stop and the raw body; the raw body alone is taken too, for senders that can
 * do no more.
 */
final class WebhookSecret {
    /** The part of the path that is the secret, for senders that can't sign. */
    static final String PATH_PARAMETER = "key";

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Pattern SIGNATURE = Pattern.compile("sha256=([0-9a-fA-F]{64})");

    private final Secret secrets;
    private final Clock clock;

    /** @param secrets one a line; each is good, so that the sender can change over in its own time */
    WebhookSecret(Secret secrets, Clock clock) {
        this.secrets = requireNonNull(secrets, "secrets is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** @throws WakeboxException {@code UNAUTHORIZED} when it wasn't */
    void verify(HttpRequest request) {
        String key = request.pathParameters().get(PATH_PARAMETER);
        if (key == null) {
            verifySignature(request);
        } else if (!isOneOf(lines(secrets.value()), key) && !isOneOf(lines(secrets.doubted()), key)) {
            throw unauthorized("The key at the end of the path is none of ours.");
        }
    }

    private static boolean isOneOf(List<byte[]> keys, String key) {
        byte[] given = key.getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (byte[] each : keys) {
            found |= MessageDigest.isEqual(each, given);
        }
        return found;
    }

    private void verifySignature(HttpRequest request) {
        String timestamp = timestamp(request.header("x-webhook-timestamp"));
        String header = request.header("x-webhook-signature");
        var match = SIGNATURE.matcher(header == null ? "" : header.strip());
        if (!match.matches()) {
            throw unauthorized("The header X-Webhook-Signature must be \"sha256=\" and 64 hexadecimal digits.");
        }
        byte[] signature = HexFormat.of().parseHex(match.group(1));
        if (!holds(signature, timestamp, request.body(), lines(secrets.value()))
                && !holds(signature, timestamp, request.body(), lines(secrets.doubted()))) {
            throw unauthorized("The signature does not hold.");
        }
    }

    private String timestamp(@Nullable String header) {
        if (header != null && header.strip().matches("\\d{1,12}")) {
            try {
                Instant sent = Instant.ofEpochSecond(Long.parseLong(header.strip()));
                if (Duration.between(sent, clock.instant()).abs().compareTo(WINDOW) <= 0) {
                    return header.strip();
                }
            } catch (DateTimeException e) {
                throw unauthorized("The header X-Webhook-Timestamp is no time.");
            }
            throw unauthorized("The header X-Webhook-Timestamp is more than five minutes off.");
        }
        throw unauthorized("The header X-Webhook-Timestamp must be the time in seconds since 1970.");
    }

    /** Compares with every secret, in the same time whichever holds. */
    private static boolean holds(byte[] signature, String timestamp, byte[] body, List<byte[]> keys) {
        byte[] prefix = (timestamp + ".").getBytes(StandardCharsets.US_ASCII);
        boolean holds = false;
        for (byte[] key : keys) {
            holds |= MessageDigest.isEqual(signature, hmac(key, prefix, body));
            holds |= MessageDigest.isEqual(signature, hmac(key, new byte[0], body));
        }
        return holds;
    }

    private static List<byte[]> lines(String secrets) {
        List<byte[]> keys = secrets.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toList();
        if (keys.isEmpty()) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The secret of the webhooks is empty; put one key a line.");
        }
        return keys;
    }

    private static byte[] hmac(byte[] key, byte[] prefix, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(prefix);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256.", e);
        }
    }

    private static WakeboxException unauthorized(String message) {
        return new WakeboxException(ErrorCode.UNAUTHORIZED, message);
    }
}
