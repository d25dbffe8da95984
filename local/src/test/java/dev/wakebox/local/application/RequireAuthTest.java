package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application deployed with {@code RequireAuth=true}. */
class RequireAuthTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of("RequireAuth", "true", "JwtSecretParameter", "/test/secret"));
        app.ssm.putParameter(
                request -> request.name("/test/secret").type("SecureString").value(SECRET));
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void request_whenTheTokenIsGood_isAnswered() {
        assertThat(app.get("/status", "authorization", "Bearer " + jwt(SECRET, 600))
                        .text("status"))
                .isEqualTo("sleeping");
    }

    @Test
    void request_whenThereIsNoToken_isUnauthorized() {
        assertThat(app.get("/status").status()).isEqualTo(401);
        assertThat(app.train().status()).isEqualTo(401);
        assertThat(app.post("/datasets", "{}").status()).isEqualTo(401);
    }

    @Test
    void request_whenTheTokenIsForgedOrExpired_isForbidden() {
        for (String token : List.of(jwt("another secret, also 32 bytes long", 600), jwt(SECRET, -600), "x.y.z", "")) {
            assertThat(app.get("/status", "authorization", "Bearer " + token).status())
                    .isBetween(401, 403);
        }
    }

    private static String jwt(String secret, long validSeconds) {
        String signed = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8)) + "."
                + base64(Json.bytes(Map.of(
                        "id",
                        "5f0cfea3395d762ca65405d1",
                        "role",
                        "USER",
                        "mentorIds",
                        List.of(),
                        "exp",
                        Instant.now().getEpochSecond() + validSeconds)));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return signed + "." + base64(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
