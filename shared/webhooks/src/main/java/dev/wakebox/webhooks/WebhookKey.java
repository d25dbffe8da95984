package dev.wakebox.webhooks;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that signs and verifies webhooks: {@code whsec_} and the bytes of the key in base64. Thread-safe.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks</a>
 */
public final class WebhookKey {
    /** The header with the id of the event, which is the same in every delivery of it. */
    public static final String ID = "webhook-id";
    /** The header with the time of the delivery, in seconds since 1970. */
    public static final String TIMESTAMP = "webhook-timestamp";
    /** The header with one or more signatures, separated by spaces. */
    public static final String SIGNATURE = "webhook-signature";

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    private WebhookKey(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * The keys of a text with one per line; lines without the prefix are skipped, because they are keys of another
     * kind.
     *
     * @throws WakeboxException {@code INTERNAL} when a line with the prefix is not base64
     */
    public static List<WebhookKey> lines(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(PREFIX))
                .map(WebhookKey::parse)
                .toList();
    }

    private static WebhookKey parse(String line) {
        try {
            byte[] key = Base64.getDecoder().decode(line.substring(PREFIX.length()));
            if (key.length > 0) {
                return new WebhookKey(key);
            }
        } catch (IllegalArgumentException e) {
            // both cases have the same message, which must not show the key
        }
        throw new WakeboxException(
                ErrorCode.INTERNAL, "A key of the webhooks is not \"whsec_\" and base64; correct its line.");
    }

    /**
     * Signs a delivery.
     *
     * @param timestamp in seconds since 1970
     * @return {@code v1,} and the HMAC-SHA-256 of id, timestamp and body in base64
     */
    public String sign(String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256.", e);
        }
    }

    /**
     * Whether one of the signatures is this key's. Signatures of other versions, such as {@code v1a}, never are.
     *
     * @param signatures separated by spaces, as in the header
     */
    public boolean verifies(String signatures, String id, String timestamp, byte[] body) {
        byte[] expected = sign(id, timestamp, body).getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (String signature : signatures.split(" ", -1)) {
            found |= MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8));
        }
        return found;
    }
}
