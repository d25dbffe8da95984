package dev.wakebox.local.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.local.computer.LoopbackHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Writes the output of commands to S3 and CloudWatch Logs, as the agents on instances do: each request is signed with the
 * role of its instance. Thread-safe.
 */
final class CommandOutput implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandOutput.class);
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    /** PutLogEvents accepts 1 MiB, including 26 bytes per event. */
    private static final int BATCH_BYTES = 1_000_000;

    private static final int BATCH_EVENTS = 10_000;
    private static final int LINE_CHARACTERS = 60_000;
    private static final int OVERHEAD = 26;
    private static final int PART_BYTES = 512 * 1024;

    private final LocalCompute.Config config;
    private final InstanceRegistry registry;
    private @Nullable Clients clients;

    /** By file of a running command: what its log stream has. */
    private final Map<Path, Cursor> cursors = new ConcurrentHashMap<>();

    private static final class Cursor {
        boolean created;
        long offset;
    }

    private record Clients(S3Client s3, CloudWatchLogsClient logs) {}

    private interface Upload {
        void run(AwsRequestOverrideConfiguration signer) throws IOException;
    }

    CommandOutput(LocalCompute.Config config, InstanceRegistry registry) {
        this.config = config;
        this.registry = registry;
    }

    /** Writes the output to the destinations that the command names. What fails is logged, and the file stays. */
    void write(CommandInvocation invocation, Instant time) {
        ShellCommand command = invocation.command;
        Map.of("stdout", invocation.stdout(), "stderr", invocation.stderr()).forEach((stream, file) -> {
            command.bucket()
                    .ifPresent(bucket -> upload(invocation, file, bucket, signer -> clients()
                            .s3()
                            .putObject(
                                    request -> request.bucket(bucket)
                                            .key(command.key(invocation.instanceId, stream))
                                            .contentType("text/plain")
                                            .overrideConfiguration(signer),
                                    file)));
            command.logGroup()
                    .ifPresent(group -> upload(
                            invocation,
                            file,
                            group,
                            signer -> putEvents(
                                    signer,
                                    group,
                                    command.logStream(invocation.instanceId, stream),
                                    file,
                                    time,
                                    true)));
            cursors.remove(file);
        });
    }

    /** Writes the lines so far to the log group that the command names, while it runs. */
    void follow(CommandInvocation invocation, Instant time) {
        ShellCommand command = invocation.command;
        command.logGroup().ifPresent(group -> Map.of("stdout", invocation.stdout(), "stderr", invocation.stderr())
                .forEach((stream, file) -> upload(
                        invocation,
                        file,
                        group,
                        signer -> putEvents(
                                signer, group, command.logStream(invocation.instanceId, stream), file, time, false))));
    }

    @Override
    public synchronized void close() {
        if (clients != null) {
            clients.s3().close();
            clients.logs().close();
        }
    }

    private void upload(CommandInvocation invocation, Path file, String to, Upload upload) {
        try {
            if (Files.size(file) > 0) {
                Credentials role = registry.find(invocation.instanceId)
                        .flatMap(instance -> instance.credentials(config))
                        .orElseThrow();
                upload.run(AwsRequestOverrideConfiguration.builder()
                        .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                                role.accessKeyId(), role.secretAccessKey(), role.sessionToken())))
                        .build());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Output of command {} is not in {}; it stays in {}.", invocation.command.id(), to, file, e);
        }
    }

    /**
     * Appends the lines that the stream doesn't have yet, one event per line.
     *
     * @param whole whether the file has ended; otherwise a last line without its end waits
     */
    private void putEvents(
            AwsRequestOverrideConfiguration signer, String group, String stream, Path file, Instant time, boolean whole)
            throws IOException {
        Cursor cursor = cursors.computeIfAbsent(file, _ -> new Cursor());
        synchronized (cursor) {
            if (!cursor.created) {
                clients().logs().createLogStream(request -> request.logGroupName(group)
                        .logStreamName(stream)
                        .overrideConfiguration(signer));
                cursor.created = true;
            }
            while (true) {
                byte[] lines = read(file, cursor.offset, whole);
                if (lines.length == 0) {
                    return;
                }
                put(signer, group, stream, new String(lines, UTF_8), time);
                cursor.offset += lines.length;
            }
        }
    }

    /** A limited part of the file that ends with a line, if one ends in it. */
    private static byte[] read(Path file, long offset, boolean whole) throws IOException {
        byte[] part;
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            part = in.readNBytes(PART_BYTES);
        }
        int end = part.length;
        while (end > 0 && part[end - 1] != '\n') {
            end--;
        }
        return end == 0 && (whole || part.length == PART_BYTES) ? part : Arrays.copyOf(part, end);
    }

    private void put(AwsRequestOverrideConfiguration signer, String group, String stream, String lines, Instant time) {
        var batch = new ArrayList<InputLogEvent>();
        int bytes = 0;
        for (String line : lines.lines().toList()) {
            String message = line.isEmpty() ? " " : line.substring(0, Math.min(line.length(), LINE_CHARACTERS));
            int size = message.getBytes(UTF_8).length + OVERHEAD;
            if (batch.size() == BATCH_EVENTS || bytes + size > BATCH_BYTES) {
                put(signer, group, stream, batch);
                batch.clear();
                bytes = 0;
            }
            batch.add(InputLogEvent.builder()
                    .timestamp(time.toEpochMilli())
                    .message(message)
                    .build());
            bytes += size;
        }
        put(signer, group, stream, batch);
    }

    private void put(AwsRequestOverrideConfiguration signer, String group, String stream, List<InputLogEvent> events) {
        clients().logs().putLogEvents(request -> request.logGroupName(group)
                .logStreamName(stream)
                .logEvents(events)
                .overrideConfiguration(signer));
    }

    /** Created at the first use, because most commands have no output elsewhere. */
    private synchronized Clients clients() {
        if (clients == null) {
            clients = new Clients(
                    client(S3Client.builder()
                            .forcePathStyle(true)
                            .serviceConfiguration(options -> options.chunkedEncodingEnabled(false))
                            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)),
                    client(CloudWatchLogsClient.builder()));
        }
        return clients;
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        return builder.endpointOverride(URI.create(config.endpoint()))
                .region(Region.of(config.region()))
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .overrideConfiguration(options -> options.apiCallTimeout(TIME_LIMIT))
                .httpClient(LoopbackHttp.sdk())
                .build();
    }
}
