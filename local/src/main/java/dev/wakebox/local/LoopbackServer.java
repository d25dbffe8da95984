package dev.wakebox.local;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
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

/** One HTTP server on a port of 127.0.0.1, whose handlers run on virtual threads and may block. */
final class LoopbackServer implements AutoCloseable {
    /** Any free port. */
    static final int ANY_PORT = 0;

    private final Server server;
    private final ServerConnector connector;

    /**
     * Takes the port; nothing is answered before {@link #start}.
     *
     * @param setting how to choose another port, for the message when this one is taken
     */
    LoopbackServer(int port, String setting) {
        var threads = new QueuedThreadPool(64, 2);
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server = new Server(threads);
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.UNSAFE); // AWS takes any key of an object in a path
        http.setRequestHeaderSize(32 * 1024);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(-1); // a Lambda runtime waits for its next event as long as it takes
        server.addConnector(connector);
        server.setErrorHandler(new JsonErrors());
        server.setStopTimeout(0);
        try {
            connector.open();
        } catch (IOException e) {
            throw new LocalException(
                    LocalException.USAGE,
                    "Port " + port + " of 127.0.0.1 is taken by another program. Stop that program, or choose another"
                            + " port with " + setting + ".");
        }
    }

    void start(Handler handler) {
        server.setHandler(handler);
        try {
            server.start();
        } catch (Exception e) {
            throw new LocalException("The HTTP server on port " + port() + " did not start: " + e.getMessage(), e);
        }
    }

    int port() {
        return connector.getLocalPort();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The whole body of a request that is known to be small. */
    static byte[] body(Request request) throws IOException {
        try (InputStream in = Request.asInputStream(request)) {
            return in.readAllBytes();
        }
    }

    static void answer(Response response, Callback callback, int status, String contentType, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put("content-type", contentType);
        answer(response, callback, body);
    }

    static void answer(Response response, Callback callback, byte[] body) {
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

    /** Says what HTTP says and nothing of how it came about. */
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
