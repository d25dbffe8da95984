package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.Upload;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Calls the processor over HTTP. Thread-safe.
 *
 * <p>Some processors answer after they have accepted a file, others after they have processed it. So the client waits
 * for an answer for a few seconds only: a processor that hasn't refused by then, and whose connection is open, is
 * processing the file.
 */
final class HttpProcessor implements Processor {
    private static final String ADDRESS = "{address}";
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration HEALTH = Duration.ofSeconds(3);
    /** A proxy whose program isn't running yet accepts connections and closes them at once. */
    private static final int PORT_MILLIS = 200;

    private final HttpClient forHealth = client();
    private final Settings settings;

    /**
     * The addresses of the processor, and its sign of readiness.
     *
     * @param url receives the requests; {@code {address}} in it stands for that of the instance
     * @param defaultMatrixUrl receives the requests for files that a page wants processed with the default matrix;
     *     empty for {@code url}
     * @param healthPath answers 2xx when the processor is ready; not used when there are {@code readyPorts}
     * @param readyPorts all accept connections when the processor is ready
     * @param patience how long to wait for an answer
     */
    record Settings(
            String url, String defaultMatrixUrl, String healthPath, List<Integer> readyPorts, Duration patience) {
        Settings {
            requireNonNull(patience, "patience is null");
            readyPorts = List.copyOf(readyPorts);
            if (healthPath.isEmpty() && readyPorts.isEmpty()) {
                throw new IllegalStateException(
                        "No check shows when the processing API is ready: set PROCESSOR_HEALTH_PATH or"
                                + " PROCESSOR_READY_PORTS.");
            }
            check("PROCESSOR_URL", url, healthPath);
            if (!defaultMatrixUrl.isEmpty()) {
                check("PROCESSOR_DEFAULT_MATRIX_URL", defaultMatrixUrl, healthPath);
            }
        }

        private static void check(String name, String template, String healthPath) {
            try {
                at(template, "127.0.0.1").resolve(healthPath).toURL();
            } catch (IllegalArgumentException | IOException e) {
                throw new IllegalStateException(
                        name + " is \"" + template + "\" and PROCESSOR_HEALTH_PATH \"" + healthPath
                                + "\"; together they must make a URL such as http://{address}:8080/health.",
                        e);
            }
        }
    }

    /** Creates the client without sending a request. */
    HttpProcessor(Settings settings) {
        this.settings = requireNonNull(settings, "settings is null");
    }

    @Override
    public boolean ready(String address) {
        // The host of the URL, which may differ from the instance's own address.
        String host = at(settings.url(), address).getHost();
        return settings.readyPorts().isEmpty()
                ? healthy(address)
                : settings.readyPorts().stream().allMatch(port -> listens(host, port));
    }

    @Override
    public Answer submit(String address, String bucket, Upload upload) {
        var request = HttpRequest.newBuilder(at(urlFor(upload), address))
                .timeout(settings.patience())
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        Json.bytes(Map.of("bucket", bucket, "path", upload.key(), "id", upload.id()))))
                .build();
        // Use a fresh connection. If a kept-alive one is closed while the request is written, it is unknown whether the
        // file was accepted.
        HttpClient once = client();
        try {
            int status = send(once, request);
            return successful(status) ? new Answer.Accepted() : new Answer.Refused("it answered HTTP " + status);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return new Answer.Refused("no connection");
        } catch (HttpTimeoutException e) {
            return new Answer.Accepted(); // it has the whole request and has not refused it
        } catch (IOException e) {
            return new Answer.Unknown("the connection broke before the answer");
        } finally {
            once.shutdownNow();
        }
    }

    private String urlFor(Upload upload) {
        boolean matrix = upload.origin() instanceof Origin.Page(boolean defaultMatrix) && defaultMatrix;
        return matrix && !settings.defaultMatrixUrl().isEmpty() ? settings.defaultMatrixUrl() : settings.url();
    }

    private boolean healthy(String address) {
        var request = HttpRequest.newBuilder(at(settings.url(), address).resolve(settings.healthPath()))
                .timeout(HEALTH)
                .build();
        try {
            return successful(send(forHealth, request));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean listens(String host, int port) {
        try (var socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(CONNECT.toMillis()));
            socket.setSoTimeout(PORT_MILLIS);
            return waitsForRequest(socket);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean waitsForRequest(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(CONNECT)
                .build();
    }

    private static int send(HttpClient http, HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static URI at(String template, String address) {
        return URI.create(template.replace(ADDRESS, address));
    }

    private static boolean successful(int status) {
        return status >= 200 && status < 300;
    }
}
