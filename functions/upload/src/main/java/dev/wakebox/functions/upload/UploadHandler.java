package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.Unicode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3ObjectParts;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.S3UploadUrls;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * {@code POST /uploads} announces an upload, {@code GET /uploads/{id}} returns its state, and {@code POST
 * /uploads/{id}/progress} takes the processor's reports. The routes below {@code /s3/multipart} take a file in parts.
 */
public final class UploadHandler extends LambdaFunction {
    private static final String SUCCESS = "success";

    private record Success(String result) {}

    private record Announced(
            String result,
            String id,
            String key,
            String url,
            String method,
            Map<String, String> headers,
            String expiresAt) {}

    private record State(
            String result,
            String id,
            String filename,
            String state,
            String since,
            int progress,
            Optional<String> reason,
            Optional<Map<String, String>> links) {}

    private final UploadService service;
    private final CompanionRoutes companion;
    private final SizeLimit limit;

    /** Reads {@code BUCKET}, {@code JOBS_TABLE}, {@code EVENT_QUEUE_URL} and {@code UPLOAD_SIZE_LIMIT_MB}. */
    public UploadHandler() {
        String bucket = Environment.required("BUCKET");
        S3Presigner presigner = S3Presigner.create();
        var uploads = new Uploads(DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")), Clock.systemUTC());
        var objects = S3ObjectStore.ofBucket(bucket);
        var random = new SecureRandom();
        this(
                new UploadService(
                        uploads,
                        new S3UploadUrls(presigner, bucket),
                        new S3DownloadUrls(presigner, bucket),
                        objects,
                        new EventQueue(new SqsQueue(
                                SqsClient.builder().httpClient(AwsHttp.client()).build(),
                                Environment.required("EVENT_QUEUE_URL"))),
                        random),
                new UploadsInParts(uploads, S3ObjectParts.ofBucket(bucket, presigner), objects, random),
                new SizeLimit(Integer.parseInt(Environment.required("UPLOAD_SIZE_LIMIT_MB"))));
    }

    UploadHandler(UploadService service, UploadsInParts inParts, SizeLimit limit) {
        this.service = requireNonNull(service, "service is null");
        this.companion = new CompanionRoutes(inParts, limit);
        this.limit = requireNonNull(limit, "limit is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        if (CompanionRoutes.have(request)) {
            return companion.answer(request);
        }
        String id = request.pathParameters().getOrDefault("id", "");
        if (request.method().equals("POST") && id.isEmpty()) {
            return announce(request);
        }
        if (request.method().equals("GET") && !id.isEmpty()) {
            return view(id);
        }
        if (request.method().equals("POST") && request.path().endsWith("/progress")) {
            return progress(id, Json.object(request.body()));
        }
        throw new WakeboxException(
                ErrorCode.NOT_FOUND,
                "There is only POST /uploads, GET /uploads/{id} and POST /uploads/{id}/progress here.");
    }

    private HttpResponse announce(HttpRequest request) {
        var announced = service.announce(UploadRequest.parse(
                Json.object(request.body()), request.headers().getOrDefault("accept-language", ""), limit));
        PresignedUpload presigned = announced.presigned();
        return HttpResponse.created(new Announced(
                SUCCESS,
                announced.id(),
                announced.key(),
                presigned.url(),
                presigned.method(),
                presigned.headers(),
                presigned.expiresAt().toString()));
    }

    /** The id is not secret enough to protect personal data: the answer has neither the owner's address nor name. */
    private HttpResponse view(String id) {
        var view = service.view(id);
        Upload upload = view.upload();
        return HttpResponse.ok(new State(
                SUCCESS,
                id,
                upload.filename(),
                upload.stage().name(),
                upload.since().toString(),
                upload.stage() == Stage.DONE ? 100 : upload.progress(),
                upload.stage() == Stage.FAILED ? Optional.of(upload.reason()) : Optional.empty(),
                Optional.of(view.links()).filter(links -> !links.isEmpty())));
    }

    private HttpResponse progress(String id, JsonObject body) {
        if (body.containsKey("failed")) {
            service.failed(id, reason(body));
            return HttpResponse.ok(new Success(SUCCESS));
        }
        if (!(body.get("progress") instanceof Integer percent) || percent < 0 || percent > 100) {
            throw WakeboxException.invalidField(
                    "progress",
                    "progress must be a whole number from 0 to 100; a file that can't be processed is {\"failed\":"
                            + " \"why\"}.");
        }
        service.progress(id, percent);
        return HttpResponse.ok(new Success(SUCCESS));
    }

    private static String reason(JsonObject body) {
        String reason = body.text("failed");
        if (!reason.isBlank() && !body.containsKey("progress")) {
            Unicode.check("failed", reason);
            return reason;
        }
        throw WakeboxException.invalidField(
                "failed", "failed must be a text that says why, without progress beside it.");
    }
}
