package dev.wakebox.local.computer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.Json;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs JSON Web Tokens for the HTTP API. */
public final class Jwt {
    private Jwt() {}

    /** A token with these claims, signed with HS256. */
    public static String signed(Map<String, ?> claims, String secret) {
        String content = base64(Json.bytes(Map.of("alg", "HS256", "typ", "JWT"))) + "." + base64(Json.bytes(claims));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return content + "." + base64(mac.doFinal(content.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256.", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
