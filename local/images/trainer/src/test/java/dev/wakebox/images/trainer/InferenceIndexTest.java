package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.Json;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InferenceIndexTest {
    private final InMemoryObjectStore objects = new InMemoryObjectStore(Clock.systemUTC());

    @Test
    void put_whenThereIsNoFile_createsIt() {
        new InferenceIndex(objects).put("t", Map.of("accuracy", 0.5));

        assertThat(index()).isEqualTo(Map.of("t", Map.of("accuracy", 0.5)));
    }

    @Test
    void put_keepsTheEntriesOfOthers() {
        write("{\"older\": {\"anything\": [1, null]}, \"t\": {\"accuracy\": 0.1}}");

        new InferenceIndex(objects).put("t", Map.of("accuracy", 0.9));

        assertThat(index().keySet()).containsExactly("older", "t");
        assertThat(Json.string(index())).contains("{\"anything\":[1,null]}").contains("{\"accuracy\":0.9}");
    }

    /** Each failed attempt means that another writer got through, so 20 writers never need more than 20 attempts. */
    @Test
    void put_when20WriteAtOnce_losesNone() throws Exception {
        var go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writers = IntStream.range(0, 20)
                    .mapToObj(writer -> threads.submit(() -> {
                        go.await();
                        new InferenceIndex(objects).put("t" + writer, Map.of("accuracy", 1));
                        return writer;
                    }))
                    .toList();
            go.countDown();
            for (var writer : writers) {
                writer.get();
            }
        }

        assertThat(index()).hasSize(20);
    }

    @Test
    void put_whenAnotherWritesBetweenReadAndWrite_keepsBoth() {
        var racing = new ForwardingStore(objects) {
            private boolean raced;

            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                if (!raced) {
                    raced = true;
                    write("{\"faster\": {}}");
                }
                return super.put(key, body, contentType, condition);
            }
        };

        new InferenceIndex(racing).put("t", Map.of());

        assertThat(index().keySet()).containsExactly("faster", "t");
    }

    @Test
    void put_whenItNeverGetsThrough_givesUp() {
        var busy = new ForwardingStore(objects) {
            @Override
            public String put(String key, byte[] body, String contentType, Condition condition) {
                throw new PreconditionFailedException(key);
            }
        };

        assertThatThrownBy(() -> new InferenceIndex(busy).put("t", Map.of()))
                .hasMessage("inference.json was changed by others in each of 20 attempts to add the model.");
    }

    @Test
    void put_whenTheFileIsBroken_leavesItAndSaysSo() {
        write("{\"older\": ");

        assertThatThrownBy(() -> new InferenceIndex(objects).put("t", Map.of()))
                .hasMessageStartingWith("inference.json cannot be added to: The JSON ");
        assertThat(objects.get(InferenceIndex.KEY).orElseThrow().body())
                .asString()
                .isEqualTo("{\"older\": ");
    }

    private void write(String json) {
        objects.put(
                InferenceIndex.KEY, json.getBytes(StandardCharsets.UTF_8), "application/json", new Condition.Always());
    }

    private Map<String, @Nullable Object> index() {
        return Json.object(objects.get(InferenceIndex.KEY).orElseThrow().body());
    }
}
