package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Upload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The routes {@code /s3/multipart} of Uppy's server Companion, in its shapes, so that the plugin {@code @uppy/aws-s3}
 * uploads without one.
 *
 * @see <a href="https://uppy.io/docs/aws-s3/">the plugin</a>
 */
record CompanionRoutes(UploadsInParts uploads, SizeLimit limit) {
    private static final String PATH = "/s3/multipart";
    private static final int MOST_SIGNED_AT_ONCE = 100;

    private record Begun(String id, String key, String uploadId) {}

    private record Signed(String url, long expires) {}

    private record SignedBatch(Map<String, String> presignedUrls) {}

    private record Completed(String id, String key, String location) {}

    CompanionRoutes {
        requireNonNull(uploads, "uploads is null");
        requireNonNull(limit, "limit is null");
    }

    /** Whether the request is for one of these routes. */
    static boolean have(HttpRequest request) {
        return request.path().equals(PATH) || request.path().startsWith(PATH + "/");
    }

    HttpResponse answer(HttpRequest request) {
        String[] path = request.path().substring(PATH.length()).split("/", -1); // empty, the upload's id, what else
        return switch (request.method() + " " + path.length) {
            case "POST 1" -> begin(request);
            case "GET 2" -> arrived(request, path[1]);
            case "DELETE 2" -> cancel(request, path[1]);
            case "GET 3" -> path[2].equals("batch") ? signAll(request, path[1]) : sign(request, path[1], path[2]);
            case "POST 3" -> complete(request, path[1], path[2]);
            default -> throw noRoute();
        };
    }

    private HttpResponse begin(HttpRequest request) {
        var begun = uploads.begin(UploadRequest.ofCompanion(
                Json.object(request.body()), request.headers().getOrDefault("accept-language", ""), limit));
        return HttpResponse.ok(new Begun(begun.id(), begun.key(), begun.uploadId()));
    }

    private HttpResponse arrived(HttpRequest request, String uploadId) {
        return HttpResponse.ok(uploads.arrived(key(request), uploadId).stream()
                .map(part -> Map.of("PartNumber", part.number(), "ETag", part.etag(), "Size", part.size()))
                .toList());
    }

    private HttpResponse sign(HttpRequest request, String uploadId, String number) {
        return HttpResponse.ok(
                new Signed(uploads.url(key(request), uploadId, number(number)), UploadsInParts.VALIDITY.toSeconds()));
    }

    private HttpResponse signAll(HttpRequest request, String uploadId) {
        String[] numbers = parameter(request, "partNumbers").split(",", -1);
        if (numbers.length > MOST_SIGNED_AT_ONCE) {
            throw WakeboxException.invalidField(
                    "partNumbers", "partNumbers must be at most " + MOST_SIGNED_AT_ONCE + " numbers.");
        }
        IntFunction<String> url = uploads.urls(key(request), uploadId);
        var urls = new LinkedHashMap<String, String>();
        for (String number : numbers) {
            urls.put(number, url.apply(number(number)));
        }
        return HttpResponse.ok(new SignedBatch(urls));
    }

    private HttpResponse complete(HttpRequest request, String uploadId, String operation) {
        if (!operation.equals("complete")) {
            throw noRoute();
        }
        String key = key(request);
        Upload upload = uploads.complete(key, uploadId, etags(Json.object(request.body())));
        return HttpResponse.ok(new Completed(upload.id(), key, location(request, upload)));
    }

    private HttpResponse cancel(HttpRequest request, String uploadId) {
        uploads.cancel(key(request), uploadId);
        return HttpResponse.ok(Map.of());
    }

    /** The URL of the upload's state: the file itself can't be read. Only the local API has no TLS, and no such header. */
    private static String location(HttpRequest request, Upload upload) {
        String path = request.stagePath() + "/uploads/" + upload.id();
        String scheme = request.headers().getOrDefault("x-forwarded-proto", "http");
        return Optional.ofNullable(request.header("host"))
                .map(host -> scheme + "://" + host + path)
                .orElse(path);
    }

    private static SortedMap<Integer, String> etags(JsonObject body) {
        var etags = new TreeMap<Integer, String>();
        for (JsonObject part : body.objects("parts")) {
            if (!(part.get("PartNumber") instanceof Integer number)
                    || part.text("ETag").isBlank()
                    || etags.put(number, part.text("ETag")) != null) {
                throw WakeboxException.invalidField(
                        "parts", "parts must be a list of {\"PartNumber\": 1, \"ETag\": \"…\"}, each part once.");
            }
        }
        return etags;
    }

    private static int number(String text) {
        if (text.matches("[0-9]{1,5}")) {
            return Integer.parseInt(text);
        }
        throw WakeboxException.invalidField("partNumber", "partNumber must be a whole number.");
    }

    private static String key(HttpRequest request) {
        return parameter(request, "key");
    }

    private static String parameter(HttpRequest request, String name) {
        String value = request.queryParameters().getOrDefault(name, "");
        if (value.isEmpty()) {
            throw WakeboxException.invalidField(name, "The query parameter " + name + " is missing.");
        }
        return value;
    }

    private static WakeboxException noRoute() {
        return new WakeboxException(
                ErrorCode.NOT_FOUND,
                "There are only the routes of Companion's multipart uploads here; docs/uploads.md lists them.");
    }
}
