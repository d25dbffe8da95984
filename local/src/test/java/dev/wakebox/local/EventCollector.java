package dev.wakebox.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Receives the events of the toy functions; a function continues when the test has read its event. */
final class EventCollector implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final HttpServer server;
    private volatile CountDownLatch meeting = new CountDownLatch(0);

    EventCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String event = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            events.add(event);
            try {
                // A late event of an earlier test finds no receiver.
                CountDownLatch others = event.contains("do=meet") ? meeting : new CountDownLatch(0);
                others.countDown();
                boolean all = others.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                exchange.sendResponseHeaders(all ? 200 : 504, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exchange.close();
            }
        });
        server.start();
    }

    String uri() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on, no function continues before this many events have arrived. */
    void expectMeetingOf(int functions) {
        meeting = new CountDownLatch(functions);
    }

    /** Waits for the first event that matches, and drops the others before it. */
    String await(Predicate<String> like) {
        try {
            String event;
            do {
                event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(event)
                        .as("an event within " + PATIENCE_SECONDS + " s")
                        .isNotNull();
            } while (!like.test(event));
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
