package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

class S3ObjectStoreTest {
    private static final byte[] BODY = "text".getBytes(StandardCharsets.UTF_8);
    private static final Condition.Unchanged UNCHANGED = new Condition.Unchanged("\"abc\"");

    private final StubHttpClient http = new StubHttpClient();
    private final S3ObjectStore store = new S3ObjectStore(
            S3Client.builder()
                    .httpClient(http)
                    .overrideConfiguration(config -> config.retryStrategy(AwsRetryStrategy.doNotRetry()))
                    .build(),
            "data");

    @Test
    void get_whenThere_isBytesAndETag() {
        http.answer(200, Map.of("ETag", "\"abc\"", "Content-Length", "4"), "text");

        var object = store.get("a/b c.json").orElseThrow();

        assertThat(object.body()).isEqualTo(BODY);
        assertThat(object.etag()).isEqualTo("\"abc\"");
        assertThat(http.requests().getFirst().encodedPath()).endsWith("/a/b%20c.json");
    }

    @Test
    void get_whenItHasTheETagStill_isUnchanged() {
        http.answer(304, Map.of(), "");

        assertThat(store.get("a", "\"abc\"")).isEqualTo(new CachedReads.Read.Unchanged());
        assertThat(http.requests().getFirst().firstMatchingHeader("If-None-Match"))
                .hasValue("\"abc\"");
    }

    @Test
    void get_whenItHasAnotherETag_isChanged() {
        http.answer(200, Map.of("ETag", "\"def\"", "Content-Length", "4"), "text");

        assertThat(store.get("a", "\"abc\""))
                .isInstanceOfSatisfying(
                        CachedReads.Read.Changed.class,
                        changed -> assertThat(changed.object().etag()).isEqualTo("\"def\""));
    }

    @Test
    void get_whenItIsGone_isAbsent() {
        http.answer(404, Map.of(), error("NoSuchKey"));

        assertThat(store.get("a", "\"abc\"")).isEqualTo(new CachedReads.Read.Absent());
    }

    @Test
    void tail_always_asksForTheLastBytesOnly() {
        http.answer(206, Map.of("ETag", "\"abc\"", "Content-Length", "4"), "text");

        assertThat(store.tail("a", 4)).hasValue(BODY);
        assertThat(http.requests().getFirst().firstMatchingHeader("Range")).hasValue("bytes=-4");
    }

    @Test
    void beginning_always_asksForTheFirstBytesOnlyAndKeepsTheType() {
        http.answer(206, Map.of("Content-Type", "video/mp4", "Content-Length", "4"), "text");

        var beginning = store.beginning("a", 4).orElseThrow();

        assertThat(beginning.bytes()).isEqualTo(BODY);
        assertThat(beginning.contentType()).isEqualTo("video/mp4");
        assertThat(http.requests().getFirst().firstMatchingHeader("Range")).hasValue("bytes=0-3");
    }

    @Test
    void beginning_whenEmptyOrGone_isEmpty() {
        http.answer(416, Map.of(), error("InvalidRange"));
        http.answer(404, Map.of(), error("NoSuchKey"));

        assertThat(store.beginning("a", 4).orElseThrow().bytes()).isEmpty();
        assertThat(store.beginning("a", 4)).isEmpty();
    }

    @Test
    void tail_whenEmptyOrGone_isEmpty() {
        http.answer(416, Map.of(), error("InvalidRange"));
        http.answer(404, Map.of(), error("NoSuchKey"));

        assertThat(store.tail("a", 4)).hasValue(new byte[0]);
        assertThat(store.tail("a", 4)).isEmpty();
    }

    @Test
    void former_always_areTheKeysOwnVersionsButTheLatest() {
        http.answer(200, Map.of(), """
            <ListVersionsResult>
              <Version><Key>a</Key><VersionId>3</VersionId><IsLatest>true</IsLatest></Version>
              <DeleteMarker><Key>a</Key><VersionId>2</VersionId><IsLatest>false</IsLatest></DeleteMarker>
              <Version><Key>a</Key><VersionId>1</VersionId><IsLatest>false</IsLatest></Version>
              <Version><Key>ab</Key><VersionId>0</VersionId><IsLatest>false</IsLatest></Version>
            </ListVersionsResult>
            """);
        http.answer(200, Map.of("ETag", "\"def\"", "Content-Length", "4"), "text");

        assertThat(store.former("a")).extracting(StoredObject::etag).containsExactly("\"def\"");
        assertThat(http.requests().getLast().rawQueryParameters()).containsEntry("versionId", List.of("1"));
    }

    @Test
    void get_whenNoSuchKey_isEmpty() {
        http.answer(404, Map.of(), error("NoSuchKey"));

        assertThat(store.get("a")).isEmpty();
    }

