package dev.wakebox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import org.junit.jupiter.api.Test;

/** Tests that the fake follows S3's rules, because other tests depend on it. */
class InMemoryObjectStoreTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(Clock.systemUTC());

    @Test
    void put_whenAbsentIsAskedForTwice_holdsOnce() {
        put(new Condition.Absent());

        assertThatThrownBy(() -> put(new Condition.Absent())).isInstanceOf(PreconditionFailedException.class);
    }

    @Test
    void put_whenETagIsStale_changesNothing() {
        String first = put(new Condition.Always());
        String second = put(new Condition.Unchanged(first));

        assertThatThrownBy(() -> put(new Condition.Unchanged(first))).isInstanceOf(PreconditionFailedException.class);
        assertThat(store.get("a").orElseThrow().etag()).isEqualTo(second);
    }

    @Test
    void delete_whenETagIsStaleOrObjectGone_isPreconditionFailed() {
        String first = put(new Condition.Always());
        put(new Condition.Always());

        assertThatThrownBy(() -> store.delete("a", new Condition.Unchanged(first)))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(store.head("a")).isPresent();
        store.delete("a");
        assertThatThrownBy(() -> store.delete("a", new Condition.Unchanged(first)))
                .isInstanceOf(PreconditionFailedException.class);
    }

    private String put(Condition condition) {
        return store.put("a", new byte[0], "text/plain", condition);
    }
}
