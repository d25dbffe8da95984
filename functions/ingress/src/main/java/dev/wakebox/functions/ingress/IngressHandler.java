package dev.wakebox.functions.ingress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.ManagedSecret;
import dev.wakebox.platform.Platform;
import dev.wakebox.platform.Secret;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** An object created under {@code ingest/} (S3, straight or through SQS): tells the platform of it. */
public final class IngressHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(IngressHandler.class);

    private final String bucket;
    private final Ingress ingress;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code PLATFORM_TOKEN_SECRET}, {@code INGRESS_ANALYTICS}, {@code
     * INGRESS_DATA_TTL_MINUTES} and, where set, {@code PLATFORM_TRUSTED_HOSTS}.
     */
    public IngressHandler() {
        this(Environment.required("BUCKET"), ingress(Clock.systemUTC()));
    }

    IngressHandler(String bucket, Ingress ingress) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.ingress = requireNonNull(ingress, "ingress is null");
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return SqsBatch.isBatch(event)
                ? SqsBatch.handle(event, this::notification)
                : Map.of("messages", notification(event));
    }

    private List<String> notification(Map<String, @Nullable Object> notification) {
        var messages = new ArrayList<String>();
        for (S3Event event : S3Event.fromNotification(notification)) {
            boolean ours = event.kind() == S3Event.Kind.CREATED
                    && event.bucket().equals(bucket)
                    && event.key().startsWith(Ingress.PREFIX)
                    && event.key().length() > Ingress.PREFIX.length();
            String message = ours
                    ? ingress.created(event)
                    : "Ignored: " + event.key() + " in " + event.bucket() + " is no new object under " + Ingress.PREFIX
                            + ".";
            log.info("{}", message);
            messages.add(message);
        }
        return messages;
    }

    private static Ingress ingress(Clock clock) {
        String bucket = Environment.required("BUCKET");
        return new Ingress(
                new Platform(
                        new Secret(ManagedSecret.named(Environment.required("PLATFORM_TOKEN_SECRET")), clock),
                        new HostGuard(Environment.list("PLATFORM_TRUSTED_HOSTS")),
                        clock),
                S3ObjectStore.ofBucket(bucket),
                new S3DownloadUrls(S3Presigner.create(), bucket),
                DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                new Retries(clock, Pause.ofThread(), () -> ThreadLocalRandom.current()
                        .nextDouble()),
                List.copyOf(Environment.list("INGRESS_ANALYTICS")),
                Environment.minutes("INGRESS_DATA_TTL_MINUTES"),
                clock,
                () -> UUID.randomUUID().toString());
    }
}
