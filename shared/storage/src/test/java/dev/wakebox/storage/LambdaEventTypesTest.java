package dev.wakebox.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our readers and AWS's official event types read the same from every event in the repository's {@code events/}. */
class LambdaEventTypesTest {
    private static final Path EVENTS = Path.of("").toAbsolutePath().resolve("../../events");

    static List<Path> http() throws IOException {
        return events(HttpRequest::isHttp);
    }

    @ParameterizedTest
    @MethodSource("http")
    void http_always_isReadAsByTheOfficialType(Path file) throws IOException {
        HttpRequest ours = HttpRequest.of(json(file));
        APIGatewayV2HTTPEvent official = EventLoader.loadApiGatewayHttpEvent(file.toString());

        var context = official.getRequestContext();
        assertThat(ours.method()).isEqualTo(context.getHttp().getMethod());
        String path = context.getHttp().getPath();
        assertThat(path).startsWith(ours.path().isEmpty() ? "/" : "").contains(ours.path());
        assertThat(ours.headers()).isEqualTo(lowerCaseKeys(official.getHeaders()));
        assertThat(ours.queryParameters()).isEqualTo(orEmpty(official.getQueryStringParameters()));
        var pathParameters = new TreeMap<>(orEmpty(official.getPathParameters()));
        pathParameters.replaceAll((_, value) -> path.endsWith("/") ? value.replaceAll("/+$", "") : value);
        assertThat(ours.pathParameters()).isEqualTo(pathParameters);
        var authorizer = Optional.ofNullable(context.getAuthorizer());
        assertThat(ours.authorizer())
                .isEqualTo(strings(authorizer.map(each -> each.getLambda()).orElse(Map.of())));
        assertThat(ours.signer())
                .isEqualTo(authorizer
                        .map(each -> each.getIam())
                        .map(iam -> iam.getUserArn())
                        .orElse(""));
        String body = requireNonNullElse(official.getBody(), "");
        assertThat(ours.body())
                .isEqualTo(official.getIsBase64Encoded() ? Base64.getDecoder().decode(body) : body.getBytes(UTF_8));
    }

    static List<Path> s3() throws IOException {
        return events(event -> "aws:s3".equals(source(event)));
    }

    @ParameterizedTest
    @MethodSource("s3")
    void s3_always_isReadAsByTheOfficialType(Path file) throws IOException {
        var ours = S3Event.fromNotification(json(file));
        var official = EventLoader.loadS3Event(file.toString()).getRecords();

        assertThat(ours).hasSameSizeAs(official);
        for (int index = 0; index < ours.size(); index++) {
            var record = official.get(index);
            String prefix = ours.get(index).kind() == S3Event.Kind.CREATED ? "ObjectCreated:" : "ObjectRemoved:";
            assertThat(record.getEventName()).startsWith(prefix);
            assertThat(ours.get(index).bucket())
                    .isEqualTo(record.getS3().getBucket().getName());
            assertThat(ours.get(index).key())
                    .isEqualTo(record.getS3().getObject().getUrlDecodedKey());
            assertThat(ours.get(index).time())
                    .isEqualTo(Instant.ofEpochMilli(record.getEventTime().getMillis()));
        }
    }

    static List<Path> sqs() throws IOException {
        return events(event -> "aws:sqs".equals(source(event)));
    }

    @ParameterizedTest
    @MethodSource("sqs")
    void sqs_always_isReadAsByTheOfficialType(Path file) throws IOException {
        var official = EventLoader.loadSQSEvent(file.toString()).getRecords();
        var ours = new ArrayList<SqsBatch.Message>();

        var answer = SqsBatch.handleMessages(json(file), message -> {
            ours.add(message);
            throw new IllegalStateException("every message fails, so that the answer names it");
        });

        assertThat(ours).hasSameSizeAs(official).isNotEmpty();
        for (int index = 0; index < ours.size(); index++) {
            var message = official.get(index);
            assertThat(ours.get(index).receiptHandle()).isEqualTo(message.getReceiptHandle());
            assertThat(ours.get(index).body())
                    .isEqualTo(Json.object(message.getBody().getBytes(UTF_8)));
            assertThat(String.valueOf(ours.get(index).receiveCount()))
                    .isEqualTo(requireNonNullElse(message.getAttributes().get("ApproximateReceiveCount"), "1"));
        }
        assertThat(answer.batchItemFailures())
                .isEqualTo(official.stream()
                        .map(message -> new SqsBatch.ItemFailure(message.getMessageId()))
                        .toList());
    }

    private static List<Path> events(Predicate<JsonObject> ofKind) throws IOException {
        try (var files = Files.list(EVENTS)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> ofKind.test(json(file)))
                    .sorted()
                    .toList();
        }
    }

    private static String source(JsonObject event) {
        return event.objects("Records").stream()
                .findFirst()
                .map(first -> first.text("eventSource"))
                .orElse("");
    }

    private static JsonObject json(Path file) {
        try {
            return Json.object(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return requireNonNullElse(map, Map.of());
    }

    private static Map<String, String> lowerCaseKeys(Map<String, String> map) {
        var lower = new TreeMap<String, String>();
        map.forEach((key, value) -> lower.put(key.toLowerCase(Locale.ROOT), value));
        return lower;
    }

    private static Map<String, String> strings(Map<String, Object> map) {
        var strings = new TreeMap<String, String>();
        map.forEach((key, value) -> strings.put(key, String.valueOf(value)));
        return strings;
    }
}
