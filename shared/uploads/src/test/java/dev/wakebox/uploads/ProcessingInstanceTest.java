package dev.wakebox.uploads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.jobs.InMemoryUsageLedger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ProcessingInstanceTest {
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final InMemoryUsageLedger ledger = new InMemoryUsageLedger();
    private final InMemoryInstances instances = new InMemoryInstances(clock);
    private final ProcessingInstance processingInstance = new ProcessingInstance(ledger, instances, INSTANCE, clock);

    @Test
    void release_whenOthersNeedIt_leavesItRunning() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processingInstance.need("a");
        processingInstance.need("b");

        assertThat(processingInstance.release("a")).isFalse();
        assertThat(instances.calls()).isEmpty();
        assertThat(processingInstance.release("b")).isTrue();
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void release_whenTheSameTwice_stopsOnce() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processingInstance.need("a");

        assertThat(processingInstance.release("a")).isTrue();
        assertThat(processingInstance.release("a")).isFalse();
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void stopUnlessNeeded_whenAnotherIsJustStoppingIt_leavesItToHim() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        ledger.end(INSTANCE, NOW.plus(Duration.ofSeconds(1)), NOW);

        assertThat(processingInstance.stopUnlessNeeded()).isFalse();
        assertThat(instances.calls()).isEmpty();
        assertThat(processingInstance.need("a")).isFalse();
    }

    @Test
    void need_whenEc2StillCallsItRunningAfterTheStop_hasToWaitUntilTheRightIsOver() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        var now = new AtomicReference<>(NOW);
        InstantSource time = now::get;
        Clock moving = time.withZone(ZoneOffset.UTC);
        Instance before = instances.describe(INSTANCE).orElseThrow();
        var stale = new Instances() {
            @Override
            public Optional<Instance> describe(String id) {
                return Optional.of(before);
            }

            @Override
            public void start(String id) {
                instances.start(id);
            }

            @Override
            public void stop(String id) {
                instances.stop(id);
            }
        };
        var processingInstance = new ProcessingInstance(ledger, stale, INSTANCE, moving);

        assertThat(processingInstance.stopUnlessNeeded()).isTrue();

        assertThat(processingInstance.need("a")).isFalse();
        now.set(NOW.plus(Duration.ofMinutes(1)));
        assertThat(processingInstance.need("a")).isTrue();
    }

    @Test
    void need_whenItHasBeenStopped_mayHaveItAgain() {
        instances.set(INSTANCE, InstanceState.RUNNING);

        assertThat(processingInstance.stopUnlessNeeded()).isTrue();

        assertThat(processingInstance.need("a")).isTrue();
    }

    @Test
    void need_whenItIsJustBeingStopped_hasToWait() {
        ledger.end(INSTANCE, NOW.plus(Duration.ofSeconds(1)), NOW);

        assertThat(processingInstance.need("a")).isFalse();

        ledger.ended(INSTANCE);
        assertThat(processingInstance.need("a")).isTrue();
    }

    @Test
    void need_whenTheOneThatStoppedItDied_waitsNoLongerThanItsRight() {
        ledger.end(INSTANCE, NOW, NOW.minusSeconds(1));

        assertThat(processingInstance.need("a")).isTrue();
    }
}
