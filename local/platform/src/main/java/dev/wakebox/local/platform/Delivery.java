package dev.wakebox.local.platform;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Sends outputs, with or without a fault. Thread-safe. */
final class Delivery implements AutoCloseable {
    private static final long CHECKSUM_UP_TO = 64 << 20;
    private static final Pattern HOP = Pattern.compile("hop=(\\d{1,3})");
    private static final String PAGE = "\n<!-- proxy -->\n<!DOCTYPE html>\n<html><body>Please log in.</body></html>\n";

    private final CountDownLatch closed = new CountDownLatch(1);

    /** Releases waiting deliveries. */
    @Override
    public void close() {
        closed.countDown();
    }

    /** Throws {@link IOException} to break the connection. */
    void send(HttpExchange exchange, Output output, DeliveryFault fault) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        switch (fault) {
            case DeliveryFault.Status(int status, String retryAfter) -> {
                if (!retryAfter.isEmpty()) {
                    headers.set("Retry-After", retryAfter);
                }
                if (status == 204) {
                    exchange.sendResponseHeaders(204, -1);
                } else {
                    PlatformStandIn.error(exchange, status, "Ordered by the test");
                }
            }
            case DeliveryFault.Redirect(String location) -> {
                headers.set("Location", location);
                exchange.sendResponseHeaders(302, -1);
            }
            case DeliveryFault.Chain(int length) -> {
                int hop = hop(exchange);
                if (hop < length) {
                    headers.set("Location", "?hop=" + (hop + 1));
                    exchange.sendResponseHeaders(302, -1);
                } else {
                    body(exchange, output, output.bytes(), false);
                }
            }
            case DeliveryFault.None none -> body(exchange, output, output.bytes(), false);
            case DeliveryFault.Damaged damaged -> body(exchange, output, output.bytes(), true);
            case DeliveryFault.Cut(long after) -> {
                body(exchange, output, after, false);
                throw new IOException("cut, as requested");
            }
            case DeliveryFault.Silence(long after) -> {
                body(exchange, output, after, false);
                closed(Duration.ofDays(1));
            }
            case DeliveryFault.Trickle(long after) -> {
                body(exchange, output, after, false);
                byte[] block = output.block();
                for (long sent = after; sent < output.bytes() && !closed(Duration.ofMillis(10)); sent++) {
                    exchange.getResponseBody().write(block, (int) (sent % block.length), 1);
                    exchange.getResponseBody().flush();
                }
            }
            case DeliveryFault.Encoded(String encoding) -> {
                if (encoding.toLowerCase(Locale.ROOT).contains("gzip")) {
                    var plain = new ByteArrayOutputStream();
                    write(plain, output.block(), output.bytes());
                    encoded(exchange, "application/json", encoding, plain.toByteArray());
                } else {
                    headers.set("Content-Encoding", encoding);
                    body(exchange, output, output.bytes(), false);
                }
            }
            case DeliveryFault.Bomb(long bytes) -> {
                headers.set("Content-Encoding", "gzip");
                headers.set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                try (var out = new GZIPOutputStream(exchange.getResponseBody())) {
                    write(out, new byte[1 << 16], bytes);
                }
            }
            case DeliveryFault.Empty empty ->
                whole(exchange, "application/json", empty.body().getBytes(StandardCharsets.UTF_8));
            case DeliveryFault.Page(String contentType, String encoding) ->
                encoded(exchange, contentType, encoding, PAGE.getBytes(StandardCharsets.UTF_8));
            case DeliveryFault.TwoLengths twoLengths -> {
                // the server itself sends a Content-Length unless the body is chunked
                headers.add("Content-Length", Long.toString(output.bytes()));
                headers.add("Content-Length", Long.toString(output.bytes() + 1));
                exchange.sendResponseHeaders(200, 0);
                write(exchange.getResponseBody(), output.block(), output.bytes());
            }
        }
    }

    private static int hop(HttpExchange exchange) {
        String query = exchange.getRequestURI().getQuery();
        var hop = HOP.matcher(query == null ? "" : query);
        return hop.matches() ? Integer.parseInt(hop.group(1)) : 0;
    }

    private static void encoded(HttpExchange exchange, String contentType, String encoding, byte[] body)
            throws IOException {
        byte[] sent = body;
        for (String each : encoding.toLowerCase(Locale.ROOT).split(",", -1)) {
            sent = each.strip().matches("(x-)?gzip") ? gzip(sent) : sent;
        }
        if (!encoding.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Encoding", encoding);
        }
        whole(exchange, contentType, sent);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var compressed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    private static void whole(HttpExchange exchange, String contentType, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static void body(HttpExchange exchange, Output output, long length, boolean damaged) throws IOException {
        byte[] block = output.block();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (output.announced() && output.bytes() <= CHECKSUM_UP_TO) {
            byte[] sha256 = sha256(block, damaged ? output.bytes() + 1 : output.bytes());
            exchange.getResponseHeaders()
                    .set("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
        }
        exchange.sendResponseHeaders(200, output.announced() && output.bytes() > 0 ? output.bytes() : 0);
        OutputStream out = exchange.getResponseBody();
        write(out, block, length);
        out.flush();
    }

    private static void write(OutputStream out, byte[] block, long length) throws IOException {
        for (long sent = 0; sent < length; ) {
            int now = (int) Math.min(block.length, length - sent);
            out.write(block, 0, now);
            sent += now;
        }
    }

    private static byte[] sha256(byte[] block, long length) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (long done = 0; done < length; done += block.length) {
                digest.update(block, 0, (int) Math.min(block.length, length - done));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    /** Whether it is closed, or is closed within this time. */
    private boolean closed(Duration within) {
        try {
            return closed.await(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
