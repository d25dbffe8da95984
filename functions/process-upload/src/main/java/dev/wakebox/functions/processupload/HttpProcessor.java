package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** The processing API over HTTP. Thread-safe. */
final class HttpProcessor implements Processor {
    private static final String ADDRESS = "{address}";
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration HEALTH = Duration.ofSeconds(3);
    private static final Duration SUBMIT = Duration.ofSeconds(10);

    private final HttpClient forHealth = client();
    private final String urlTemplate;
    private final String healthPath;

    /**
     * Sends nothing yet.
     *
     * @param urlTemplate takes the requests; {@code {address}} in it stands for the box's
     * @throws IllegalStateException when that can be no URL
     */
    HttpProcessor(String urlTemplate, String healthPath) {
        this.urlTemplate = requireNonNull(urlTemplate, "urlTemplate is null");
        this.healthPath = requireNonNull(healthPath, "healthPath is null");
        try {
            url("127.0.0.1").resolve(healthPath).toURL();
        } catch (IllegalArgumentException | IOException e) {
            throw new IllegalStateException(
                    "PROCESSOR_URL is \"" + urlTemplate + "\" and PROCESSOR_HEALTH_PATH \"" + healthPath
                            + "\"; together they must make a URL such as http://{address}:8080/health.",
                    e);
        }
    }

    @Override
    public boolean healthy(String address) {
        var request = HttpRequest.newBuilder(url(address).resolve(healthPath))
                .timeout(HEALTH)
                .build();
        try {
            return successful(send(forHealth, request));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public Answer submit(String address, String bucket, String key, String uploadId) {
        var request = HttpRequest.newBuilder(url(address))
                .timeout(SUBMIT)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        Json.bytes(Map.of("bucket", bucket, "path", key, "id", uploadId))))
                .build();
        // On a connection of its own: of one that the box is closing just then, nobody knows whether it took the file.
        HttpClient once = client();
        try {
            int status = send(once, request);
            return successful(status) ? new Answer.Accepted() : new Answer.Refused("it answered HTTP " + status);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return new Answer.Refused("no connection");
        } catch (IOException e) {
            return new Answer.Unknown("the connection broke before the answer");
        } finally {
            once.shutdownNow();
        }
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
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

    private URI url(String address) {
        return URI.create(urlTemplate.replace(ADDRESS, address));
    }

    private static boolean successful(int status) {
        return status >= 200 && status < 300;
    }
}
