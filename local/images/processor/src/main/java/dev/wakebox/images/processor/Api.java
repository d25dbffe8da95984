package dev.wakebox.images.processor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** The processing API: {@code GET /health} and {@code POST /process}, on 127.0.0.1. */
final class Api implements AutoCloseable {
    /** Processes one file. */
    interface Work {
        void process(String bucket, String path, String id);
    }

    private final HttpServer server;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    /** @param port 0 for any free port */
    Api(int port, BooleanSupplier ready, Work work) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        server.createContext("/health", exchange -> answer(exchange, ready.getAsBoolean() ? 200 : 503));
        server.createContext("/process", exchange -> {
            if (!ready.getAsBoolean()) {
                answer(exchange, 503);
                return;
            }
            answer(exchange, accepted(exchange, work) ? 202 : 400);
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        worker.close();
    }

    private boolean accepted(HttpExchange exchange, Work work) throws IOException {
        JsonObject request;
        try {
            request = Json.object(exchange.getRequestBody().readAllBytes());
        } catch (WakeboxException e) {
            return false;
        }
        if (request.get("bucket") instanceof String bucket
                && request.get("path") instanceof String path
                && request.get("id") instanceof String id) {
            worker.execute(() -> work.process(bucket, path, id));
            return true;
        }
        return false;
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        byte[] body = ("{\"status\":" + status + "}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
