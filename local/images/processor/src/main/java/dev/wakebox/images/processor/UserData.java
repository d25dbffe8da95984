package dev.wakebox.images.processor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;

/**
 * What the instance was told at launch: lines like {@code PORT=8080}; other lines are somebody else's.
 *
 * @param api base URL that takes reports of progress, or empty for none
 * @param startSeconds how long the API answers "not yet" after its start
 */
record UserData(String bucket, int port, String api, int startSeconds) {
    static UserData read(Path file) throws IOException {
        var values = new HashMap<String, String>();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        String bucket = values.getOrDefault("BUCKET", "");
        if (bucket.isEmpty()) {
            throw new IOException("the user data names no bucket; add a line BUCKET=<name>");
        }
        return new UserData(
                bucket,
                number(values.getOrDefault("PORT", "8080"), "PORT"),
                values.getOrDefault("API", ""),
                number(values.getOrDefault("START_SECONDS", "2"), "START_SECONDS"));
    }

    private static int number(String value, String name) throws IOException {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IOException(name + " is \"" + value + "\" in the user data; it must be a number", e);
        }
    }
}
