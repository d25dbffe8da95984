package dev.wakebox.functions.stop;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.status.TrainingJob;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3Notifications;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code training.json} deleted (S3, straight or through SQS), or {@code POST /stop}: the training server sleeps. */
public final class StopHandler extends Function {
    private final String bucket;
    private final Stopper stopper;

    public StopHandler() {
        this(
                Environment.required("BUCKET"),
                new Stopper(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        Clock.systemUTC()));
    }

    StopHandler(String bucket, Stopper stopper) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.stopper = requireNonNull(stopper, "stopper is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        return HttpResponse.success("message", stopper.ordered());
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return S3Notifications.handle(
                event,
                change -> change.is(S3Event.Kind.REMOVED, bucket, TrainingJob.KEY),
                "a deleted work order",
                change -> stopper.jobRemoved(change.time()));
    }
}
