package dev.wakebox.functions.start;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.status.TrainingJob;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.SqsBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code training.json} created (S3, straight or through SQS), or {@code POST /start}: wakes the training instance. */
public final class StartHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(StartHandler.class);

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
        return SqsBatch.isBatch(event)
                ? SqsBatch.handle(event, this::notification)
                : Map.of("messages", notification(event));
    }

    private List<String> notification(Map<String, @Nullable Object> notification) {
        var messages = new ArrayList<String>();
        for (S3Event event : S3Event.fromNotification(notification)) {
            String message = event.is(S3Event.Kind.CREATED, bucket, TrainingJob.KEY)
                    ? starter.jobCreated()
                    : "Ignored: " + event.key() + " in " + event.bucket() + " is not a new work order.";
            log.info("{}", message);
            messages.add(message);
        }
        return messages;
    }
}
