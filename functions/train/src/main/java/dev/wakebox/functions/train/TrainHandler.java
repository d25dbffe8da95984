package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Ec2Instances;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.S3UploadUrls;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** {@code POST /train} begins a training run, {@code POST /datasets} gives out an upload URL for its dataset. */
public final class TrainHandler extends Function {
    private static final Logger log = LoggerFactory.getLogger(TrainHandler.class);

    private final Training training;
    private final DatasetUploads uploads;

    /** Reads {@code BUCKET} and {@code TRAINING_INSTANCE_ID}. */
    public TrainHandler() {
        String bucket = Environment.required("BUCKET");
        var names = new RandomNames(new SecureRandom());
        this(
                new Training(
                        S3ObjectStore.ofBucket(bucket),
                        Ec2Instances.create(),
                        Environment.required("TRAINING_INSTANCE_ID"),
                        names,
                        Clock.systemUTC()),
                new DatasetUploads(new S3UploadUrls(S3Presigner.create(), bucket), names));
    }

    TrainHandler(Training training, DatasetUploads uploads) {
        this.training = requireNonNull(training, "training is null");
        this.uploads = requireNonNull(uploads, "uploads is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        // A stage other than $default is the path's first segment.
        String route = request.path().substring(request.path().lastIndexOf('/') + 1);
        return switch (request.method() + " /" + route) {
            case "POST /train" -> train(request);
            case "POST /datasets" -> createUpload(request);
            default ->
                throw new WakeboxException(ErrorCode.NOT_FOUND, "There is only POST /train and POST /datasets here.");
        };
    }

    private HttpResponse train(HttpRequest request) {
        String token = training.begin(TrainingRequest.parse(RequestBody.json(request)));
        log.info("The training server is claimed by {}", token);
        return HttpResponse.success("token", token);
    }

    private HttpResponse createUpload(HttpRequest request) {
        var upload = uploads.create(RequestBody.json(request));
        var answer = new LinkedHashMap<String, @Nullable Object>();
        answer.put("result", "success");
        answer.put("datasetKey", upload.datasetKey());
        answer.put("url", upload.presigned().url());
        answer.put("method", upload.presigned().method());
        answer.put("headers", upload.presigned().headers());
        answer.put("expiresAt", upload.presigned().expiresAt().toString());
        return HttpResponse.created(answer);
    }
}
