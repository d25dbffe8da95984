package dev.wakebox.local.compute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;

/** Writes output into the CloudWatch Logs that instances talk to, a line an event. Thread-safe. */
final class OutputLogGroup implements AutoCloseable {
    /** PutLogEvents takes a MiB, with 26 bytes an event besides. */
    private static final int BATCH_BYTES = 1_000_000;

    private static final int BATCH_EVENTS = 10_000;
    private static final int LINE_CHARACTERS = 60_000;
    private static final int OVERHEAD = 26;

    private final InstanceClients clients;
    private @Nullable CloudWatchLogsClient logs;

    OutputLogGroup(InstanceClients clients) {
        this.clients = clients;
    }

    void put(String group, String stream, Path file, Instant time) throws IOException {
        client().createLogStream(request -> request.logGroupName(group).logStreamName(stream));
        var batch = new ArrayList<InputLogEvent>();
        int bytes = 0;
        try (var lines = new BufferedReader(new InputStreamReader(Files.newInputStream(file), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String message = line.isEmpty() ? " " : line.substring(0, Math.min(line.length(), LINE_CHARACTERS));
                int size = message.getBytes(UTF_8).length + OVERHEAD;
                if (batch.size() == BATCH_EVENTS || bytes + size > BATCH_BYTES) {
                    put(group, stream, batch);
                    batch.clear();
                    bytes = 0;
                }
                batch.add(InputLogEvent.builder()
                        .timestamp(time.toEpochMilli())
                        .message(message)
                        .build());
                bytes += size;
            }
        }
        if (!batch.isEmpty()) {
            put(group, stream, batch);
        }
    }

    @Override
    public synchronized void close() {
        if (logs != null) {
            logs.close();
        }
    }

    private void put(String group, String stream, List<InputLogEvent> events) {
        client().putLogEvents(request ->
                request.logGroupName(group).logStreamName(stream).logEvents(events));
    }

    private synchronized CloudWatchLogsClient client() {
        CloudWatchLogsClient client = logs;
        if (client == null) {
            client = clients.client(CloudWatchLogsClient.builder());
            logs = client;
        }
        return client;
    }
}
