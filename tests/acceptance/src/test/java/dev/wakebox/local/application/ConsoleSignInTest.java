package dev.wakebox.local.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing in to the console at an identity provider: a real one, on this computer. */
class ConsoleSignInTest {
    /** In console/browser/provider.mjs. */
    private static final String CLIENT = "wakebox-console";

    @Test
    @InTestAll
    void console_atAnIdentityProvider_signsInRenewsAndSignsOut(@TempDir Path directory)
            throws IOException, InterruptedException {
        ConsoleInBrowser.isPossible();
        Process provider = ConsoleInBrowser.node(List.of("node", "browser/provider.mjs"), Map.of())
                .start();
        try (BufferedReader said = provider.inputReader()) {
            String issuer = said.lines()
                    .filter(line -> line.startsWith("http://127.0.0.1:"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the provider did not start"));
            // What it prints later must not fill its pipe.
            Thread.ofVirtual().start(() -> said.lines().forEach(line -> {}));
            try (var app = RunningApplication.start(
                    directory, Map.of("OidcIssuer", issuer, "OidcAudience", CLIENT, "OidcClientId", CLIENT))) {
                assertThat(app.get("/console/config.json").json()).containsKey("signIn");
                ConsoleInBrowser.play(
                        directory,
                        Map.of("WAKEBOX_API", String.valueOf(app.fact("api")), "WAKEBOX_ISSUER", issuer),
                        List.of("browser/signin.test.mjs"));
            }
        } finally {
            ConsoleInBrowser.stop(provider);
        }
    }
}
