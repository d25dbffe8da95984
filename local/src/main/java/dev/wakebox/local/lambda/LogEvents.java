package dev.wakebox.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plays CloudWatch Logs' {@code FilterLogEvents} for the log of a function, which is a file here. It answers with all JSON lines of the
 * last megabyte since a time, whatever the filter pattern is, on one page.
 */
public record LogEvents(Path file) {
    private static final int MOST_BYTES = 1_000_000;

    public LogEvents {
        requireNonNull(file, "file is null");
    }

    /** The answer to a request in the API's own form. */
    public byte[] filter(JsonObject request) {
        long start = Optional.ofNullable(request.number("startTime"))
                .map(Number::longValue)
                .orElse(0L);
        var events = new ArrayList<Map<String, Object>>();
        for (String line : end().split("\n", -1)) {
            timestamp(line)
                    .filter(time -> time >= start)
                    .ifPresent(time -> events.add(Map.of(
                            "eventId", Integer.toString(events.size()),
                            "ingestionTime", time,
                            "logStreamName", "local",
                            "message", line,
                            "timestamp", time)));
        }
        return Json.bytes(Map.of("events", events, "searchedLogStreams", List.of()));
    }

    /** Of a JSON line; empty for others. */
    private static Optional<Long> timestamp(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Json.object(line.getBytes(UTF_8)).number("timestamp"))
                    .map(Number::longValue);
        } catch (WakeboxException e) {
            return Optional.empty();
        }
    }

    private String end() {
        if (!Files.exists(file)) {
            return "";
        }
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            var bytes = new byte[(int) Math.min(MOST_BYTES, log.length())];
            log.seek(log.length() - bytes.length);
            log.readFully(bytes);
            return new String(bytes, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
