package dev.wakebox.local.graphql;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The GraphQL server of the mentors on a port of 127.0.0.1: {@code POST /graphql}, with a mentor who has recorded
 * answers, and failures on request. It answers only what is asked for, and refuses what its types don't have.
 * Thread-safe.
 *
 * <p>For users of {@code ./wakebox up}: {@code PUT /stand-in/mentors/<id>} puts a mentor, {@code PUT
 * /stand-in/fault?status=…&silence=…&times=…} orders a failure, {@code GET /stand-in/notes} tells what was noted.
 */
public final class GraphQlStandIn implements AutoCloseable {
    /** The mentor who is there from the start. */
    public static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    /**
     * How the next requests fail.
     *
     * @param status of the answer; 0 for no failure
     * @param silence milliseconds before the answer
     * @param times how many requests it holds for
     */
    private record Fault(int status, long silence, int times) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Map<String, @Nullable Object>> mentors = new ConcurrentHashMap<>();
    private final Map<String, Integer> trained = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Map<String, @Nullable Object>> userQuestions = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> authorizations = new ConcurrentLinkedQueue<>();
    private Fault fault = new Fault(0, 0, 0);

    private GraphQlStandIn(int port) throws IOException {
        try (InputStream mentor = GraphQlStandIn.class.getResourceAsStream("mentor.json")) {
            put(MENTOR, Json.object(requireNonNull(mentor, "mentor.json is missing")));
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        server.setExecutor(threads);
        server.createContext("/graphql", exchange -> handle(exchange, this::graphql));
        server.createContext("/stand-in/mentors/", exchange -> handle(exchange, this::putMentor));
        server.createContext("/stand-in/fault", exchange -> handle(exchange, this::order));
        server.createContext("/stand-in/notes", exchange -> handle(exchange, each -> json(each, 200, notes())));
        server.start();
    }

    /** Starts it on this port, or on any free one for 0. */
    public static GraphQlStandIn start(int port) {
        try {
            return new GraphQlStandIn(port);
        } catch (IOException e) {
            throw new UncheckedIOException("The stand-in of the GraphQL server can't listen on port " + port + ".", e);
        }
    }

    /** Where operations are sent. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/graphql");
    }

    /** Puts a mentor, as the server would give it with every field, in the place of that with the same id. */
    public void put(String id, Map<String, @Nullable Object> mentor) {
        var whole = new LinkedHashMap<>(mentor);
        whole.put("_id", id);
        mentors.put(id, whole);
    }

    /** Has the next requests fail: with a status unless it is 0, after a silence in milliseconds. */
    public synchronized void fail(int status, long silence, int times) {
        fault = new Fault(status, silence, times);
    }

    /** What was noted: {@code trained}, how often by mentor, {@code userQuestions}, and {@code authorizations} shown. */
    public Map<String, @Nullable Object> notes() {
        var notes = new LinkedHashMap<String, @Nullable Object>();
        notes.put("trained", Map.copyOf(trained));
        notes.put("userQuestions", List.copyOf(userQuestions));
        notes.put("authorizations", List.copyOf(authorizations));
        return notes;
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
        Map<String, @Nullable Object> request = Json.object(exchange.getRequestBody());
        Fault now = nextFault();
        if (now.silence() > 0) {
            silence(now.silence());
        }
        if (now.status() > 0) {
            json(exchange, now.status(), error("Ordered by the test"));
            return;
        }
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization != null) {
            authorizations.add(authorization);
        }
        var operation = Selection.parse(String.valueOf(request.get("query")));
        Map<?, ?> variables = request.get("variables") instanceof Map<?, ?> map ? map : Map.of();
        String root = operation.kind().equals("mutation") ? "Mutation" : "Query";
        var _ = Schema.select(null, root, operation.fields()); // refused before anything is done
        var resolved = new LinkedHashMap<String, @Nullable Object>();
        for (Selection field : operation.fields()) {
            resolved.put(field.field(), resolve(field.field(), variables, authorization));
        }
        json(exchange, 200, object("data", Schema.select(resolved, root, operation.fields())));
    }

