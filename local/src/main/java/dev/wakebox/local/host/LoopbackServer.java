package dev.wakebox.local.host;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** An HTTP server on a port of 127.0.0.1. Its handlers run on virtual threads and may block. */
public final class LoopbackServer implements AutoCloseable {
    /** Any free port. */
    public static final int ANY_PORT = 0;

    /**
     * How many connections may wait to be accepted. The system resets what exceeds Java's default of 50, and 200
     * requests at once are usual.
     */
    private static final int BACKLOG = 1024;

    /**
     * The limits of a server.
     *
     * @param idle how long a connection without traffic stays open; negative for no limit
     * @param headerBytes of a request line and its headers together
     */
    public record Limits(Duration idle, int headerBytes) {
        /** A Lambda runtime waits for its next event without a limit. */
        public static final Limits NONE = new Limits(Duration.ofMillis(-1), 32 * 1024);
        /** API Gateway's limits; an integration may take 30 seconds. */
        public static final Limits OF_THE_API = new Limits(Duration.ofMinutes(1), 10_240);
        /** Longer than an invocation of a function may take. */
        public static final Limits OF_AWS = new Limits(Duration.ofMinutes(16), 32 * 1024);
    }

    private final Server server;
    private final ServerConnector connector;

    /**
     * Binds the port; requests are answered only after {@link #start}.
     *
     * @param setting how to choose another port, for the message when this one is in use
     */
    public LoopbackServer(int port, String setting, Limits limits) {
        var threads = new QueuedThreadPool(64, 2);
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server = new Server(threads);
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.UNSAFE); // AWS accepts any key of an object in a path
        http.setRequestHeaderSize(limits.headerBytes());
        http.setHeaderCacheCaseSensitive(true); // signatures hold for headers as they were sent
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(limits.idle().toMillis());
        server.addConnector(connector);
        server.setErrorHandler(new JsonErrors());
        server.setStopTimeout(0);
        try {
            connector.open();
        } catch (IOException e) {
            Throwable refusal = e.getCause() == null ? e : e.getCause(); // Jetty wraps the cause
            throw new LocalException(
                    LocalException.USAGE, refused(port, setting, String.valueOf(refusal.getMessage())));
        }
    }

    /**
     * What is wrong and what to do when the port can't be bound.
     *
     * @param reason the operating system's words, such as "Address already in use"
     */
    static String refused(int port, String setting, String reason) {
        if (reason.contains("in use")) {
            return "Port " + port
                    + " of 127.0.0.1 is taken by another program. Stop that program, or choose another port" + " with "
                    + setting + ".";
        }
        if (reason.contains("Permission denied")) {
            return "This user may not listen on port " + port + " of 127.0.0.1: ports below 1024 are often root's."
                    + " Choose another port with " + setting + ".";
        }
        if (reason.contains("assign requested address")) {
            return "This computer has no address 127.0.0.1 to listen on for port " + port
                    + ". Start its loopback interface:" + " sudo ip link set lo up (macOS: sudo ifconfig lo0 up).";
        }
        return "Cannot listen on port " + port + " of 127.0.0.1: " + reason + ". Choose another port with " + setting
                + "; if that fails as well, the operating system's limits or its firewall are the cause.";
    }

    public void start(Handler handler) {
        server.setHandler(handler);
        try {
            server.start();
        } catch (Exception e) {
            throw new LocalException("The HTTP server on port " + port() + " did not start: " + e.getMessage(), e);
        }
    }

    public int port() {
        return connector.getLocalPort();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The whole body of a small request. */
    public static byte[] body(Request request) throws IOException {
        try (InputStream in = Request.asInputStream(request)) {
            return in.readAllBytes();
        }
    }

    public static void answer(Response response, Callback callback, int status, String contentType, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put("content-type", contentType);
        answer(response, callback, body);
    }

    public static void answer(Response response, Callback callback, byte[] body) {
        response.getHeaders().put("content-length", body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    @Override
    public void close() {
        try {
            server.stop();
            connector.close();
        } catch (Exception e) {
            throw new LocalException("The HTTP server on port " + port() + " did not stop: " + e.getMessage(), e);
        }
    }

    /** Writes only the status and its HTTP reason, without details of the error. */
    private static final class JsonErrors extends ErrorHandler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            answer(response, callback, response.getStatus(), "application/json", message(response.getStatus()));
            return true;
        }

        private static byte[] message(int status) {
            return Json.bytes(Map.of("message", HttpStatus.getMessage(status)));
        }
    }
}
