package dev.wakebox.local.platform;

import static java.util.Objects.requireNonNull;

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
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The platform's API on a port of 127.0.0.1: jobs with outputs of any size, registered data, and failures on request.
 * Thread-safe.
 *
 * <p>{@code PUT /stand-in/jobs/<id>?bytes=…&fault=…} creates a completed job, for users of {@code ./wakebox up}: {@code
 * fault} is one of those in {@link DeliveryFault#ordered}, {@code value} its number, location, encoding or type, {@code
 * times} how often it occurs. {@code GET} returns the number of requests for the output.
 */
public final class PlatformStandIn implements AutoCloseable {
    /** The key that requests must have. */
    public static final String PRIVATE_KEY = "stand-in-private-key";

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Delivery delivery = new Delivery();
    private final Map<String, Output> outputs = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final Map<String, JsonObject> data = new ConcurrentHashMap<>();
    private final AtomicInteger jobsStarted = new AtomicInteger();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicReference<@Nullable URI> webhook = new AtomicReference<>();

    private PlatformStandIn(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        server.setExecutor(threads);
        server.createContext("/v1/jobs/", exchange -> api(exchange, this::job));
        server.createContext("/v1/jobs", exchange -> api(exchange, this::newJob));
        server.createContext("/v1/data/url", exchange -> api(exchange, this::newData));
        server.createContext("/stand-in/jobs/", exchange -> handle(exchange, this::order));
        server.start();
    }

    /** Starts the stand-in on this port; 0 for any free port. */
    public static PlatformStandIn start(int port) {
        try {
            return new PlatformStandIn(port);
        } catch (IOException e) {
            throw new UncheckedIOException("The stand-in of the platform can't listen on port " + port + ".", e);
        }
    }

