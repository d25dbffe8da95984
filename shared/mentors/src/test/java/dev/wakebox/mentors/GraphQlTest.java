package dev.wakebox.mentors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphQlTest {
    private final Set<InetSocketAddress> clients = Collections.synchronizedSet(new HashSet<>());
    private volatile String answer = "{\"data\":{}}";
    private volatile int status = 200;
    private HttpServer server;
    private GraphQl graphQl;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            clients.add(exchange.getRemoteAddress());
            exchange.getRequestBody().readAllBytes();
            byte[] body = answer.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        graphQl = new GraphQl(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/graphql"),
                new GraphQl.Limits(Duration.ofSeconds(10), Duration.ofSeconds(10)),
                new Retries(Clock.systemUTC(), pause -> {}, () -> 0),
                Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({
        "200, UNAUTHENTICATED, UNAUTHORIZED",
        "200, FORBIDDEN, UNAUTHORIZED",
        "500, UNAUTHENTICATED, UNAUTHORIZED",
        "200, BAD_USER_INPUT, BAD_GATEWAY",
    })
    void ask_whenAnErrorHasACode_knowsARefusalOfTheCaller(int newStatus, String code, ErrorCode expected) {
        status = newStatus;
        answer = "{\"data\":null,\"errors\":[{\"message\":\"No\"},{\"message\":\"No\",\"extensions\":{\"code\":\""
                + code + "\"}}]}";

        assertThatThrownBy(() -> graphQl.ask("query { me { _id } }", Map.of(), "Bearer x"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(expected));
    }

    @Test
    void ask_whenTheAnswersWereReadToTheirEnds_keepsItsConnection() {
        for (int i = 0; i < 3; i++) {
            graphQl.ask("query { me { _id } }", Map.of(), null);
        }

        assertThat(clients).hasSize(1);
    }
}
