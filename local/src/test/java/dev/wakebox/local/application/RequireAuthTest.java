package dev.wakebox.local.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.Jwt;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
        return Jwt.signed(
                Map.of(
                        "id",
                        "5f0cfea3395d762ca65405d1",
                        "role",
                        "USER",
                        "mentorIds",
                        List.of(),
                        "exp",
                        Instant.now().getEpochSecond() + validSeconds),
                secret);
    }
}
