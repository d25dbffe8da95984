package dev.wakebox.cli;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
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
     * @param place in the queue; 0 for a run that does not wait
     * @param active whether the server belongs to the run
     * @param instance the state of the instance
     */
    record Moment(int place, boolean active, String instance) {
        boolean ended() {
            return !active && place == 0;
        }
    }

    /** Follows a run until it doesn't wait and the server doesn't belong to it any more. */
    TrainingRun follow(String token, JobFollower<Moment> follower, Clock clock) throws InterruptedException {
        Instant start = clock.instant();
        follower.follow(
                () -> moment(token),
                now -> state(token, now),
                now -> (now.place() > 0 ? "Waiting for " : "Training for ")
                        + Durations.text(Duration.between(start, clock.instant())),
                Moment::ended);
        return outcome(token);
    }

    private Moment moment(String token) {
        ServerStatus status = status();
        return new Moment(status.place(token), status.token().equals(token), Application.state(ec2, instanceId));
    }

    private String state(String token, Moment now) {
        if (now.ended()) {
            return outcome(token).outcome().name();
        }
        return now.place() > 0 ? "Waiting at place " + now.place() : "Instance " + instanceId + " is " + now.instance();
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
            entry = object(TrainingJobFile.RESULTS_KEY)
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
