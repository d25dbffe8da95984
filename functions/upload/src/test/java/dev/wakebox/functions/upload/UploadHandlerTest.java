package dev.wakebox.functions.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectParts;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
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

class UploadHandlerTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private final InMemoryObjectStore objects = new InMemoryObjectStore(clock);
    private final Uploads uploads = new Uploads(new InMemoryJobStore(clock), clock);
    private final List<String> failures = new ArrayList<>();
    private final UploadHandler handler = new UploadHandler(
            new UploadService(
                    uploads,
                    (key, type, length, validity) -> new PresignedUpload(
                            "https://bucket.example/" + key + "?length=" + length,
                            "PUT",
                            Map.of("content-type", type),
                            clock.instant().plus(validity)),
                    (key, _) -> "https://bucket.example/" + key + "?signed",
                    objects,
                    (id, reason) -> failures.add(id + ": " + reason),
                    new Random(1)),
            inParts(uploads),
            new SizeLimit(300));

    @Test
    void announce_whenGood_recordsTheUploadAndSignsItsPlace() {
        var answer = Invocation.ofFixture(handler, "upload-create.json");

        assertThat(answer).containsEntry("statusCode", 201);
        var body = Invocation.body(answer);
        String id = String.valueOf(body.get("id"));
        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(body)
                .containsEntry("key", "videos/" + id + ".mp4")
                .containsEntry("url", "https://bucket.example/videos/" + id + ".mp4?length=1048576")
                .containsEntry("headers", Map.of("content-type", "video/mp4"))
                .containsEntry("expiresAt", "2026-11-22T12:15:00Z");
        var upload = uploads.find(id).orElseThrow();
        assertThat(upload.stage()).isEqualTo(Stage.UPLOADING);
        assertThat(upload.owner()).isEqualTo(new Owner("ana@example.org", "Ana", Language.EN));
    }

    @Test
    void announce_whenRepeated_givesAnotherIdEachTime() {
        var ids = new HashSet<Object>();
        for (int i = 0; i < 100; i++) {
            ids.add(Invocation.body(Invocation.ofFixture(handler, "upload-create.json"))
                    .get("id"));
        }
        assertThat(ids).hasSize(100);
    }

    @ParameterizedTest
    @CsvSource({
        "a.MP4, video/mp4, .mp4",
        "a.tar.mov, video/quicktime, .mov",
        "A.AVI, video/x-msvideo, .avi",
        "a.mkv, video/x-matroska, .mkv",
        "a.webm, video/webm, .webm"
    })
    void announce_whenAKnownType_bindsIt(String filename, String type, String ending) {
        var body = Invocation.body(announce(Map.of("filename", filename)));

        assertThat(body).containsEntry("headers", Map.of("content-type", type));
        assertThat(String.valueOf(body.get("key"))).endsWith(ending);
    }

    @ParameterizedTest
    @CsvSource({
        "filename, a.exe",
        "filename, mp4",
        "filename, ' '",
        "email, ana",
        "email, 'ana@example.org, eve@example.org'",
        "email, 'Ana <ana@example.org>'",
        "email, <ana@example.org>",
        "email, ana@example",
        "email, a b@example.org",
        "email, a..b@example.com",
        "email, .ana@example.com",
        "email, ana.@example.com",
        "email, a@-example.com",
        "email, a@example-.com",
        "email, a@example..com",
        "email, a@[127.0.0.1]",
        "email, a@example.c",
        "email, '\"a b\"@example.org'",
        "email, (comment)ana@example.org",
        "email, añá@example.org",
        "email, ana@exämple.org",
        "name, ''",
        "language, fr"
    })
    void announce_whenAFieldBreaksARule_isRefusedWithItsName(String field, String value) {
        var answer = announce(Map.of(field, value));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer)).containsEntry("field", field);
    }

    @Test
    void announce_whenTheAddressHoldsALineBreak_isRefused() {
        assertThat(announce(Map.of("email", "ana@example.org\r\nBcc: eve@example.org")))
                .containsEntry("statusCode", 400);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 314_572_801, Long.MAX_VALUE})
    void announce_whenTooLargeOrEmpty_isRefused(long length) {
        assertThat(Invocation.body(announce(Map.of("contentLength", length)))).containsEntry("field", "contentLength");
    }

    @ParameterizedTest
    @ValueSource(strings = {"filename", "email", "name"})
    void announce_whenAFieldHasHalfASurrogatePair_isRefusedWithItsName(String field) {
        var request = request();
        request.put(field, "HALF" + request.get(field));

        var answer = postBody(Json.string(request).replace("HALF", "\\ud800"));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer)).containsEntry("field", field);
    }

    @Test
    void progress_whenTheReasonHasHalfASurrogatePair_isRefused() {
        var answer = report("{\"failed\": \"no \\ud800 video\"}");

        assertThat(Invocation.body(answer)).containsEntry("field", "failed");
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"filename", "email", "name"})
    void announce_whenAFieldIsMissing_isRefusedWithItsName(String field) {
        var request = request();
        request.remove(field);

        assertThat(Invocation.body(post(request))).containsEntry("field", field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ana@example.org",
                "ana.maria+video@sub.example.co.uk",
                "o'neill@example.org",
                "1234567890@example.museum"
            })
    void announce_whenTheAddressIsUsual_isTaken(String email) {
        assertThat(announce(Map.of("email", email))).containsEntry("statusCode", 201);
    }

    @Test
    void announce_whenTheLengthIsNotSaid_bindsTheTypeOnly() {
        var request = request();
        request.remove("contentLength");

        var answer = post(request);

        assertThat(answer).containsEntry("statusCode", 201);
        assertThat(Invocation.body(answer))
                .containsEntry("headers", Map.of("content-type", "video/mp4"))
                .hasEntrySatisfying(
                        "url", url -> assertThat(String.valueOf(url)).endsWith("?length=null"));
    }

    @Test
    void view_whenTheUploadIsOfAPage_leavesTheResultsToThePage() {
        uploads.done(uploads.adopt(
                new Keys.Video(ID, "mp4"),
                new Origin.Page(false),
                new Owner("ana@example.org", "Ana", Language.ES),
                "a.mp4"));
        objects.put(Keys.summary(ID), new byte[1], "text/csv", new Condition.Always());

        var body = Invocation.body(Invocation.ofFixture(handler, "upload-get.json"));

        assertThat(body).containsEntry("state", "DONE").doesNotContainKey("links");
    }

    @ParameterizedTest
    @CsvSource({"es-MX, ES", "'fr,es;q=0.8,en;q=0.5', ES", "'', EN", "'*', EN", "';;;', EN"})
    void announce_whenNoLanguageIsChosen_takesTheBrowsers(String header, Language language) {
        String event = Invocation.fixture("upload-create.json")
                .replace("\"content-type\"", "\"accept-language\": " + Json.string(header) + ", \"content-type\"");
        String id =
                String.valueOf(Invocation.body(Invocation.of(handler, event)).get("id"));

        assertThat(uploads.find(id).orElseThrow().owner().language()).isEqualTo(language);
    }

    @Test
    void view_whenDone_linksToWhatIsThere() {
        uploads.done(uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4"));
        objects.put(Keys.summary(ID), new byte[1], "text/csv", new Condition.Always());

        var body = Invocation.body(Invocation.ofFixture(handler, "upload-get.json"));

        assertThat(body)
                .containsEntry("state", "DONE")
                .containsEntry("progress", 100)
                .containsEntry("links", Map.of("summary", "https://bucket.example/csvs/summary" + ID + ".csv?signed"));
    }

    @Test
    void progress_whenReported_isShown() {
        var upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        uploads.move(upload, Set.of(Stage.UPLOADING), Stage.PROCESSING, "on");

        assertThat(Invocation.ofFixture(handler, "upload-progress.json")).containsEntry("statusCode", 200);

        assertThat(Invocation.body(Invocation.ofFixture(handler, "upload-get.json")))
                .containsEntry("state", "PROCESSING")
                .containsEntry("progress", 40);
    }

    @Test
    void progress_whenTheInstanceFailed_passesTheReasonOnInPlainWords() {
        var upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        uploads.move(upload, Set.of(Stage.UPLOADING), Stage.PROCESSING, "on");

        assertThat(report("{\"failed\": \"No frame at https://evil.example\\n\"}"))
                .containsEntry("statusCode", 200);

        assertThat(failures).containsExactly(ID + ": No frame at");
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"DONE", "FAILED"})
    void progress_whenTheUploadIsOver_changesNothing(Stage stage) {
        var upload = uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        uploads.move(upload, Set.of(Stage.UPLOADING), stage, "over");

        assertThat(report("{\"failed\": \"late\"}")).containsEntry("statusCode", 200);

        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"failed\": \"\"}",
                "{\"failed\": true}",
                "{\"failed\": null}",
                "{\"failed\": {\"why\": 1}}",
                "{\"failed\": \"no\", \"progress\": 10}"
            })
    void progress_whenTheReasonIsNone_isRefused(String body) {
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");

        var answer = report(body);

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer)).containsEntry("field", "failed");
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "101", "1.5", "\\\"50\\\"", "null"})
    void progress_whenNoPercentage_isRefused(String value) {
        uploads.create(ID, new Owner("ana@example.org", "Ana", Language.EN), "a.mp4", "mp4");
        String event = Invocation.fixture("upload-progress.json")
                .replace("\\\"progress\\\": 40", "\\\"progress\\\": " + value);

        assertThat(Invocation.of(handler, event)).containsEntry("statusCode", 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"upload-get.json", "upload-progress.json"})
    void anybody_whoOnlyKnowsAnId_learnsNoAddressAndNoName(String fixture) {
        for (Stage stage : Stage.values()) {
            var uploads = new Uploads(new InMemoryJobStore(clock), clock);
            var upload = uploads.create(ID, new Owner("secret@example.org", "Anastasia", Language.EN), "a.mp4", "mp4");
            uploads.move(upload, Set.of(Stage.UPLOADING), stage, "because");
            var handler = new UploadHandler(
                    new UploadService(
                            uploads,
                            (_, _, _, _) -> {
                                throw new AssertionError("nothing is uploaded");
                            },
                            (key, _) -> key,
                            objects,
                            (id, reason) -> failures.add(id + ": " + reason),
                            new Random(1)),
                    inParts(uploads),
                    new SizeLimit(300));

            assertThat(Invocation.ofFixture(handler, fixture).toString())
                    .contains("success")
                    .doesNotContain("secret@example.org")
                    .doesNotContain("Anastasia");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"upload-get.json", "upload-progress.json"})
    void request_whenTheUploadIsUnknown_is404(String fixture) {
        assertThat(Invocation.ofFixture(handler, fixture)).containsEntry("statusCode", 404);
    }

    private UploadsInParts inParts(Uploads uploads) {
        return new UploadsInParts(uploads, new InMemoryObjectParts(objects), objects, new Random(1));
    }

    private Map<String, @Nullable Object> announce(Map<String, ?> changes) {
        var request = request();
        request.putAll(changes);
        return post(request);
    }

    private Map<String, @Nullable Object> report(String body) {
        var event = new LinkedHashMap<>(
                Json.object(Invocation.fixture("upload-progress.json").getBytes(StandardCharsets.UTF_8)));
        event.put("body", body);
        return Invocation.of(handler, Json.string(event));
    }

    private static Map<String, Object> request() {
        var request = new LinkedHashMap<String, Object>();
        request.put("filename", "junction-4.mp4");
        request.put("email", "ana@example.org");
        request.put("name", "Ana");
        request.put("contentLength", 1_048_576);
        return request;
    }

    private Map<String, @Nullable Object> post(Map<String, ?> request) {
        return postBody(Json.string(request));
    }

    private Map<String, @Nullable Object> postBody(String body) {
        var event = new LinkedHashMap<>(
                Json.object(Invocation.fixture("upload-create.json").getBytes(StandardCharsets.UTF_8)));
        event.put("body", body);
        return Invocation.of(handler, Json.string(event));
    }
}