    private @Nullable Object resolve(String field, Map<?, ?> variables, @Nullable String authorization) {
        String id = String.valueOf(variables.get("id"));
        return switch (field) {
            case "mentor" -> mentors.get(id);
            case "me" -> authorization == null ? null : object("mentor", mentors.get(MENTOR));
            case "categoryAnswers" ->
                categoryAnswers(mentors.getOrDefault(id, Map.of()), String.valueOf(variables.get("category")));
            case "userQuestions" ->
                Map.of(
                        "edges",
                        mentors.getOrDefault(id, Map.of()).get("userQuestions") instanceof List<?> graded
                                ? graded.stream()
                                        .map(node -> Map.of("node", node))
                                        .toList()
                                : List.of());
            case "updateMentorTraining" -> {
                if (authorization == null) {
                    throw new IllegalArgumentException("Only authenticated users");
                }
                trained.merge(id, 1, Integer::sum);
                yield mentors.get(id);
            }
            case "userQuestionCreate" -> {
                var question = new LinkedHashMap<String, @Nullable Object>();
                question.put("_id", UUID.randomUUID().toString());
                if (variables.get("userQuestion") instanceof Map<?, ?> given) {
                    given.forEach((key, value) -> question.put(String.valueOf(key), value));
                }
                userQuestions.add(question);
                yield question;
            }
            default -> throw new IllegalArgumentException("Nobody answers \"" + field + "\" here.");
        };
    }

    /** What was answered to the questions of a topic: categories have no other names here. */
    private static List<Map<String, @Nullable Object>> categoryAnswers(Map<String, ?> mentor, String category) {
        var questions = objects(mentor.get("questions"))
                .filter(question ->
                        objects(question.get("topics")).anyMatch(topic -> category.equals(topic.get("name"))))
                .map(question -> id(question.get("question")))
                .toList();
        return objects(mentor.get("answers"))
                .filter(answer -> "COMPLETE".equals(answer.get("status")))
                .filter(answer -> questions.contains(id(answer.get("question"))))
                .map(answer -> {
                    Map<String, @Nullable Object> given = object("answerText", answer.get("transcript"));
                    given.put(
                            "questionText",
                            answer.get("question") instanceof Map<?, ?> asked ? asked.get("question") : null);
                    return given;
                })
                .toList();
    }

    private static String id(@Nullable Object object) {
        return object instanceof Map<?, ?> map ? String.valueOf(map.get("_id")) : "";
    }

    private static Stream<Map<?, ?>> objects(@Nullable Object list) {
        return list instanceof List<?> elements
                ? elements.stream().filter(Map.class::isInstance).map(element -> (Map<?, ?>) element)
                : Stream.of();
    }

    private synchronized Fault nextFault() {
        Fault now = fault.times() > 0 ? fault : new Fault(0, 0, 0);
        fault = new Fault(fault.status(), fault.silence(), fault.times() - 1);
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
        json(exchange, 201, object("id", id));
    }

    private void order(HttpExchange exchange) throws IOException {
        var query = new LinkedHashMap<String, String>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : (raw == null ? "" : raw).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        fail(
                Integer.parseInt(query.getOrDefault("status", "0")),
                Long.parseLong(query.getOrDefault("silence", "0")),
                Integer.parseInt(query.getOrDefault("times", "1")));
        json(exchange, 201, object("times", query.getOrDefault("times", "1")));
    }

    private static Map<String, @Nullable Object> error(String message) {
        return object("errors", List.of(Map.of("message", message)));
    }

    private static Map<String, @Nullable Object> object(String key, @Nullable Object value) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put(key, value);
        return object;
    }

    private static void json(HttpExchange exchange, int status, Map<String, @Nullable Object> body) throws IOException {
        byte[] bytes = Json.bytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
