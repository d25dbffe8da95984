package dev.wakebox.cli;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The training server of a stack: its status and its models in the data bucket, and its instance. Thread-safe. */
final class TrainingServer {
    private final S3Client s3;
    private final Ec2Client ec2;
    private final String bucket;
    private final String instanceId;

    TrainingServer(Target stack, S3Client s3, Ec2Client ec2) {
        this.s3 = s3;
        this.ec2 = ec2;
        this.bucket = stack.output("DataBucketName", "training server");
        this.instanceId = stack.output("TrainingInstanceId", "training server");
    }

    /**
     * What a poll sees of a run.
     *
     * @param active whether the server belongs to the run
     * @param instance the state of the instance
     */
    record Moment(boolean active, String instance) {}

    /** Follows a run until the server doesn't belong to it any more. */
    TrainingRun follow(String token, JobFollower<Moment> follower, Clock clock) throws InterruptedException {
        Instant start = clock.instant();
        follower.follow(
                () -> new Moment(status().token().equals(token), Application.state(ec2, instanceId)),
                now -> now.active()
                        ? "Instance " + instanceId + " is " + now.instance()
                        : outcome(token).outcome().name(),
                _ -> "Training for " + Durations.text(Duration.between(start, clock.instant())),
                now -> !now.active());
        return outcome(token);
    }

    /**
     * The status; the initial one if there was no run yet.
     *
     * @throws S3Exception with the status 403 also when there is none and the user may not list the bucket
     */
    ServerStatus status() {
        return object(StatusStore.KEY)
                .map(json -> ServerStatus.parse(json, Instant.now()))
                .orElse(ServerStatus.INITIAL);
    }

    /** The outcome of a run that has ended. */
    private TrainingRun outcome(String token) {
        JsonObject entry;
        try {
            entry = object("inference.json")
                    .map(json -> Json.object(json).object(token))
                    .orElse(JsonObject.of());
        } catch (S3Exception e) {
            if (e.statusCode() != 403) {
                throw e;
            }
            // Who may not list the bucket gets this answer when there is no model yet. The status could be read.
            entry = JsonObject.of();
        }
        return new TrainingRun(
                token, entry.isEmpty() ? TrainingRun.Outcome.FAILED : TrainingRun.Outcome.SUCCEEDED, entry);
    }

    private Optional<byte[]> object(String key) {
        try {
            return Optional.of(
                    s3.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                            .asByteArray());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }
}
