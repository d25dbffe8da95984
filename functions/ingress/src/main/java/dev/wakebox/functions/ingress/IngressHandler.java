package dev.wakebox.functions.ingress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.Platform;
import dev.wakebox.platform.Secret;
import dev.wakebox.platform.StoredSecret;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3Notifications;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** An object created under {@code ingest/} (S3, straight or through SQS): tells the platform of it. */
public final class IngressHandler extends Function {
    private final String bucket;
    private final Ingress ingress;

    /**
     * Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code PLATFORM_TOKEN_ARN}, {@code INGRESS_ANALYTICS}, {@code
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
        return S3Notifications.handle(event, this::isOurs, "a new object under " + Ingress.PREFIX, ingress::created);
    }

    private boolean isOurs(S3Event change) {
        return change.kind() == S3Event.Kind.CREATED
                && change.bucket().equals(bucket)
                && change.key().startsWith(Ingress.PREFIX)
                && change.key().length() > Ingress.PREFIX.length();
    }

    private static Ingress ingress(Clock clock) {
        String bucket = Environment.required("BUCKET");
        return new Ingress(
                new Platform(
                        new Secret(StoredSecret.of(Environment.required("PLATFORM_TOKEN_ARN")), clock),
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