    @Test
    void get_whenNoSuchBucket_isInternalAndNamesBucketAndCause() {
        http.answer(404, Map.of(), error("NoSuchBucket"));

        assertThatThrownBy(() -> store.get("a"))
                .isInstanceOfSatisfying(WakeboxException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL);
                    assertThat(e.messageForCaller()).doesNotContain("data", "NoSuchBucket");
                })
                .hasMessage("Cannot read \"a\" in the bucket \"data\": NoSuchBucket.");
    }

    @Test
    void get_whenForbidden_isInternal() {
        http.answer(403, Map.of(), error("AccessDenied"));

        assertFails(() -> store.get("a"), ErrorCode.INTERNAL);
    }

    @Test
    void get_whenThrottledOrBrokenOrOutOfReach_isUnavailable() {
        http.answer(503, Map.of(), error("SlowDown"));
        assertFails(() -> store.get("a"), ErrorCode.UNAVAILABLE);

        http.answer(500, Map.of(), error("InternalError"));
        assertFails(() -> store.get("a"), ErrorCode.UNAVAILABLE);

        http.fail("Connection refused");
        assertFails(() -> store.get("a"), ErrorCode.UNAVAILABLE);
    }

    @Test
    void head_whenThere_isSizeETagAndTime() {
        http.answer(
                200,
                Map.of("ETag", "\"abc\"", "Content-Length", "4", "Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT"),
                "");

        assertThat(store.head("a")).hasValue(new ObjectInfo(4, "\"abc\"", Instant.parse("2026-11-22T12:00:00Z")));
    }

    @Test
    void head_whenNoSuchKey_isEmpty() {
        http.answer(404, Map.of(), "");

        assertThat(store.head("a")).isEmpty();
    }

    @Test
    void put_whenConditional_sendsTheConditionAndReturnsTheETag() {
        for (int i = 0; i < 3; i++) {
            http.answer(200, Map.of("ETag", "\"new\""), "");
        }

        assertThat(store.put("a", BODY, "text/plain", new Condition.Always())).isEqualTo("\"new\"");
        store.put("a", BODY, "text/plain", new Condition.Absent());
        store.put("a", BODY, "text/plain", UNCHANGED);

        assertThat(http.requests().get(0).headers()).doesNotContainKeys("If-Match", "If-None-Match");
        assertThat(http.requests().get(1).firstMatchingHeader("If-None-Match")).hasValue("*");
        assertThat(http.requests().get(2).firstMatchingHeader("If-Match")).hasValue("\"abc\"");
        assertThat(http.requests().get(0).firstMatchingHeader("Content-Type")).hasValue("text/plain");
    }

    @Test
    void put_whenConditionDoesNotHold_isPreconditionFailed() {
        for (Condition condition : new Condition[] {UNCHANGED, new Condition.Absent()}) {
            http.answer(412, Map.of(), error("PreconditionFailed"));
            assertLost(() -> store.put("a", BODY, "text/plain", condition));

            http.answer(409, Map.of(), error("ConditionalRequestConflict"));
            assertLost(() -> store.put("a", BODY, "text/plain", condition));
        }

        http.answer(404, Map.of(), error("NoSuchKey"));
        assertLost(() -> store.put("a", BODY, "text/plain", UNCHANGED));
    }

    @Test
    void put_whenRefusedForAnotherReason_isNoLostRace() {
        http.answer(404, Map.of(), error("NoSuchBucket"));
        assertFails(() -> store.put("a", BODY, "text/plain", UNCHANGED), ErrorCode.INTERNAL);

        http.answer(409, Map.of(), error("OperationAborted"));
        assertFails(() -> store.put("a", BODY, "text/plain", new Condition.Always()), ErrorCode.INTERNAL);
    }

    @Test
    void delete_whenDone_isSilent() {
        http.answer(204, Map.of(), "");

        store.delete("a");

        assertThat(http.requests().getFirst().headers()).doesNotContainKey("If-Match");
    }

    @Test
    void delete_whenConditional_sendsTheETag() {
        http.answer(204, Map.of(), "");

        store.delete("a", UNCHANGED);

        assertThat(http.requests().getFirst().firstMatchingHeader("If-Match")).hasValue("\"abc\"");
    }

    @Test
    void delete_whenChangedOrGoneMeanwhile_isPreconditionFailed() {
        http.answer(412, Map.of(), error("PreconditionFailed"));
        assertLost(() -> store.delete("a", UNCHANGED));

        http.answer(404, Map.of(), error("NoSuchKey"));
        assertLost(() -> store.delete("a", UNCHANGED));
    }

    private static void assertLost(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(PreconditionFailedException.class).hasMessageContaining("\"a\"");
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(WakeboxException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessageContaining("bucket \"data\": ").message().doesNotContain("Exception");
        });
    }

    private static String error(String code) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>";
    }
}
