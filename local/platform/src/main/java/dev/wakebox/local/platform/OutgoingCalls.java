package dev.wakebox.local.platform;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;

/** The requests that the platform sends. */
final class OutgoingCalls {
    private OutgoingCalls() {}

    /** The number of bytes at this URL. */
    static long size(URI url) throws IOException {
        var connection = (HttpURLConnection) url.toURL().openConnection();
        try (InputStream in = connection.getInputStream()) {
            return in.transferTo(OutputStream.nullOutputStream());
        } finally {
            connection.disconnect();
        }
    }

    /** Calls the webhook of a completed job; a failure is printed. */
    static void tellComplete(URI webhook, String id) {
        try {
            var connection = (HttpURLConnection) webhook.toURL().openConnection();
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            try (var out = connection.getOutputStream()) {
                out.write(Json.bytes(Map.of("id", id, "event", "job_complete", "msg", "Job " + id + " is complete")));
            }
            System.out.println("Webhook of job " + id + " answered " + connection.getResponseCode());
            connection.disconnect();
        } catch (IOException e) {
            System.out.println("Webhook of job " + id + " failed: " + e.getMessage());
        }
    }
}
