package dev.wakebox.functions.start;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.CapacitySeekingInstances;
import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3Notifications;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.List;

/**
 * Starts the training instance after {@code training.json} was created (S3 events, directly or through SQS), or for
 * {@code POST /start}.
 */
public final class StartHandler extends LambdaFunction {
    private final String bucket;
    private final Starter starter;

    public StartHandler() {
        this(
                Environment.required("BUCKET"),
                new Starter(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        CapacitySeekingInstances.of(
                                Ec2Instances.create(), List.copyOf(Environment.list("TRAINING_INSTANCE_TYPES"))),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        Clock.systemUTC(),
                        TrainingQueue.placesOfEnvironment()));
    }

    StartHandler(String bucket, Starter starter) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.starter = requireNonNull(starter, "starter is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        request.requireSigner();
        return HttpResponse.success("message", starter.ordered());
    }

    @Override
    protected Record event(JsonObject event) {
        return S3Notifications.handle(
                event,
                change -> change.is(S3Event.Kind.CREATED, bucket, TrainingJobFile.KEY),
                "a new training order",
                _ -> starter.jobCreated());
    }
}
