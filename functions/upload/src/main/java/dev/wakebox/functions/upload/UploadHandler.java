package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3DownloadUrls;
import dev.wakebox.storage.S3ObjectStore;
import dev.wakebox.storage.S3UploadUrls;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Uploads;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * {@code POST /uploads} announces an upload, {@code GET /uploads/{id}} tells how far it is, {@code POST
 * /uploads/{id}/progress} is the box's report.
 */
public final class UploadHandler extends Function {
    private final UploadService service;

    /** Reads {@code BUCKET} and {@code JOBS_TABLE}. */
    public UploadHandler() {
        String bucket = Environment.required("BUCKET");
        S3Presigner presigner = S3Presigner.create();
        this(new UploadService(
                new Uploads(DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")), Clock.systemUTC()),
                new S3UploadUrls(presigner, bucket),
                new S3DownloadUrls(presigner, bucket),
                S3ObjectStore.ofBucket(bucket),
                new SecureRandom()));
    }

    UploadHandler(UploadService service) {
        this.service = requireNonNull(service, "service is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
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
                Json.object(request.body()), request.headers().getOrDefault("accept-language", "")));
        var answer = success();
        answer.put("id", announced.id());
        answer.put("key", announced.key());
        answer.put("url", announced.presigned().url());
        answer.put("method", announced.presigned().method());
        answer.put("headers", announced.presigned().headers());
        answer.put("expiresAt", announced.presigned().expiresAt().toString());
        return HttpResponse.created(answer);
    }

    /** The id is no secret that is worth an address: neither the owner's address nor name is in the answer. */
    private HttpResponse view(String id) {
        var view = service.view(id);
        var answer = success();
        answer.put("id", id);
        answer.put("filename", view.upload().filename());
        answer.put("state", view.upload().stage().name());
        answer.put("since", view.upload().since().toString());
        answer.put(
                "progress",
                view.upload().stage() == Stage.DONE ? 100 : view.upload().progress());
        if (view.upload().stage() == Stage.FAILED) {
            answer.put("reason", view.upload().reason());
        }
        if (!view.links().isEmpty()) {
            answer.put("links", view.links());
        }
        return HttpResponse.ok(answer);
    }

    private HttpResponse progress(String id, Map<String, @Nullable Object> body) {
        if (!(body.get("progress") instanceof Integer percent) || percent < 0 || percent > 100) {
            throw WakeboxException.invalidField("progress", "progress must be a whole number from 0 to 100.");
        }
        service.progress(id, percent);
        return HttpResponse.ok(success());
    }

    private static Map<String, @Nullable Object> success() {
        var answer = new LinkedHashMap<String, @Nullable Object>();
        answer.put("result", "success");
        return answer;
    }
}
