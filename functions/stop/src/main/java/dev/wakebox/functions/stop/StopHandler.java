package dev.wakebox.functions.stop;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3Notifications;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;

/**
 * Stops the training instance after {@code training.json} was deleted (S3 events, directly or through SQS), or for
 * {@code POST /stop}.
 */
public final class StopHandler extends LambdaFunction {
    private final String bucket;
    private final Stopper stopper;

    /** Reads {@code BUCKET}, {@code TRAINING_INSTANCE_ID} and, where set, {@code NOTIFY_QUEUE_URL}. */
    public StopHandler() {
        this(
                Environment.required("BUCKET"),
                new Stopper(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        Clock.systemUTC(),
                        Notices.ofEnvironment()));
    }

    StopHandler(String bucket, Stopper stopper) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.stopper = requireNonNull(stopper, "stopper is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        request.requireSigner();
        return HttpResponse.success("message", stopper.ordered());
    }

    @Override
    protected Record event(JsonObject event) {
        return S3Notifications.handle(
                event,
                change -> change.is(S3Event.Kind.REMOVED, bucket, TrainingJobFile.KEY),
                "a deleted training order",
                change -> stopper.jobRemoved(change.time()));
    }
}
