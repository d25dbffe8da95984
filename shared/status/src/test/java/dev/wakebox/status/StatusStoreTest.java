package dev.wakebox.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class StatusStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final InMemoryObjectStore objects = new InMemoryObjectStore(Clock.systemUTC());
    private final StatusStore store = new StatusStore(objects, Clock.systemUTC());

    @Test
    void read_whenNothingWrittenYet_isSleeping() {
        assertThat(store.read().status()).isEqualTo(ServerStatus.INITIAL);
    }

    @Test
    void read_whenStoreFails_passesTheFailureOn() {
        var failure = new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read.");
        objects.failOn("get", StatusStore.KEY, failure);

        assertThatThrownBy(store::read).isSameAs(failure);
    }

    @Test
    void replace_whenNotWrittenMeanwhile_isReadBack() {
        var claimed = store.replace(store.read(), ServerStatus.INITIAL.claimedBy("a", "x", NOW));

        assertThat(store.read()).isEqualTo(claimed);
        assertThat(store.replace(claimed, claimed.status().released(NOW))
                        .status()
                        .active())
                .isFalse();
    }

    @Test
    void replace_whenAnotherWroteTheFirstRecordMeanwhile_isPreconditionFailed() {
        var base = store.read();
        store.replace(base, ServerStatus.INITIAL.claimedBy("a", "x", NOW));

        assertThatThrownBy(() -> store.replace(base, ServerStatus.INITIAL.claimedBy("b", "x", NOW)))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(store.read().status().token()).isEqualTo("a");
    }

    @Test
    void replace_whenManyClaimAtOnce_hasOneWinner() throws InterruptedException {
        int claimants = 50;
        var barrier = new CyclicBarrier(claimants);
        Callable<String> claim = () -> {
            var base = store.read();
            barrier.await();
            String token = UUID.randomUUID().toString();
            store.replace(base, base.status().claimedBy(token, "x", NOW));
            return token;
        };
        List<Future<String>> claims;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            claims = executor.invokeAll(Collections.nCopies(claimants, claim));
        }

        assertThat(claims.stream().filter(future -> future.state() == Future.State.SUCCESS))
                .singleElement()
                .extracting(Future::resultNow)
                .isEqualTo(store.read().status().token());
        assertThat(claims.stream()
                        .filter(future -> future.state() == Future.State.FAILED)
                        .map(Future::exceptionNow))
                .hasSize(claimants - 1)
                .hasOnlyElementsOfType(PreconditionFailedException.class);
    }
}
