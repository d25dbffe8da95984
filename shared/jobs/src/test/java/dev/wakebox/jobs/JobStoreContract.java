package dev.wakebox.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of every implementation of the port. The store may have records of earlier tests. */
public abstract class JobStoreContract {
    private final Instant now = Clock.systemUTC().instant();

    private final JobId id = new JobId("test", UUID.randomUUID() + "/ç?#1");

    /** The store under test, with the system's clock. */
    protected abstract JobStore store();

    @Test
    void find_whenUnknown_isEmpty() {
        assertThat(store().find(id)).isEmpty();
    }

    @Test
    void create_whenNew_isFoundAsWritten() {
        Job job = job("waiting", now.plusSeconds(600));

        assertThat(store().create(job)).isTrue();

        assertThat(store().find(id)).hasValueSatisfying(found -> {
            assertThat(found.state()).isEqualTo("waiting");
            assertThat(found.attributes()).isEqualTo(Map.of("size", "1"));
            assertThat(found.history()).isEqualTo(job.history());
            assertThat(found.lease()).isNull();
            assertThat(found.expiresAt()).isNotNull();
        });
    }

    @Test
    void create_whenThere_keepsTheFirst() {
        store().create(job("waiting", null));

        assertThat(store().create(job("other", null))).isFalse();
        assertThat(store().find(id).orElseThrow().state()).isEqualTo("waiting");
    }

    @Test
    void create_whenTheOldRecordHasExpired_replacesIt() {
        store().create(job("done", now.minusSeconds(10)));

        assertThat(store().find(id)).isEmpty();
        assertThat(move("done", "again", null)).isFalse();
        assertThat(store().create(job("waiting", null))).isTrue();
        assertThat(store().find(id).orElseThrow().state()).isEqualTo("waiting");
    }

    @Test
    void create_whenManyAtOnce_oneWins() throws Exception {
        var store = store();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = threads.invokeAll(IntStream.range(0, 20)
                    .mapToObj(n -> (Callable<Boolean>) () -> store.create(job("of-" + n, null)))
                    .toList());
            assertThat(results).filteredOn(result -> result.resultNow()).hasSize(1);
        }
    }

    @Test
    void move_whenInThatState_addsHistoryAndAttributes() {
        store().create(job("waiting", now.plusSeconds(600)));

        var moved = store().move(
                        id,
                        new Move(
                                Set.of("waiting", "failed"),
                                new Change("stored", now.plusSeconds(5), "All bytes are there."),
                                Map.of("size", "2", "state", "x", "sha-256", "y"),
                                null,
                                null));

        assertThat(moved).isEqualTo(store().find(id)).hasValueSatisfying(job -> {
            assertThat(job.state()).isEqualTo("stored");
            assertThat(job.history()).extracting(Change::state).containsExactly("waiting", "stored");
            assertThat(job.history().getLast().reason()).isEqualTo("All bytes are there.");
            assertThat(job.attributes()).isEqualTo(Map.of("size", "2", "state", "x", "sha-256", "y"));
            assertThat(job.expiresAt()).isNull();
        });
    }

    @Test
    void move_whenThereWereManyBefore_keepsTheFirstChangesAndTheLast() {
        store().create(job("0", null));

        for (int n = 1; n <= 60; n++) {
            assertThat(move(Integer.toString(n - 1), Integer.toString(n), null)).isTrue();
        }

        assertThat(store().find(id).orElseThrow()).returns("60", Job::state).satisfies(job -> assertThat(job.history())
                .hasSize(Job.LONGEST_HISTORY)
                .extracting(Change::state)
                .startsWith("0", "1", "2")
                .endsWith("48", "60"));
    }

    @Test
    void move_whenInAnotherStateOrUnknown_changesNothing() {
        assertThat(move("waiting", "stored", null)).isFalse();

        store().create(job("waiting", null));

        assertThat(move("stored", "gone", null)).isFalse();
        assertThat(store().find(id).orElseThrow().history()).hasSize(1);
    }

    @Test
    void lease_whenHeldByAnother_isRefusedUntilItIsOver() {
        store().create(job("waiting", null));

        assertThat(lease("a", now, 60)).isTrue();
        assertThat(lease("b", now.plusSeconds(59), 60)).isFalse();
        assertThat(lease("a", now.plusSeconds(59), 60)).isTrue();
        assertThat(lease("b", now.plusSeconds(119), 60)).isTrue();
        assertThat(lease("a", now.plusSeconds(119), 60)).isFalse();
    }

    @Test
    void lease_whenReleased_isFree() {
        store().create(job("waiting", null));
        lease("a", now, 60);

        store().release(id, "b");
        assertThat(lease("b", now, 60)).isFalse();

        store().release(id, "a");
        assertThat(lease("b", now, 60)).isTrue();
    }

    @Test
    void lease_whenNoSuchJob_isRefused() {
        assertThat(lease("a", now, 60)).isFalse();
        assertThat(store().find(id)).isEmpty();
    }

    @Test
    void move_whenTheLeaseIsAnothers_changesNothing() {
        store().create(job("waiting", null));
        lease("a", now, 60);

        assertThat(move("waiting", "stored", "b")).isFalse();
        assertThat(move("waiting", "stored", "a")).isTrue();
        assertThat(store().find(id).orElseThrow().lease()).isNull();
        assertThat(move("stored", "gone", "a")).isFalse();
    }

    private boolean lease(String owner, Instant at, long seconds) {
        return store().lease(id, new Lease(owner, at.plus(Duration.ofSeconds(seconds))), at)
                .isPresent();
    }

    private boolean move(String from, String to, @Nullable String owner) {
        return store().move(id, new Move(Set.of(from), new Change(to, now, "Test."), Map.of(), owner, null))
                .isPresent();
    }

    private Job job(String state, @Nullable Instant expiresAt) {
        return Job.created(id, new Change(state, now, "Test."), Map.of("size", "1"), expiresAt);
    }
}
