package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.S3UploadUrls;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** {@code POST /train} begins a training run; {@code POST /datasets} returns an upload URL for its dataset. */
public final class TrainHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(TrainHandler.class);

    private record CreatedUpload(
            String result,
            String datasetKey,
            String url,
            String method,
            Map<String, String> headers,
            String expiresAt) {}

    private record Queued(String result, String token, boolean queued, int place, String message) {}

    private final TrainingStart training;
    private final DatasetUploads uploads;

    /** Reads {@code BUCKET}, {@code TRAINING_INSTANCE_ID} and, where set, {@code TRAINING_QUEUE}. */
    public TrainHandler() {
        String bucket = Environment.required("BUCKET");
        var names = new RandomNames(new SecureRandom());
        this(
                new TrainingStart(
                        S3ObjectStore.ofBucket(bucket),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        names,
                        Clock.systemUTC(),
                        TrainingQueue.placesOfEnvironment()),
                new DatasetUploads(new S3UploadUrls(S3Presigner.create(), bucket), names));
    }

    TrainHandler(TrainingStart training, DatasetUploads uploads) {
        this.training = requireNonNull(training, "training is null");
        this.uploads = requireNonNull(uploads, "uploads is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        // A stage other than $default is the path's first segment.
        String route = request.path().substring(request.path().lastIndexOf('/') + 1);
        return switch (request.method() + " /" + route) {
            case "POST /train" -> RequestBody.isForm(request) ? trainByForm(request) : train(request);
            case "POST /datasets" -> createUpload(request);
            default ->
                throw new WakeboxException(ErrorCode.NOT_FOUND, "There is only POST /train and POST /datasets here.");
        };
    }

    private HttpResponse train(HttpRequest request) {
        var accepted = training.begin(TrainingRequest.parse(RequestBody.json(request)));
        if (accepted.place() == 0) {
            log.info("The training server is claimed by {}", accepted.token());
            return HttpResponse.success("token", accepted.token());
        }
        log.info("{} waits at place {}", accepted.token(), accepted.place());
        return HttpResponse.ok(new Queued(
                "success",
                accepted.token(),
                true,
                accepted.place(),
                "Server is busy. The training waits at place " + accepted.place() + " and begins by itself."));
    }

    /**
     * The original's front end sends a form and reads only answers with status 200: for any other status it shows its
     * user only "Internal Server Error". A refusal therefore has status 200, so that the user sees the reason.
     */
    private HttpResponse trainByForm(HttpRequest request) {
        try {
            return train(request);
        } catch (WakeboxException e) {
            if (e.code().kind() == ErrorCode.Kind.INTERNAL) {
                throw e;
            }
            log.info("Request refused: {} {}", e.code(), e.getMessage());
            HttpResponse refusal = HttpResponse.of(e);
            return new HttpResponse(200, refusal.headers(), refusal.body());
        }
    }

    private HttpResponse createUpload(HttpRequest request) {
        var upload = uploads.create(RequestBody.json(request));
        PresignedUpload presigned = upload.presigned();
        return HttpResponse.created(new CreatedUpload(
                "success",
                upload.datasetKey(),
                presigned.url(),
                presigned.method(),
                presigned.headers(),
                presigned.expiresAt().toString()));
    }
}
