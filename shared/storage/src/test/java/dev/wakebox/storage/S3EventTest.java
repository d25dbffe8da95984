package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class S3EventTest {
    @Test
    void fromNotification_whenCreatedAndRemoved_decodesTheKeys() {
        assertThat(events("{\"Records\": [" + entry("ObjectCreated:Put", "a+b/%C3%BC.json") + ", "
                        + entry("ObjectRemoved:DeleteMarkerCreated", "training/training.json") + "]}"))
                .containsExactly(
                        new S3Event(
                                "data", "a b/ü.json", S3Event.Kind.CREATED, Instant.parse("2026-11-22T12:00:00.250Z")),
                        new S3Event(
                                "data",
                                "training/training.json",
                                S3Event.Kind.REMOVED,
                                Instant.parse("2026-11-22T12:00:00.250Z")));
    }

    @Test
    void fromNotification_whenTestEventOrAnotherKindOrNoS3AtAll_isEmpty() {
        assertThat(events("{\"Service\": \"Amazon S3\", \"Event\": \"s3:TestEvent\", \"Bucket\": \"data\"}"))
                .isEmpty();
        assertThat(events("{\"Records\": [" + entry("ObjectRestore:Post", "a") + "]}"))
                .isEmpty();
        assertThat(events("{\"Records\": [\"x\", {}, {\"eventName\": \"ObjectCreated:Put\", \"s3\": {}}]}"))
                .isEmpty();
        assertThat(events("{\"Records\": {}}")).isEmpty();
        assertThat(events("{}")).isEmpty();
    }

    @Test
    void is_whenKindBucketOrKeyDiffers_isFalse() {
        var event = new S3Event("data", "a", S3Event.Kind.CREATED, Instant.EPOCH);

        assertThat(event.is(S3Event.Kind.CREATED, "data", "a")).isTrue();
        assertThat(event.is(S3Event.Kind.REMOVED, "data", "a")).isFalse();
        assertThat(event.is(S3Event.Kind.CREATED, "other", "a")).isFalse();
        assertThat(event.is(S3Event.Kind.CREATED, "data", "b")).isFalse();
    }

    private static String entry(String name, String key) {
        return "{\"eventName\": \"" + name + "\", \"eventTime\": \"2026-11-22T12:00:00.250Z\","
                + " \"s3\": {\"bucket\": {\"name\": \"data\"}, \"object\": {\"key\": \"" + key + "\"}}}";
    }

    private static List<S3Event> events(String json) {
        return S3Event.fromNotification(Json.object(json.getBytes(StandardCharsets.UTF_8)));
    }
}
