package dev.wakebox.functions.start;

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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code training.json} created (S3, straight or through SQS), or {@code POST /start}: wakes the training instance. */
public final class StartHandler extends Function {
    private final String bucket;
    private final Starter starter;

    public StartHandler() {
        this(
                Environment.required("BUCKET"),
                new Starter(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID")));
    }

    StartHandler(String bucket, Starter starter) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.starter = requireNonNull(starter, "starter is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        return HttpResponse.success("message", starter.ordered());
    }

    @Override
    protected Map<String, @Nullable Object> event(Map<String, @Nullable Object> event) {
        return S3Notifications.handle(
                event,
                change -> change.is(S3Event.Kind.CREATED, bucket, TrainingJob.KEY),
                "a new work order",
                _ -> starter.jobCreated());
    }
}
