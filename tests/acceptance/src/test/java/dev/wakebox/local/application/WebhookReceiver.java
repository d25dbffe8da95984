package dev.wakebox.local.application;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.webhooks.WebhookKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A system that gets webhooks: it fails the first time, and doesn't want those of the classifier. */
final class WebhookReceiver implements AutoCloseable {
    /**
     * One delivery.
     *
     * @param verified whether the key has signed it
     * @param traceparent of its header; null without one
     */
    record Delivered(String id, boolean verified, @Nullable String traceparent, JsonObject body, int answer) {
        String type() {
            return body.text("type");
        }
    }

    private final List<Delivered> deliveries = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    WebhookReceiver(String secret) {
        WebhookKey key = WebhookKey.lines(secret).getFirst();
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        server.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            byte[] body = exchange.getRequestBody().readAllBytes();
            JsonObject json = Json.object(body);
            String id = headers.getFirst(WebhookKey.ID);
            boolean verified = key.verifies(
                    headers.getFirst(WebhookKey.SIGNATURE), id, headers.getFirst(WebhookKey.TIMESTAMP), body);
            int answer = answer(json.text("type"));
            deliveries.add(new Delivered(id, verified, headers.getFirst("traceparent"), json, answer));
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    private int answer(String type) {
        if (type.startsWith("classifier.")) {
            return 410;
        }
        return deliveries.stream().allMatch(earlier -> earlier.answer() == 410) ? 503 : 204;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/wakebox";
    }

    List<Delivered> deliveries() {
        return List.copyOf(deliveries);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
