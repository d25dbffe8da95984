package dev.wakebox.local.graphql;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import graphql.ExecutionResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The mentors' GraphQL server on a port of 127.0.0.1: {@code POST /graphql}, with a mentor that has recorded answers,
 * and failures on request. It refuses an operation with a field, an argument or a type that {@code schema.graphqls}
 * doesn't have. Thread-safe.
 *
 * <p>For users of {@code ./wakebox up}: {@code PUT /stand-in/mentors/<id>} creates or replaces a mentor (the users in
 * its list {@code editors} may edit it), {@code PUT /stand-in/fault?status=…&silence=…&times=…&operation=…} requests a
 * failure, {@code PUT /stand-in/required-header?name=…&value=…} a firewall, {@code GET /stand-in/notes} returns the
 * recorded calls.
 */
public final class GraphQlStandIn implements AutoCloseable {
    /** The mentor that exists from the start. */
    public static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    /**
     * A failure of the next requests.
     *
     * @param status of the answer; 0 for no failure
     * @param silence milliseconds before the answer
     * @param times number of requests that fail
     * @param operation a text that an operation must contain to fail; empty for every operation
     */
    private record Fault(int status, long silence, int times, String operation) {
        static final Fault NONE = new Fault(0, 0, 0, "");
    }

    /** A required header: the firewall in front of the server refuses requests without it. */
    private record RequiredHeader(String name, String value) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final MentorData data = new MentorData();
    private final MentorOperations operations = new MentorOperations(data);
    private Fault fault = Fault.NONE;
    private volatile @Nullable RequiredHeader requiredHeader;

    private GraphQlStandIn(int port) throws IOException {
        try (InputStream mentor = GraphQlStandIn.class.getResourceAsStream("mentor.json")) {
            put(MENTOR, Json.object(requireNonNull(mentor, "mentor.json is missing")));
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        server.setExecutor(threads);
        server.createContext("/graphql", exchange -> handle(exchange, this::graphql));
        server.createContext("/stand-in/mentors/", exchange -> handle(exchange, this::putMentor));
        server.createContext("/stand-in/required-header", exchange -> handle(exchange, this::requireHeader));
        server.createContext("/stand-in/fault", exchange -> handle(exchange, this::order));
        server.createContext("/stand-in/notes", exchange -> handle(exchange, each -> json(each, 200, notes())));
        server.start();
    }

    /** Starts the stand-in on this port; 0 for any free port. */
    public static GraphQlStandIn start(int port) {
        try {
            return new GraphQlStandIn(port);
        } catch (IOException e) {
            throw new UncheckedIOException("The stand-in of the GraphQL server can't listen on port " + port + ".", e);
        }
    }

    /** The URL of the server. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/graphql");
    }

    /** Creates or replaces a mentor, in the format of the server's answer with all fields. */
    public void put(String id, Map<String, ? extends @Nullable Object> mentor) {
        data.put(id, mentor);
    }

    /** Makes the next requests fail: with a status unless it is 0, after a delay in milliseconds. */
    public void fail(int status, long silence, int times) {
        fail(new Fault(status, silence, times, ""));
    }

    private synchronized void fail(Fault next) {
        fault = next;
    }

    /** From now on, refuses requests without this header, as a firewall does. */
    public void requireHeader(String name, String value) {
        requiredHeader = new RequiredHeader(name, value);
    }

    /**
     * The recorded calls: {@code trained} counts per mentor, {@code trainTasks} in order, {@code userQuestions}, and
     * the {@code authorizations} and {@code origins} of requests.
     */
    public JsonObject notes() {
        return data.notes();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private static void handle(HttpExchange exchange, Answer answer) throws IOException {
        try {
            answer.to(exchange);
        } catch (WakeboxException | IllegalArgumentException e) {
            json(exchange, 400, error(String.valueOf(e.getMessage())));
        }
        exchange.close();
    }

    private void graphql(HttpExchange exchange) throws IOException {
        JsonObject request = Json.object(exchange.getRequestBody());
        String document = request.text("query");
        Headers headers = exchange.getRequestHeaders();
        RequiredHeader required = requiredHeader;
        if (required != null && !required.value().equals(headers.getFirst(required.name()))) {
            json(exchange, 403, error("Forbidden"));
            return;
        }
        Fault now = nextFault(document);
        if (now.silence() > 0) {
            silence(now.silence());
        }
        if (now.status() > 0) {
            json(exchange, now.status(), error("Ordered by the test"));
            return;
        }
        String authorization = headers.getFirst("Authorization");
        data.called(authorization, headers.getFirst("custom-external-origin"));
        ExecutionResult result = operations.execute(document, request.object("variables"), Sender.of(authorization));
        json(exchange, result.isDataPresent() ? 200 : 400, JsonObject.copyOf(result.toSpecification()));
    }

    private synchronized Fault nextFault(String document) {
        if (fault.times() <= 0 || !document.contains(fault.operation())) {
            return Fault.NONE;
        }
        Fault now = fault;
        fault = new Fault(now.status(), now.silence(), now.times() - 1, now.operation());
        return now;
    }

    private void silence(long millis) {
        try {
            var _ = closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void putMentor(HttpExchange exchange) throws IOException {
        String id = exchange.getRequestURI().getPath().substring("/stand-in/mentors/".length());
        put(id, Json.object(exchange.getRequestBody()));
        json(exchange, 201, JsonObject.of("id", id));
    }

    private void order(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        fail(new Fault(
                Integer.parseInt(query.getOrDefault("status", "0")),
                Long.parseLong(query.getOrDefault("silence", "0")),
                Integer.parseInt(query.getOrDefault("times", "1")),
                query.getOrDefault("operation", "")));
        json(exchange, 201, JsonObject.of("times", query.getOrDefault("times", "1")));
    }

    private void requireHeader(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        String name = query.getOrDefault("name", "");
        requiredHeader = name.isEmpty() ? null : new RequiredHeader(name, query.getOrDefault("value", ""));
        json(exchange, 201, JsonObject.of("name", name));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        var query = new LinkedHashMap<String, String>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : (raw == null ? "" : raw).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return query;
    }

    private static JsonObject error(String message) {
        return JsonObject.of("errors", List.of(JsonObject.of("message", message)));
    }

    private static void json(HttpExchange exchange, int status, JsonObject body) throws IOException {
        byte[] bytes = Json.bytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
