package dev.wakebox.functions.ingress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.secrets.Secret;
import dev.wakebox.secrets.StoredSecret;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3Notifications;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Registers an object created under {@code ingest/} with the platform (S3 events, directly or through SQS). */
public final class IngressHandler extends LambdaFunction {
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
    protected Record event(JsonObject event) {
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
