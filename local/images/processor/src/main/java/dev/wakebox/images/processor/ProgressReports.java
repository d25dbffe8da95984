package dev.wakebox.images.processor;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Reports progress or a failure. A report that fails is logged to the console, and processing continues. */
final class ProgressReports {
    private final String wakebox;
    private final String page;
    private final Consumer<String> console;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /**
     * Creates the reports without sending one.
     *
     * @param wakebox base URL of Wakebox's API, or empty for no reports to it
     * @param page base URL of the web page, or empty for no reports to it
     */
    ProgressReports(String wakebox, String page, Consumer<String> console) {
        this.wakebox = wakebox;
        this.page = page;
        this.console = console;
    }

    void progress(String id, int percent) {
        if (!wakebox.isEmpty()) {
            post(wakebox + "/uploads/" + id + "/progress", Map.of("progress", percent));
        }
        if (!page.isEmpty()) {
            post(page + "/api/progress", Map.of("id", id, "progress", percent));
        }
    }

    /** The page has no such report. */
    void failed(String id, String reason) {
        if (!wakebox.isEmpty()) {
            post(wakebox + "/uploads/" + id + "/progress", Map.of("failed", reason));
        }
    }

    private void post(String url, Map<String, ?> report) {
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(5))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(report)))
                .build();
        try {
            http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            console.accept("the report " + report + " did not arrive: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
