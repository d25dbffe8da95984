package dev.wakebox.functions.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.JumpingClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerDiscoveryTest {
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;
    private String issuer;
    private volatile String document;
    private volatile int status = 200;
    private final JumpingClock clock = new JumpingClock();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + server.getAddress().getPort();
        document = Json.string(published());
        server.createContext("/.well-known/openid-configuration", exchange -> {
            try (exchange) {
                asked.incrementAndGet();
                byte[] body = document.getBytes(UTF_8);
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private JsonObject published() {
        return JsonObject.of("issuer", issuer)
                .with("authorization_endpoint", issuer + "/auth")
                .with("token_endpoint", "http://127.0.0.1:1/token")
                .with("end_session_endpoint", issuer + "/end")
                .with("id_token_signing_alg_values_supported", List.of("RS256"))
                .with("jwks_uri", issuer + "/keys");
    }

    @Test
    void read_whenReached_hasWhatThePageUses() {
        assertThat(new IssuerDiscovery(issuer, clock).read()).hasValueSatisfying(read -> assertThat(read.keySet())
                .containsExactlyInAnyOrder(
                        "issuer",
                        "authorization_endpoint",
                        "token_endpoint",
                        "end_session_endpoint",
                        "id_token_signing_alg_values_supported"));
    }

    @Test
    void read_withinAnHour_asksOnce() {
        var discovery = new IssuerDiscovery(issuer, clock);
        discovery.read();
        clock.jump(Duration.ofMinutes(59));
        discovery.read();
        assertThat(asked).hasValue(1);
        clock.jump(Duration.ofMinutes(1));
        discovery.read();
        assertThat(asked).hasValue(2);
    }

    @Test
    void read_whenTheIssuerFails_keepsTheLastAndAsksAgainSoon() {
        var discovery = new IssuerDiscovery(issuer, clock);
        status = 503;
        assertThat(discovery.read()).isEmpty();
        assertThat(discovery.read()).isEmpty();
        assertThat(asked).hasValue(1);
        status = 200;
        clock.jump(Duration.ofSeconds(10));
        assertThat(discovery.read()).isPresent();
        status = 503;
        clock.jump(Duration.ofHours(1));
        assertThat(discovery.read()).isPresent();
        assertThat(asked).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "nonsense",
                "{\"issuer\": \"https://other.example\"}",
                "{\"issuer\": \"ISSUER\", \"authorization_endpoint\": \"ISSUER/auth\"}",
                "{\"issuer\": \"ISSUER\", \"authorization_endpoint\": \"javascript:alert(1)\", \"token_endpoint\": \"ISSUER/token\"}",
                "{\"issuer\": \"ISSUER\", \"authorization_endpoint\": \"ISSUER/auth\", \"token_endpoint\": \"not a url\"}"
            })
    void read_ofADocumentThatIsWrong_isEmpty(String wrong) {
        document = wrong.replace("ISSUER", issuer);
        assertThat(new IssuerDiscovery(issuer, clock).read()).isEmpty();
    }

    @Test
    void page_withAnIssuer_mayAskItsTokenEndpointAndKnowsWhichTokenToSend() {
        var discovery = new IssuerDiscovery(issuer, clock);
        var forClient = new SignIn(discovery, "client", "client", "openid");
        assertThat(forClient.tokenOrigin()).contains("http://127.0.0.1:1");
        assertThat(forClient.toJson().text("token")).isEqualTo("id_token");
        var forApi = new SignIn(discovery, "client", "api", "openid");
        assertThat(forApi.toJson().text("token")).isEqualTo("access_token");
        assertThat(forApi.toJson().object("server").text("token_endpoint")).isEqualTo("http://127.0.0.1:1/token");
    }
}
