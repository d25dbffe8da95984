package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.webhooks.WebhookKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that the sender of a webhook has the secret. Either the path ends with the secret, or the request is signed
 * with it. Thread-safe.
 *
 * <p>A request has the headers of {@linkplain WebhookKey Standard Webhooks}, or {@code X-Webhook-Signature:
 * sha256=<HMAC-SHA-256, hex or base64>} and {@code X-Webhook-Timestamp: <Unix seconds>}; one valid signature suffices
 * if it has both. The second one covers the timestamp, a full stop and the body, or the body alone for simple senders.
 * The body may be the compressed or the decompressed one.
 */
final class WebhookSecret {
    /** The path parameter with the secret, for senders that can't sign. */
    static final String PATH_PARAMETER = "key";

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Pattern SIGNATURE = Pattern.compile("(?i)sha256\\s*=\\s*(\\S+)");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");
    /** 32 bytes in base64, with or without padding, in the standard or the URL-safe alphabet. */
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{43}=?");

    private final Secret secrets;
    private final Clock clock;

    /** @param secrets one per line; all are valid, so that the sender can be changed before the old one is removed */
    WebhookSecret(Secret secrets, Clock clock) {
        this.secrets = requireNonNull(secrets, "secrets is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Verifies a webhook.
     *
     * @param plainBody the decompressed body
     * @throws WakeboxException {@code UNAUTHORIZED} when neither key nor signature is valid
     */
    void verify(HttpRequest request, byte[] plainBody) {
        String key = request.pathParameters().get(PATH_PARAMETER);
        if (key == null) {
            verifySignature(request, plainBody);
        } else if (!isOneOf(lines(secrets.value()), key) && !isOneOf(lines(secrets.refreshed()), key)) {
            throw unauthorized("The key at the end of the path is not valid.");
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

    private void verifySignature(HttpRequest request, byte[] plainBody) {
        List<byte[]> bodies = List.of(request.body(), plainBody);
        String standard = request.header(WebhookKey.SIGNATURE);
        String own = request.header("x-webhook-signature");
        if (standard != null && holds(standard, request, bodies)) {
            return;
        }
        if (standard != null && own == null) {
            throw unauthorized("No signature in the header webhook-signature holds.");
        }
        String timestamp = timestamp("X-Webhook-Timestamp", request);
        byte[] signature = signature(own);
        if (!holds(signature, timestamp, bodies, lines(secrets.value()))
                && !holds(signature, timestamp, bodies, lines(secrets.refreshed()))) {
            throw unauthorized("The signature does not hold.");
        }
    }

    /** Whether a signature of Standard Webhooks holds. */
    private boolean holds(String signatures, HttpRequest request, List<byte[]> bodies) {
        String id = request.header(WebhookKey.ID);
        if (id == null || id.isBlank()) {
            throw unauthorized("The header webhook-id is missing.");
        }
        String timestamp = timestamp(WebhookKey.TIMESTAMP, request);
        return holds(signatures, id, timestamp, bodies, secrets.value())
                || holds(signatures, id, timestamp, bodies, secrets.refreshed());
    }

    /** Compares with every key, so that the time doesn't depend on which one matches. */
    private static boolean holds(String signatures, String id, String timestamp, List<byte[]> bodies, String keys) {
        boolean holds = false;
        for (WebhookKey key : WebhookKey.lines(keys)) {
            for (byte[] body : bodies) {
                holds |= key.verifies(signatures, id, timestamp, body);
            }
        }
        return holds;
    }

    private static byte[] signature(@Nullable String header) {
        var match = SIGNATURE.matcher(header == null ? "" : header.strip());
        String text = match.matches() ? match.group(1) : "";
        if (HEX.matcher(text).matches()) {
            return HexFormat.of().parseHex(text);
        }
        if (BASE64.matcher(text).matches()) {
            return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
        }
        throw unauthorized(
                "The header X-Webhook-Signature must be \"sha256=\" and 64 hexadecimal digits, or these 32 bytes in base64.");
    }

    private String timestamp(String name, HttpRequest request) {
        String header = request.header(name.toLowerCase(Locale.ROOT));
        if (header != null && header.strip().matches("\\d{1,12}")) {
            try {
                Instant sent = Instant.ofEpochSecond(Long.parseLong(header.strip()));
                if (Duration.between(sent, clock.instant()).abs().compareTo(WINDOW) <= 0) {
                    return header.strip();
                }
            } catch (DateTimeException e) {
                throw unauthorized("The header " + name + " is not a time.");
            }
            throw unauthorized("The header " + name + " is more than five minutes off.");
        }
        throw unauthorized("The header " + name + " must be the time in seconds since 1970.");
    }

    /** Compares with every secret, so that the time doesn't depend on which one matches. */
    private static boolean holds(byte[] signature, String timestamp, List<byte[]> bodies, List<byte[]> keys) {
        byte[] prefix = (timestamp + ".").getBytes(StandardCharsets.US_ASCII);
        boolean holds = false;
        for (byte[] key : keys) {
            for (byte[] body : bodies) {
                holds |= MessageDigest.isEqual(signature, hmac(key, prefix, body));
                holds |= MessageDigest.isEqual(signature, hmac(key, new byte[0], body));
            }
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
            throw new WakeboxException(
                    ErrorCode.INTERNAL, "The secret of the webhooks is empty; put one key per line.");
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
