package dev.wakebox.uploads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.jobs.InMemoryNeeds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BoxTest {
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final InMemoryNeeds needs = new InMemoryNeeds();
    private final InMemoryInstances instances = new InMemoryInstances(clock);
    private final Box box = new Box(needs, instances, INSTANCE, clock);

    @Test
    void release_whenOthersNeedIt_leavesItRunning() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        box.need("a");
        box.need("b");

        assertThat(box.release("a")).isFalse();
        assertThat(instances.calls()).isEmpty();
        assertThat(box.release("b")).isTrue();
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void release_whenTheSameTwice_stopsOnce() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        box.need("a");

        assertThat(box.release("a")).isTrue();
        assertThat(box.release("a")).isFalse();
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void stopUnlessNeeded_whenAnotherIsJustStoppingIt_leavesItToHim() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        needs.end(INSTANCE, NOW.plus(Duration.ofSeconds(1)), NOW);

        assertThat(box.stopUnlessNeeded()).isFalse();
        assertThat(instances.calls()).isEmpty();
        assertThat(box.need("a")).isFalse();
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
        var box = new Box(needs, stale, INSTANCE, moving);

        assertThat(box.stopUnlessNeeded()).isTrue();

        assertThat(box.need("a")).isFalse();
        now.set(NOW.plus(Duration.ofMinutes(1)));
        assertThat(box.need("a")).isTrue();
    }

    @Test
    void need_whenItHasBeenStopped_mayHaveItAgain() {
        instances.set(INSTANCE, InstanceState.RUNNING);

        assertThat(box.stopUnlessNeeded()).isTrue();

        assertThat(box.need("a")).isTrue();
    }

    @Test
    void need_whenItIsJustBeingStopped_hasToWait() {
        needs.end(INSTANCE, NOW.plus(Duration.ofSeconds(1)), NOW);

        assertThat(box.need("a")).isFalse();

        needs.ended(INSTANCE);
        assertThat(box.need("a")).isTrue();
    }

    @Test
    void need_whenTheOneThatStoppedItDied_waitsNoLongerThanItsRight() {
        needs.end(INSTANCE, NOW, NOW.minusSeconds(1));

        assertThat(box.need("a")).isTrue();
    }
}
