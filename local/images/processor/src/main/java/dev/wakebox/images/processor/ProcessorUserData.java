package dev.wakebox.images.processor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;

/**
 * The user data of the instance: lines such as {@code PORT=8080}; other lines are ignored.
 *
 * @param api base URL that receives reports of progress, or empty for none
 * @param secondPort a second port when a page uses the instance; 0 for none
 * @param page base URL of a web page that receives reports of progress, or empty for none
 * @param startSeconds how long the API answers "not yet" after its start
 * @param workSeconds minimum duration for a file, when a page uses the instance
 */
record ProcessorUserData(
        String bucket, int port, int secondPort, String api, String page, int startSeconds, int workSeconds) {
    static ProcessorUserData read(Path file) throws IOException {
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
        return new ProcessorUserData(
                bucket,
                number(values.getOrDefault("PORT", "8080"), "PORT"),
                number(values.getOrDefault("SECOND_PORT", "0"), "SECOND_PORT"),
                values.getOrDefault("API", ""),
                values.getOrDefault("PAGE", ""),
                number(values.getOrDefault("START_SECONDS", "2"), "START_SECONDS"),
                number(values.getOrDefault("WORK_SECONDS", "7"), "WORK_SECONDS"));
    }

    private static int number(String value, String name) throws IOException {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IOException(name + " is \"" + value + "\" in the user data; it must be a number", e);
        }
    }
}
