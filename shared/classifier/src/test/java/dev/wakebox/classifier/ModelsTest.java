package dev.wakebox.classifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelsTest {
    private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger reads = new AtomicInteger();
    private final Models<String> models = new Models<>(bucket, this::read, 30, clock);

    @Test
    void get_whenThereIsNoModel_isEmptyUntilThereIs() {
        assertThat(models.get("m")).isEmpty();

        put("m", "one");

        assertThat(models.get("m")).contains("one");
    }

    @Test
    void get_whenAskedAgain_downloadsNothing() {
        put("m", "one");

        for (int second = 0; second < 60; second++) {
            assertThat(models.get("m")).contains("one");
            now = now.plusSeconds(1);
        }

        assertThat(bucket.downloads()).isEqualTo(1);
        assertThat(reads).hasValue(1);
    }

    @Test
    void get_whenRetrained_isTheNewModelWithin5Seconds() {
        put("m", "one");
        assertThat(models.get("m")).contains("one");

        put("m", "two");
        now = now.plusSeconds(5);

        assertThat(models.get("m")).contains("two");
    }

    @Test
    void get_whenTheNewModelIsBroken_isTheOneBeforeAndTheBrokenOneIsReadOnce() {
        put("m", "one");
        assertThat(models.get("m")).contains("one");
        put("m", "broken");

        for (int i = 0; i < 10; i++) {
            now = now.plusSeconds(3);
            assertThat(models.get("m")).contains("one");
        }
        assertThat(bucket.downloads()).isEqualTo(2);

        put("m", "two");
        now = now.plusSeconds(3);
        assertThat(models.get("m")).contains("two");
    }

    @Test
    void get_whenTheOnlyModelIsBroken_saysWhyEachTime() {
        put("m", "broken");

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> models.get("m"))
                    .isInstanceOf(WakeboxException.class)
                    .hasMessage("The model cannot be used: it is broken.");
            now = now.plusSeconds(3);
        }
        assertThat(bucket.downloads()).isEqualTo(1);
    }

    @Test
    void get_whenTheNewModelIsBrokenAndNoneWasInMemory_isTheLatestUsableOfTheBucket() {
        put("m", "zero");
        put("m", "one");
        put("m", "broken");
        put("m", "broken");

        assertThat(models.get("m")).contains("one");
        now = now.plusSeconds(3);
        assertThat(models.get("m")).contains("one");
        assertThat(reads).as("the broken two and the usable one, once").hasValue(3);

        put("m", "two");
        now = now.plusSeconds(3);
        assertThat(models.get("m")).contains("two");
    }

    @Test
    void get_whenTheFormerModelsCannotBeSeen_isTriedAgain() {
        put("m", "one");
        put("m", "broken");
        bucket.failOn("list", Models.key("m"), new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is away."));
        assertThatThrownBy(() -> models.get("m")).hasMessage("The model cannot be used: it is broken.");

        bucket.mend();
        now = now.plusSeconds(3);

        assertThat(models.get("m")).contains("one");
    }

    @Test
    void get_whenTheBucketFails_isTheOneBefore() {
        put("m", "one");
        assertThat(models.get("m")).contains("one");
        bucket.failOn("get", Models.key("m"), new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is away."));
        now = now.plusSeconds(3);

        assertThat(models.get("m")).contains("one");
        assertThat(models.get("other")).isEmpty();
    }

    @Test
    void get_whenTheBucketFailsAtFirst_throws() {
        bucket.failOn("get", Models.key("m"), new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is away."));

        assertThatThrownBy(() -> models.get("m")).hasMessage("S3 is away.");
    }

    @Test
    void get_whenTheModelIsDeleted_isEmpty() {
        put("m", "one");
        assertThat(models.get("m")).contains("one");
        bucket.delete(Models.key("m"));
        now = now.plusSeconds(3);

        assertThat(models.get("m")).isEmpty();
    }

    @Test
    void get_whenManyAskAtOnce_loadsOnce() throws Exception {
        put("m", "one");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(IntStream.range(0, 50)
                    .mapToObj(n -> (Callable<Optional<String>>) () -> models.get("m"))
                    .toList());
            for (var answer : answers) {
                assertThat(answer.get()).contains("one");
            }
        }
        assertThat(bucket.downloads()).isEqualTo(1);
    }

    @Test
    void get_whenThereAreTooMany_forgetsTheLeastUsed() {
        for (String mentor : new String[] {"a", "b", "c"}) {
            put(mentor, "ten bytes!");
            models.get(mentor);
        }
        models.get("a");
        put("d", "ten bytes!");
        models.get("d");
        int before = bucket.downloads();

        models.get("a");
        models.get("c");
        models.get("d");
        assertThat(bucket.downloads()).isEqualTo(before);
        models.get("b");
        assertThat(bucket.downloads()).isEqualTo(before + 1);
    }

    @Test
    void get_whenOneIsLargerThanAll_isStillKept() {
        put("m", "x".repeat(1000));

        models.get("m");
        models.get("m");

        assertThat(bucket.downloads()).isEqualTo(1);
    }

    @Test
    void get_whenARealFileIsCut_isTheOneBefore() {
        byte[] file = Training.of(Questions.examples(), Questions.ENCODER)
                .classifier()
                .toBytes();
        var classifiers = new Models<>(bucket, bytes -> Classifier.read(bytes, Questions.ENCODER), 1 << 20, clock);
        bucket.put(Models.key("m"), file, "application/octet-stream", new Condition.Always());
        var before = classifiers.get("m");
        bucket.put(
                Models.key("m"),
                Arrays.copyOf(file, file.length / 2),
                "application/octet-stream",
                new Condition.Always());
        now = now.plusSeconds(3);

        assertThat(classifiers.get("m")).isEqualTo(before).isPresent();
    }

    private String read(byte[] file) {
        reads.incrementAndGet();
        String text = new String(file, UTF_8);
        if (text.equals("broken")) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The model cannot be used: it is broken.");
        }
        return text;
    }

    private void put(String mentor, String text) {
        bucket.put(Models.key(mentor), text.getBytes(UTF_8), "application/octet-stream", new Condition.Always());
    }
}
