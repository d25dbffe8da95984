package dev.wakebox.images.processor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The processing API of an instance for a web page, on 127.0.0.1: {@code POST /getHBEV} and {@code POST /defaultHBEV}.
 * It has no health path, answers when the file is processed, and has a second port that accepts connections without an
 * answer. {@code /getHBEV} writes the file's own matrix to {@code bevs/}.
 */
final class PageApi implements AutoCloseable {
    private final HttpServer server;
    private final ServerSocket second;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Duration workTime;
    private final Api.Work work;
    private final S3Client s3;

    PageApi(ProcessorUserData userData, Api.Work work, S3Client s3) throws IOException {
        this.workTime = Duration.ofSeconds(userData.workSeconds());
        this.work = work;
        this.s3 = s3;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), userData.port()), 128);
        server.setExecutor(threads);
        server.createContext("/getHBEV", exchange -> process(exchange, true));
        server.createContext("/defaultHBEV", exchange -> process(exchange, false));
        server.start();
        second = new ServerSocket(userData.secondPort(), 50, InetAddress.getLoopbackAddress());
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        second.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void process(HttpExchange exchange, boolean ownMatrix) throws IOException {
        Instant end = Clock.systemUTC().instant().plus(workTime);
        JsonObject request;
        try {
            request = Json.object(exchange.getRequestBody().readAllBytes());
        } catch (WakeboxException e) {
            answer(exchange, 400, "Bad Request");
            return;
        }
        if (!(request.get("bucket") instanceof String bucket)
                || !(request.get("path") instanceof String path)
                || !(request.get("id") instanceof String id)) {
            answer(exchange, 500, "Internal Server Error");
            return;
        }
        if (ownMatrix) {
            s3.putObject(
                    put -> put.bucket(bucket).key("bevs/bev_" + id + ".png"), RequestBody.fromString("own matrix"));
        }
        awaitUntil(end);
        work.process(bucket, path, id);
        answer(exchange, 200, "Success");
    }

    private void awaitUntil(Instant end) {
        try {
            var _ = closed.await(
                    Duration.between(Clock.systemUTC().instant(), end).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String result) throws IOException {
        byte[] body = Json.string(Map.of("result", result)).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
