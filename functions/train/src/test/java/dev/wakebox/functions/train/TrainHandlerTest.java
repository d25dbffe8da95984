package dev.wakebox.functions.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.PresignedUpload;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainHandlerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String MULTIPART = "multipart/form-data; boundary=XX";
    private static final String PART_HEAD = """
            --XX\r
            Content-Disposition: form-data; name="training_data"; filename="blob"\r
            Content-Type: application/json\r
            \r
            """;

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final InMemoryInstances instances = new InMemoryInstances(CLOCK);
    private final TrainHandler handler = new TrainHandler(
            new TrainingStart(objects, instances, INSTANCE, new RandomNames(new Random(1)), CLOCK),
            new DatasetUploads(
                    (key, type, length, validity) -> new PresignedUpload(
                            "https://bucket.example/" + key + "?length=" + length,
                            "PUT",
                            Map.of("content-type", type),
                            CLOCK.instant().plus(validity)),
                    new RandomNames(new Random(2))));

    /** An answer: the HTTP status and the JSON. */
    private record Answer(@Nullable Object status, Map<String, @Nullable Object> body) {}

    @BeforeEach
    void theInstanceSleeps() {
        instances.set(INSTANCE, InstanceState.STOPPED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train-text.json", "train-multipart.json"})
    void handleRequest_whenTheFixtureIsGood_answersTheToken(String fixture) {
        Answer answer = fixture(fixture);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsOnlyKeys("result", "token").containsEntry("result", "success");
        assertThat((String) answer.body().get("token")).matches("textclassification-bank_questions-[a-z0-9]{5}");
        assertThat(objects.head(TrainingJobFile.KEY)).isPresent();

        assertThat(fixture(fixture))
                .isEqualTo(new Answer(
                        fixture.contains("multipart") ? 200 : 409,
                        Map.of("result", "error", "message", "Server is busy.")));
    }

    /** The original's page reads the token of a 200. */
    @ParameterizedTest
    @ValueSource(strings = {"train-text.json", "train-multipart.json"})
    void handleRequest_whenTheTrainingWaits_answers200WithItsTokenAndPlace(String fixture) {
        var queueing = new TrainHandler(
                new TrainingStart(objects, instances, INSTANCE, new RandomNames(new Random(1)), CLOCK, 1),
                new DatasetUploads(
                        (key, type, length, validity) -> {
                            throw new AssertionError("no dataset is uploaded");
                        },
                        new RandomNames(new Random(2))));
        Invocation.ofFixture(queueing, fixture);

        var answer = Invocation.ofFixture(queueing, fixture);

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(Invocation.body(answer))
                .containsOnlyKeys("result", "token", "queued", "place", "message")
                .containsEntry("result", "success")
                .containsEntry("queued", true)
                .containsEntry("place", 1)
                .containsEntry("message", "Server is busy. The training waits at place 1 and begins by itself.")
                .extractingByKey("token")
                .asString()
                .matches("textclassification-bank_questions-[a-z0-9]{5}");
    }

    @Test
    void handleRequest_whenBothFixturesSayTheSame_writesTheSameJob() {
        fixture("train-text.json");
        var first = Json.object(objects.get(TrainingJobFile.KEY).orElseThrow().body());
        objects.delete("status.json");
        fixture("train-multipart.json");
        var second = Json.object(objects.get(TrainingJobFile.KEY).orElseThrow().body());

        assertThat(second.without("token")).isEqualTo(first.without("token")).containsEntry("num_classes", 2);
    }

    @Test
    void handleRequest_whenTheLearningRateFixtureIsBad_answersTheFieldAndLeavesTheState() {
        assertThat(fixture("train-bad-learning-rate.json"))
                .isEqualTo(new Answer(
                        400,
                        Map.of(
                                "result", "error",
                                "message", "learningRate must be a number from 0.00001 to 2.",
                                "field", "learningRate")));
        assertThat(objects.head("status.json")).isEmpty();
    }

    @Test
    void handleRequest_whenTheFormsCsvHasOtherColumns_answers200WithWhatItHas() {
        assertThat(fixture("train-multipart-refused.json"))
                .isEqualTo(new Answer(
                        200,
                        Map.of(
                                "result", "error",
                                "message",
                                        "Dataset does not have a column named \"label\"; line 1 has \"input\", \"class\"",
                                "field", "dataset")));
    }

    @Test
    void handleRequest_whenTheDatasetKeyFixtureIsSent_looksForTheObject() {
        assertThat(fixture("train-dataset-key.json").body()).containsEntry("field", "datasetKey");

        objects.put(
                "datasets/example.csv",
                Requests.CSV.getBytes(StandardCharsets.UTF_8),
                "text/csv",
                new Condition.Always());
        assertThat(fixture("train-dataset-key.json").status()).isEqualTo(200);
    }

    @Test
    void handleRequest_whenTheUploadFixtureIsSent_answersAPlaceForTheDataset() {
        Answer answer = fixture("datasets-create.json");

        assertThat(answer.status()).isEqualTo(201);
        String key = (String) answer.body().get("datasetKey");
        assertThat(key).matches("datasets/[a-z0-9]{25}\\.csv");
        assertThat(answer.body())
                .isEqualTo(Map.of(
                        "result",
                        "success",
                        "datasetKey",
                        key,
                        "url",
                        "https://bucket.example/" + key + "?length=1048576",
                        "method",
                        "PUT",
                        "headers",
                        Map.of("content-type", "text/csv"),
                        "expiresAt",
                        "2026-11-22T12:15:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'contentLength':1}|contentType|contentType is missing.",
                "{'contentType':'text/plain','contentLength':1}|contentType|contentType must be \"text/csv\" (texts) or \"application/json\" (images).",
                "{'contentType':'text/csv; charset=utf-16','contentLength':1}|contentType|contentType may have no other parameter than \"charset=utf-8\".",
                "{'contentType':'image/csv','contentLength':1}|contentType|contentType must be \"text/csv\" (texts) or \"application/json\" (images).",
                "{'contentType':'text/csv'}|contentLength|contentLength is missing.",
                "{'contentType':'text/csv','contentLength':0}|contentLength|contentLength must be a whole number from 1 to 67108864.",
                "{'contentType':'text/csv','contentLength':67108865}|contentLength|contentLength must be a whole number from 1 to 67108864.",
                "{'contentType':'text/csv','contentLength':1.5}|contentLength|contentLength must be a whole number from 1 to 67108864.",
                "{'contentType':'text/csv','contentLength':1e999}|contentLength|contentLength must be a number.",
            },
            quoteCharacter = '^')
    void handleRequest_whenAnUploadIsUnfit_answersTheField(String body, String field, String message) {
        assertThat(send("/datasets", "application/json", body.replace('\'', '"')))
                .isEqualTo(new Answer(400, Map.of("result", "error", "message", message, "field", field)));
    }

    @Test
    void handleRequest_whenAnUploadIsAtTheLimit_allowsIt() {
        Answer answer = send(
                "/datasets", "application/json", "{\"contentType\":\"application/json\",\"contentLength\":67108864}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat((String) answer.body().get("datasetKey")).endsWith(".json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "application/json; charset=utf-8", "text/plain"})
    void handleRequest_whenTheBodyIsJsonWhateverTheTypeSays_readsIt(String contentType) {
        assertThat(send("/train", contentType, Json.string(Requests.text())).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MULTIPART,
                "Multipart/Form-Data; charset=utf-8; Boundary=\"XX\"",
            })
    void handleRequest_whenTheBodyIsMultipart_readsTheFirstPart(String contentType) {
        String body = "preamble\r\n" + PART_HEAD + Json.string(Requests.text())
                + "\r\n--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nnot json\r\n--XX--\r\n";

        assertThat(send("/train", contentType, body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "multipart/form-data|--XX|The Content-Type names no boundary; let your HTTP client set the header of a multipart body.",
                "multipart/form-data; boundary=|--XX|The Content-Type names no boundary; let your HTTP client set the header of a multipart body.",
                MULTIPART
                        + "|--YY\\r\\n\\r\\n{}\\r\\n--YY--|The multipart body has no part with the boundary of the Content-Type.",
                MULTIPART + "|{}|The multipart body has no part with the boundary of the Content-Type.",
                MULTIPART + "|--XX--\\r\\n|The multipart body has no part with the boundary of the Content-Type.",
                MULTIPART
                        + "|--XX\\r\\nContent-Disposition: form-data|The first part of the multipart body is incomplete; it needs headers, an empty line, the JSON, and the boundary.",
                MULTIPART
                        + "|--XX\\r\\nX: y\\r\\n\\r\\n{}|The first part of the multipart body is incomplete; it needs headers, an empty line, the JSON, and the boundary.",
                MULTIPART
                        + "|--XX\\r\\nX: y\\r\\n\\r\\n{}\\r\\n--X|The first part of the multipart body is incomplete; it needs headers, an empty line, the JSON, and the boundary.",
                MULTIPART
                        + "|--XX\\r\\nX: y\\r\\n\\r\\nhello\\r\\n--XX--|The JSON cannot be parsed at line 1, column 1.",
            })
    void handleRequest_whenTheMultipartBodyIsBroken_saysHow(String contentType, String body, String message) {
        assertThat(send("/train", contentType, body.replace("\\r", "\r").replace("\\n", "\n")))
                .isEqualTo(new Answer(200, Map.of("result", "error", "message", message)));
        assertThat(objects.head("status.json")).isEmpty();
    }

    /**
     * The original's page shows the message of an answer with status 200, and "Internal Server Error" for every other
     * status.
     */
    @Test
    void handleRequest_whenAFormIsRefused_answers200WithTheReason() {
        assertThat(form(Requests.with(Requests.text(), "learningRate", 3)))
                .isEqualTo(new Answer(
                        200,
                        Map.of(
                                "result", "error",
                                "message", "learningRate must be a number from 0.00001 to 2.",
                                "field", "learningRate")));
        assertThat(form(Requests.with(Requests.text(), "dataset", Requests.base64("input,class\nx,y\n"))))
                .isEqualTo(new Answer(
                        200,
                        Map.of(
                                "result", "error",
                                "message",
                                        "Dataset does not have a column named \"label\"; line 1 has \"input\", \"class\"",
                                "field", "dataset")));
        assertThat(form(Requests.stored("datasets/none.csv"))).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).containsEntry("field", "datasetKey");
        });
        assertThat(sendBase64("/train", MULTIPART, new byte[0]))
                .isEqualTo(new Answer(
                        200, Map.of("result", "error", "message", "The body is empty; send a JSON object.")));

        instances.set(INSTANCE, InstanceState.STOPPING);
        assertThat(form(Requests.text()))
                .isEqualTo(
                        new Answer(
                                200,
                                Map.of(
                                        "result", "error",
                                        "message",
                                                "Server is currently training another model, please check back in 5 minutes.")));
        assertThat(objects.head("status.json")).isEmpty();
    }

    @Test
    void handleRequest_whenAFormIsRefusedForNowOnly_answers200WithTheReason() {
        objects.failOn("get", "status.json", new WakeboxException(ErrorCode.UNAVAILABLE, "S3 could not be reached."));

        assertThat(form(Requests.text()))
                .isEqualTo(new Answer(200, Map.of("result", "error", "message", "S3 could not be reached.")));
    }

    @Test
    void handleRequest_whenTheFaultIsOurs_answers500ToAFormToo() {
        instances.set(INSTANCE, InstanceState.TERMINATED);

        assertThat(form(Requests.text())).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).containsEntry("result", "internal_error");
        });
    }

    @Test
    void handleRequest_whenJsonIsRefusedWhileStopping_answers409() {
        instances.set(INSTANCE, InstanceState.STOPPING);

        assertThat(send("/train", "application/json", Json.string(Requests.text()))
                        .status())
                .isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.ms-excel",
                "text/csv; charset=utf-8",
                "Text/CSV;charset=\"UTF-8\"",
                "text/csv;",
                "application/csv",
                "text/tab-separated-values",
            })
    void handleRequest_whenTheUploadIsACsvByAnotherName_answersAPlace(String contentType) {
        Answer answer = send(
                "/datasets", "application/json", Json.string(Map.of("contentType", contentType, "contentLength", 7)));

        assertThat(answer.status()).isEqualTo(201);
        assertThat((String) answer.body().get("datasetKey")).endsWith(".csv");
        assertThat(answer.body())
                .containsEntry("headers", Map.of("content-type", contentType.toLowerCase(Locale.ROOT)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "[]",
                "7",
                "null",
                "{\"taskType\":",
                "{\"a\":1,\"a\":2}",
                "{'taskType':'x'}",
                "{\"learningRate\":NaN}",
                "taskType=textClassification&taskName=x",
                "{} {}",
                "\u0000\u0000\u0000{",
            })
    void handleRequest_whenTheBodyIsNotJson_answers400WithAMessage(String body) {
        Answer answer = send("/train", "application/json", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).containsEntry("result", "error");
        assertThat((String) answer.body().get("message")).isNotBlank().doesNotContain("Exception", "com.", "java");
    }

    @Test
    void handleRequest_whenTheBodyIsRandomBytes_answers400() {
        long seed = 20261122;
        System.out.println("TrainHandlerTest: seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[1 + random.nextInt(64)];
            random.nextBytes(bytes);
            Arrays.fill(bytes, 0, random.nextInt(Math.min(4, bytes.length)), (byte) 0);
            boolean form = random.nextBoolean();
            Answer answer = sendBase64("/train", form ? MULTIPART : "application/json", bytes);
            assertThat(answer.status()).as("case %d", i).isEqualTo(form ? 200 : 400);
            assertThat(answer.body()).containsEntry("result", "error").containsKey("message");
        }
    }

    @Test
    void handleRequest_whenTheBodyHas10Megabytes_readsIt() {
        var csv = new StringBuilder("input,label\n");
        String text = "word ".repeat(140);
        for (int i = 0; i < 10_000; i++) {
            csv.append(text).append(i % 2 == 0 ? ",a\n" : ",b\n");
        }
        String body = Json.string(Requests.with(Requests.text(), "dataset", Requests.base64(csv.toString())));
        assertThat(body.length()).isBetween(9_000_000, 10_000_000);

        assertThat(sendBase64("/train", MULTIPART, (PART_HEAD + body + "\r\n--XX--").getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"GET, /train", "POST, /", "POST, /trains", "PUT, /datasets"})
    void handleRequest_whenTheRouteIsAnother_answers404(String method, String path) {
        assertThat(send(method, path, "", "{}", false).status()).isEqualTo(404);
    }

    @Test
    void handleRequest_whenTheStageIsInThePath_answersAllTheSame() {
        assertThat(send("/prod/train", "", Json.string(Requests.text())).status())
                .isEqualTo(200);
    }

    private Answer send(String path, String contentType, String body) {
        return send("POST", path, contentType, body, false);
    }

    private Answer form(Map<String, @Nullable Object> request) {
        return sendBase64(
                "/train",
                MULTIPART,
                (PART_HEAD + Json.string(request) + "\r\n--XX--\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private Answer sendBase64(String path, String contentType, byte[] body) {
        return send("POST", path, contentType, Base64.getEncoder().encodeToString(body), true);
    }

    private Answer send(String method, String path, String contentType, String body, boolean base64) {
        var event = new LinkedHashMap<String, @Nullable Object>();
        event.put("version", "2.0");
        event.put("rawPath", path);
        event.put("headers", contentType.isEmpty() ? Map.of() : Map.of("Content-Type", contentType));
        event.put("requestContext", Map.of("http", Map.of("method", method, "path", path)));
        event.put("body", body);
        event.put("isBase64Encoded", base64);
        return handle(Json.string(event));
    }

    private Answer fixture(String name) {
        return handle(Invocation.fixture(name));
    }

    private Answer handle(String event) {
        Map<String, @Nullable Object> answer = Invocation.of(handler, event);
        return new Answer(answer.get("statusCode"), Invocation.body(answer));
    }
}
