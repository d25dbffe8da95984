package dev.wakebox.local.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The page's API on a port of 127.0.0.1. Thread-safe.
 *
 * <p>{@code GET /api/email_data/<id>}, {@code GET /api/default_matrix?id=<id>} and {@code POST /api/progress} answer as
 * the page does: for an unknown video the answer is {@code "emailInfo": null}, and progress 0 is refused.
 *
 * <p>For users of {@code ./wakebox up}: {@code PUT /stand-in/videos/<id>} with {@code {"name","email","userName",
 * "defaultMatrix"}} creates a video, {@code GET} returns its progress.
 */
public final class PageStandIn implements AutoCloseable {
    /** The failures of the page. */
    public enum Fault {
        /** No failure. */
        NONE,
        /** Status 500 without a body. */
        STATUS_500,
        /** The page's form of an error: status 200 with the actual status in the body. */
        ERROR_IN_BODY,
        NOT_FOUND,
        /** No answer. */
        SILENCE,
        /** HTML instead of JSON. */
        HTML,
        /** A body without end. */
        ENDLESS,
        /** A redirect to an address that is reachable only on this computer. */
        REDIRECT_TO_PRIVATE
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Video> videos = new ConcurrentHashMap<>();
    private final Map<String, List<Integer>> progress = new ConcurrentHashMap<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();

    private PageStandIn(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        server.setExecutor(threads);
        server.createContext("/api/email_data/", exchange -> api(exchange, this::emailData));
        server.createContext("/api/default_matrix", exchange -> api(exchange, this::defaultMatrix));
        server.createContext("/api/progress", exchange -> api(exchange, this::takeProgress));
        server.createContext("/stand-in/videos/", exchange -> handle(exchange, this::order));
        server.start();
    }

    /** Starts the stand-in on this port; 0 for any free port. */
    public static PageStandIn start(int port) {
        try {
            return new PageStandIn(port);
        } catch (IOException e) {
            throw new UncheckedIOException("The stand-in of the page can't listen on port " + port + ".", e);
        }
    }

    /** Runs until it is stopped: {@code PageStandIn <port>}. */
    public static void main(String[] arguments) throws InterruptedException {
        try (var page = start(Integer.parseInt(arguments[0]))) {
            System.out.println(page.uri());
            new CountDownLatch(1).await();
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Creates a video, as if a user of the page had chosen it. */
    public void put(Video video) {
        videos.put(video.id(), video);
    }

    /** The reported progress of a video, in order. */
    public List<Integer> progress(String id) {
        return List.copyOf(progress.getOrDefault(id, List.of()));
    }

    /** Makes the next requests fail in these ways. */
    public synchronized void failWith(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** The requests so far, as path and query. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** Answers one request. */
    private interface Endpoint {
        Answer answer(HttpExchange exchange) throws IOException;
    }

    private record Answer(int status, Map<String, ?> document) {}

    private Answer emailData(HttpExchange exchange) {
        Video video = videos.get(lastPart(exchange));
        var data = JsonObject.of(
                "emailInfo",
                video == null
                        ? null
                        : Map.of(
                                "user", Map.of("email", video.email(), "name", video.userName()),
                                "name", video.name(),
                                "createdAt", Clock.systemUTC().instant().toString()));
        return new Answer(200, Map.of("data", data));
    }

    private Answer defaultMatrix(HttpExchange exchange) {
        String query = exchange.getRequestURI().getQuery();
        if (query == null || !query.startsWith("id=")) {
            return error(400, "Missing video ID");
        }
        Video video = videos.get(query.substring("id=".length()));
        return new Answer(200, Map.of("data", Map.of("usesDefaultMatrix", video != null && video.defaultMatrix())));
    }

    private Answer takeProgress(HttpExchange exchange) throws IOException {
        var body = Json.object(exchange.getRequestBody().readAllBytes());
        if (!(body.get("id") instanceof String id) || id.isEmpty()) {
            return error(400, "No video id provided");
        }
        if (!(body.get("progress") instanceof Integer percent) || percent == 0) {
            return error(400, "No progress");
        }
        progress.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>()).add(percent);
        return new Answer(200, Map.of("data", Map.of("available", true)));
    }

    private Answer order(HttpExchange exchange) throws IOException {
        String id = lastPart(exchange);
        if (exchange.getRequestMethod().equals("PUT")) {
            var body = Json.object(exchange.getRequestBody().readAllBytes());
            put(new Video(
                    id,
                    String.valueOf(body.get("name")),
                    String.valueOf(body.get("email")),
                    String.valueOf(body.get("userName")),
                    Boolean.TRUE.equals(body.get("defaultMatrix"))));
            return new Answer(201, Map.of("id", id));
        }
        return videos.containsKey(id) ? new Answer(200, Map.of("progress", progress(id))) : error(404, "No such video");
    }

    private static Answer error(int status, String message) {
        return new Answer(status, Map.of("error", Map.of("message", message)));
    }

    private void api(HttpExchange exchange, Endpoint endpoint) throws IOException {
        @Nullable Fault fault;
        synchronized (this) {
            requests.add(exchange.getRequestURI().toString());
            fault = faults.poll();
        }
        switch (fault) {
            case null -> handle(exchange, endpoint);
            case NONE -> handle(exchange, endpoint);
            case STATUS_500 -> send(exchange, 500, "text/plain", "Internal Server Error");
            case NOT_FOUND -> send(exchange, 404, "text/html", "<h1>404</h1>");
            case HTML -> send(exchange, 200, "text/html", "<!DOCTYPE html><title>Iniciar sesión</title>");
            case ERROR_IN_BODY ->
                send(
                        exchange,
                        200,
                        "application/json",
                        Json.string(Map.of("error", Map.of("message", "Error while searching"), "status", 500)));
            case REDIRECT_TO_PRIVATE -> {
                exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest/meta-data/");
                send(exchange, 302, "text/plain", "");
            }
            case SILENCE -> awaitClose();
            case ENDLESS -> endless(exchange);
        }
    }

    private void handle(HttpExchange exchange, Endpoint endpoint) throws IOException {
        Answer answer;
        try {
            answer = endpoint.answer(exchange);
        } catch (WakeboxException e) {
            answer = error(400, String.valueOf(e.getMessage()));
        }
        send(exchange, answer.status(), "application/json", Json.string(answer.document()));
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void endless(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (var out = exchange.getResponseBody()) {
            while (closed.getCount() > 0) {
                out.write(new byte[8192]);
            }
        }
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String lastPart(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
