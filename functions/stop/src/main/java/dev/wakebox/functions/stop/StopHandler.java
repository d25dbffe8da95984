package dev.wakebox.functions.stop;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingQueue;
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

    /**
     * Reads {@code BUCKET}, {@code TRAINING_INSTANCE_ID} and, where set, {@code NOTIFY_QUEUE_URL} and {@code
     * TRAINING_QUEUE}.
     */
    public StopHandler() {
        this(
                Environment.required("BUCKET"),
                new Stopper(
                        S3ObjectStore.ofBucket(Environment.required("BUCKET")),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        Clock.systemUTC(),
                        Notices.ofEnvironment(),
                        TrainingQueue.placesOfEnvironment()));
    }

    StopHandler(String bucket, Stopper stopper) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.stopper = requireNonNull(stopper, "stopper is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        request.requireSigner();
        JsonObject body = request.body().length == 0 ? JsonObject.of() : Json.object(request.body());
        if (body.isEmpty()) {
            return HttpResponse.success("message", stopper.ordered());
        }
        String token = body.text("token");
        if (token.isEmpty()) {
            throw WakeboxException.invalidField(
                    "token",
                    "token must be the token of a training, as POST /train answers it; without a body, POST /stop ends"
                            + " the run that has the server.");
        }
        return HttpResponse.success("message", stopper.ordered(token));
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
