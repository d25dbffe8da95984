package dev.wakebox.compute.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Gives the test's answers over loopback, one for each request. */
public final class AwsStandIn implements AutoCloseable {
    private record Answer(int status, String body) {}

    private final List<String> requests = new ArrayList<>();
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final HttpServer server;

    public AwsStandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            try (exchange) {
                String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
                String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                requests.add(target == null ? URLDecoder.decode(body, UTF_8) : target + " " + body);
                Answer answer = answers.remove();
                byte[] bytes = answer.body.getBytes(UTF_8);
                exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Adds the answer to the next request that has none yet. */
    public void answers(int status, String body) {
        answers.add(new Answer(status, body));
    }

    /** The decoded bodies, for JSON protocols after the operation's name. */
    public List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