    /** Runs until it is stopped: {@code PlatformStandIn <port>}. */
    public static void main(String[] arguments) throws InterruptedException {
        try (var platform = start(Integer.parseInt(arguments[0]))) {
            System.out.println(platform.uri());
            new CountDownLatch(1).await();
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The token document for callers of the platform. */
    public String tokenDocument() {
        return Json.string(Map.of(
                "access_token",
                Map.of(
                        "private_key",
                        PRIVATE_KEY,
                        "token_id",
                        "stand-in",
                        "created_at",
                        "2026-11-22T00:00:00Z",
                        "base_api_url",
                        uri().toString())));
    }

    /** From now on, calls this URL when a job completes, which is at once. */
    public void callWhenComplete(URI url) {
        webhook.set(url);
    }

    /** Starts the next jobs, but breaks the connection before the answer. */
    public void loseAnswers(int count) {
        answersToLose.set(count);
    }

    /** Number of started jobs. */
    public int jobsStarted() {
        return jobsStarted.get();
    }

    public void put(Output output) {
        outputs.put(output.id(), output);
        requests.put(output.id(), new AtomicInteger());
    }

    /** Number of requests for a job's output. */
    public int requests(String id) {
        AtomicInteger count = requests.get(id);
        return count == null ? 0 : count.get();
    }

    /** All bytes of a small output. */
    public byte[] bytes(String id) {
        Output output = requireNonNull(outputs.get(id), "no such job");
        byte[] block = output.block();
        byte[] all = new byte[Math.toIntExact(output.bytes())];
        for (int i = 0; i < all.length; i += block.length) {
            System.arraycopy(block, 0, all, i, Math.min(block.length, all.length - i));
        }
        return all;
    }

    @Override
    public void close() {
        delivery.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** An {@link IOException} breaks the connection. */
    private static void handle(HttpExchange exchange, Answer answer) throws IOException {
        try {
            answer.to(exchange);
        } catch (WakeboxException | IllegalArgumentException e) {
            error(exchange, 400, String.valueOf(e.getMessage()));
        }
        exchange.close();
    }

    private static void api(HttpExchange exchange, Answer answer) throws IOException {
        handle(exchange, allowed -> {
            if (("Bearer " + PRIVATE_KEY).equals(allowed.getRequestHeaders().getFirst("Authorization"))) {
                answer.to(allowed);
            } else {
                error(allowed, 401, "Invalid token");
            }
        });
    }

    private void job(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        Output output = outputs.get(path[3]);
        if (output == null) {
            error(exchange, 404, "Job not found");
        } else if (path.length == 5 && path[4].equals("output")) {
            int request = requireNonNull(requests.get(path[3])).incrementAndGet();
            delivery.send(exchange, output, request <= output.faults() ? output.fault() : new DeliveryFault.None());
        } else {
            json(
                    exchange,
                    200,
                    Map.of(
                            "job",
                            Map.of(
                                    "id", output.id(),
                                    "name", output.id(),
                                    "state", "COMPLETE",
                                    "output_filename", output.filename())));
        }
    }

    /** Fetches registered data, as the platform does later. */
    private void newData(HttpExchange exchange) throws IOException {
        JsonObject request = Json.object(exchange.getRequestBody());
        if (!TIME.matcher(String.valueOf(request.get("data_ttl"))).matches()) {
            error(exchange, 400, "data_ttl must be YYYY-MM-DDThh:mm:ss.SSSZ");
            return;
        }
        long size = OutgoingCalls.size(URI.create(String.valueOf(request.get("signed_url"))));
        if (!Long.toString(size).equals(String.valueOf(request.get("size")))) {
            error(exchange, 400, "The signed_url gives " + size + " bytes, not " + request.get("size"));
            return;
        }
        String id = UUID.randomUUID().toString();
        data.put(id, request);
        json(exchange, 201, Map.of("data", Map.of("id", id, "name", String.valueOf(request.get("filename")))));
    }

    private void newJob(HttpExchange exchange) throws IOException {
        Map<String, Form.Part> form =
                Form.parse(exchange.getRequestHeaders().getFirst("Content-Type"), exchange.getRequestBody());
        Form.Part file = form.get("file");
        Form.Part name = form.get("job_name");
        Form.Part start = form.get("auto_start");
        if (file == null || !"job.json".equals(file.filename()) || !"application/json".equals(file.contentType())) {
            error(exchange, 400, "The form has no file job.json of application/json");
            return;
        }
        if (name == null
                || name.text().isEmpty()
                || start == null
                || !start.text().equals("true")) {
            error(exchange, 400, "The form needs a job_name, and auto_start to be true");
            return;
        }
        JsonObject job = Json.object(file.text().getBytes(StandardCharsets.UTF_8));
        String video = job.object("inputs").object("video").text("data-id");
        if (job.text("analytic").isEmpty() || !job.hasObject("parameters") || !data.containsKey(video)) {
            error(exchange, 400, "The job has no analytic, parameters or registered video");
            return;
        }
        if (isForgotten(video)) {
            error(exchange, 404, "Data not found");
            return;
        }
        String id = UUID.randomUUID().toString();
        put(Output.of(id, 20_000));
        jobsStarted.incrementAndGet();
        if (answersToLose.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
            throw new IOException("lost, as requested");
        }
        json(exchange, 201, Map.of("job", Map.of("id", id, "state", "QUEUED")));
        URI url = webhook.get();
        if (url != null) {
            threads.execute(() -> OutgoingCalls.tellComplete(url, id));
        }
    }

    private boolean isForgotten(String id) {
        return Instant.parse(String.valueOf(requireNonNull(data.get(id)).get("data_ttl")))
                .isBefore(Clock.systemUTC().instant());
    }

    private void order(HttpExchange exchange) throws IOException {
        String id = exchange.getRequestURI().getPath().substring("/stand-in/jobs/".length());
        if (exchange.getRequestMethod().equals("GET")) {
            json(exchange, 200, Map.of("id", id, "requests", requests(id)));
            return;
        }
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        put(Output.of(id, Long.parseLong(query.getOrDefault("bytes", "20000")))
                .failing(DeliveryFault.ordered(query), Integer.parseInt(query.getOrDefault("times", "1"))));
        json(exchange, 201, Map.of("id", id));
    }

    private static Map<String, String> query(@Nullable String raw) {
        var query = new LinkedHashMap<String, String>();
        Arrays.stream(raw == null ? new String[0] : raw.split("&")).forEach(pair -> {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        });
        return query;
    }

    static void error(HttpExchange exchange, int status, String message) throws IOException {
        json(exchange, status, Map.of("error", Map.of("message", message)));
    }

    private static void json(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        byte[] bytes = Json.bytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
