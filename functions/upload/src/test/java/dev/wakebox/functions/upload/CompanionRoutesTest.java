package dev.wakebox.functions.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.storage.InMemoryObjectParts;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.InParts;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompanionRoutesTest {
    private static final int SIZE = 2 * InParts.PART_BYTES + 7;
    private static final SizeLimit LIMIT = new SizeLimit(300);

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private final InMemoryObjectStore objects = new InMemoryObjectStore(clock);
    private final InMemoryObjectParts parts = new InMemoryObjectParts(objects);
    private final Uploads uploads = new Uploads(new InMemoryJobStore(clock), clock);
    private final UploadHandler handler = new UploadHandler(
            new UploadService(
                    uploads,
                    (_, _, _, _) -> {
                        throw new AssertionError("no PUT of a whole file is signed");
                    },
                    (key, _) -> key,
                    objects,
                    (_, _) -> {},
                    new Random(1)),
            new UploadsInParts(uploads, parts, objects, new Random(1)),
            LIMIT);

    /** As @uppy/aws-s3 does it, with a page that is loaded again after the second part. */
    @Test
    void upload_whenInterrupted_goesOnWithThePartsThatAreMissing() {
        var begun = begin();
        String id = String.valueOf(begun.get("id"));
        assertThat(begun).containsEntry("key", "videos/" + id + ".mp4");
        var upload = uploads.find(id).orElseThrow();
        assertThat(upload.stage()).isEqualTo(Stage.UPLOADING);
        assertThat(upload.owner()).isEqualTo(new Owner("ana@example.org", "Ana", Language.EN));
        assertThat(upload.inParts()).contains(new InParts(String.valueOf(begun.get("uploadId")), SIZE));
        send(begun, 1);
        send(begun, 3);

        assertThat(numbers(begun)).containsExactly(1, 3);
        send(begun, 2);
        assertThat(objects.get("videos/" + id + ".mp4")).isEmpty();
        var answer = complete(begun);

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(Invocation.body(answer))
                .containsEntry("key", "videos/" + id + ".mp4")
                .containsEntry("location", "https://api-id.execute-api.us-east-1.amazonaws.com/uploads/" + id);
        assertThat(objects.get("videos/" + id + ".mp4").orElseThrow().body()).hasSize(SIZE);
        assertThat(objects.beginning("videos/" + id + ".mp4", 1).orElseThrow().contentType())
                .isEqualTo("video/mp4");
    }

    /** S3 has forgotten the multipart upload then. */
    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"UPLOADING", "UPLOADED", "FAILED"})
    void complete_whenItsAnswerWasLost_isRepeatedWithTheSameAnswer(Stage stage) {
        var begun = begin();
        send(begun, 1);
        send(begun, 2);
        send(begun, 3);
        var first = complete(begun);
        uploads.move(
                uploads.find(String.valueOf(begun.get("id"))).orElseThrow(), Set.of(Stage.UPLOADING), stage, "next");

        assertThat(numbers(begun)).as("the list after a reload").containsExactly(1, 2, 3);
        assertThat(complete(begun)).isEqualTo(first);
    }

    @Test
    void sign_whenBatched_hasTheUrlOfEachPart() {
        var begun = begin();

        var urls = Invocation.body(call("GET", path(begun, "/batch"), query(begun, "partNumbers", "1,3"), ""));

        assertThat(urls)
                .containsEntry(
                        "presignedUrls",
                        Map.of(
                                "1", url(begun, 1),
                                "3", url(begun, 3)));
        assertThat(url(begun, 3)).endsWith("?7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "4", "10000", "99999", "x", "-1", "1.5"})
    void sign_whenTheFileHasNoSuchPart_isRefused(String number) {
        var begun = begin();

        var answer = call("GET", path(begun, "/" + number), query(begun), "");

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer)).containsEntry("field", "partNumber");
    }

    @Test
    void sign_whenTheFileHasArrived_isRefused() {
        var begun = begin();
        uploads.move(
                uploads.find(String.valueOf(begun.get("id"))).orElseThrow(),
                Set.of(Stage.UPLOADING),
                Stage.PROCESSING,
                "on");

        assertThat(call("GET", path(begun, "/1"), query(begun), "")).containsEntry("statusCode", 409);
    }

    @Test
    void request_whenKeyAndUploadAreNotThoseOfOneRecord_isNotFound() {
        var mine = begin();
        var another = begin();
        var announced = uploads.create(
                "0123456789abcdef0123456789abcdef", new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        String foreign = parts.begin("models/a.bin", "video/mp4");
        for (var pair : List.of(
                Map.of("uploadId", text(another, "uploadId"), "key", text(mine, "key")),
                Map.of("uploadId", text(mine, "uploadId"), "key", text(mine, "key") + "x"),
                Map.of(
                        "uploadId",
                        text(mine, "uploadId"),
                        "key",
                        text(mine, "key").replace(".mp4", ".mov")),
                Map.of("uploadId", text(mine, "uploadId"), "key", announced.key()),
                Map.of("uploadId", foreign, "key", "models/a.bin"))) {
            assertThat(call("GET", path(pair, ""), query(pair), "")).containsEntry("statusCode", 404);
            assertThat(call("GET", path(pair, "/1"), query(pair), "")).containsEntry("statusCode", 404);
            assertThat(call("DELETE", path(pair, ""), query(pair), "")).containsEntry("statusCode", 404);
            assertThat(complete(pair, List.of())).containsEntry("statusCode", 404);
        }
        assertThat(parts.arrived("models/a.bin", foreign)).isPresent();
        assertThat(numbers(mine)).isEmpty();
    }

    @Test
    void request_withoutKey_isRefusedWithItsName() {
        assertThat(Invocation.body(call("GET", path(begin(), ""), Map.of(), "")))
                .containsEntry("field", "key");
    }

    @Test
    void complete_whenAPartIsMissingOrTwice_isRefusedAndCanBeRepeated() {
        var begun = begin();
        send(begun, 1);
        send(begun, 3);
        var arrived = arrived(begun);
        assertThat(Invocation.body(complete(begun, arrived))).containsEntry("field", "parts");
        assertThat(Invocation.body(complete(begun, List.of(arrived.getFirst(), arrived.getFirst()))))
                .containsEntry("field", "parts");

        send(begun, 2);
        var foreign = new ArrayList<Map<?, ?>>(arrived(begun));
        foreign.set(1, Map.of("PartNumber", 2, "ETag", "\"of another file\""));
        assertThat(complete(begun, foreign)).containsEntry("statusCode", 400);

        assertThat(complete(begun)).containsEntry("statusCode", 200);
    }

    @Test
    void cancel_whenRepeated_endsTheUploadOnce() {
        var begun = begin();
        send(begun, 1);

        assertThat(call("DELETE", path(begun, ""), query(begun), "")).containsEntry("statusCode", 200);
        assertThat(call("DELETE", path(begun, ""), query(begun), "")).containsEntry("statusCode", 200);

        var upload = uploads.find(text(begun, "id")).orElseThrow();
        assertThat(upload.stage()).isEqualTo(Stage.FAILED);
        assertThat(upload.reason()).isEqualTo("The upload was cancelled.");
        assertThat(call("GET", path(begun, "/1"), query(begun), "")).containsEntry("statusCode", 409);
        assertThat(call("GET", path(begun, ""), query(begun), "")).containsEntry("statusCode", 404);
    }

    @Test
    void cancel_whenTheFileIsComplete_leavesIt() {
        var begun = begin();
        send(begun, 1);
        send(begun, 2);
        send(begun, 3);
        complete(begun);

        assertThat(call("DELETE", path(begun, ""), query(begun), "")).containsEntry("statusCode", 200);

        assertThat(uploads.find(text(begun, "id")).orElseThrow().stage()).isEqualTo(Stage.UPLOADING);
        assertThat(objects.get(text(begun, "key"))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "filename, a.exe",
        "email, ana",
        "owner, ''",
        "language, fr",
        "contentLength, 0",
        "contentLength, 314572801",
        "contentLength, 9999999999999999999",
        "contentLength, 5 MB"
    })
    void begin_whenAFieldBreaksARule_isRefusedBeforeS3IsCalled(String field, String value) {
        var body =
                field.equals("filename") ? request(Map.of(), value) : request(Map.of(field, value), "junction-4.mp4");

        var answer = call("POST", "/s3/multipart", Map.of(), Json.string(body));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer)).containsEntry("field", field);
        assertThat(parts.begin("videos/a.mp4", "video/mp4")).isEqualTo("upload-1");
    }

    @Test
    void begin_withoutLength_isRefused() {
        var body = Map.of("filename", "a.mp4", "metadata", Map.of("email", "ana@example.org", "owner", "Ana"));

        assertThat(Invocation.body(call("POST", "/s3/multipart", Map.of(), Json.string(body))))
                .containsEntry("field", "contentLength");
    }

    @ParameterizedTest
    @CsvSource({"GET, ''", "PUT, /a", "POST, /a", "POST, /a/b", "DELETE, /a/1", "GET, /a/1/b"})
    void request_whenThereIsNoSuchRoute_isNotFound(String method, String rest) {
        assertThat(call(method, "/s3/multipart" + rest, Map.of("key", "videos/a.mp4"), "{}"))
                .containsEntry("statusCode", 404);
    }

    @Test
    void parts_ofTheLargestFile_areAsManyAsS3Takes() {
        var plan = new InParts("a", new SizeLimit(50_000).bytes());

        assertThat(plan.count()).isEqualTo(10_000);
        assertThat(plan.length(10_000)).isEqualTo(InParts.PART_BYTES);
        assertThat(new InParts("a", 1).count()).isEqualTo(1);
        assertThatThrownBy(() -> plan.length(10_001)).hasMessageContaining("10001");
        assertThatThrownBy(() -> new SizeLimit(50_001)).hasMessageContaining("50000");
    }

    private Map<String, @Nullable Object> begin() {
        var answer = call("POST", "/s3/multipart", Map.of(), Json.string(request(Map.of(), "junction-4.mp4")));
        assertThat(answer).containsEntry("statusCode", 200);
        return Invocation.body(answer);
    }

    /** What the plugin sends, with the metadata that Uppy sets itself. */
    private static Map<String, Object> request(Map<String, String> changes, String filename) {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("relativePath", "null");
        metadata.put("name", filename);
        metadata.put("type", "video/mp4");
        metadata.put("email", "ana@example.org");
        metadata.put("owner", "Ana");
        metadata.put("contentLength", SIZE);
        metadata.putAll(changes);
        return Map.of("filename", filename, "type", "text/html", "metadata", metadata);
    }

    private String url(Map<String, ?> begun, int number) {
        var answer = call("GET", path(begun, "/" + number), query(begun), "");
        assertThat(Invocation.body(answer)).containsEntry("expires", 900);
        return text(Invocation.body(answer), "url");
    }

    private void send(Map<String, ?> begun, int number) {
        assertThat(parts.put(url(begun, number), new byte[number == 3 ? 7 : InParts.PART_BYTES]))
                .isEqualTo(200);
    }

    private List<Map<?, ?>> arrived(Map<String, ?> begun) {
        var answer = call("GET", path(begun, ""), query(begun), "");
        assertThat(answer).containsEntry("statusCode", 200);
        return Json.object(("{\"parts\": " + answer.get("body") + "}").getBytes(StandardCharsets.UTF_8))
                .objects("parts")
                .stream()
                .<Map<?, ?>>map(part -> part)
                .toList();
    }

    private List<Object> numbers(Map<String, ?> begun) {
        return arrived(begun).stream()
                .<Object>map(part -> part.get("PartNumber"))
                .toList();
    }

    private Map<String, @Nullable Object> complete(Map<String, ?> begun) {
        return complete(begun, arrived(begun));
    }

    private Map<String, @Nullable Object> complete(Map<String, ?> begun, List<? extends Map<?, ?>> parts) {
        return call("POST", path(begun, "/complete"), query(begun), Json.string(Map.of("parts", parts)));
    }

    private static String path(Map<String, ?> begun, String rest) {
        return "/s3/multipart/" + begun.get("uploadId") + rest;
    }

    private static Map<String, String> query(Map<String, ?> begun, String... more) {
        var query = new LinkedHashMap<String, String>();
        query.put("key", text(begun, "key"));
        for (int i = 0; i < more.length; i += 2) {
            query.put(more[i], more[i + 1]);
        }
        return query;
    }

    private static String text(Map<String, ?> body, String name) {
        return String.valueOf(body.get(name));
    }

    private Map<String, @Nullable Object> call(String method, String path, Map<String, String> query, String body) {
        var event = new LinkedHashMap<>(
                Json.object(Invocation.fixture("upload-create.json").getBytes(StandardCharsets.UTF_8)));
        event.put("rawPath", path);
        event.put(
                "headers", Map.of("host", "api-id.execute-api.us-east-1.amazonaws.com", "x-forwarded-proto", "https"));
        event.put("queryStringParameters", query);
        event.put("requestContext", Map.of("http", Map.of("method", method, "path", path), "stage", "$default"));
        event.put("body", body);
        return Invocation.of(handler, Json.string(event));
    }
}
