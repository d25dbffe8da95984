package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.InMemoryNeeds;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.Box;
import dev.wakebox.uploads.Interleaving;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.SteppingJobStore;
import dev.wakebox.uploads.SteppingNeeds;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Events of several uploads, each delivered several times, out of order and at the same time, and the sweep among them,
 * in random orders of every single call: each file goes to the box once, no box stops under a file, and none stays on.
 */
class ProcessingInterleavingTest {
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final int MOST_UPLOADS = 3;
    private static final int MOST_DELIVERIES = 3;
    private static final int SWEEPS = 5;
    private static final int STALE_LOOKS = 20;
    private static final long FIRST_SEED = Long.getLong("wakebox.seed", 1);
    private static final long SEEDS = Long.getLong("wakebox.seeds", 100);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final InstantSource time = now::get;
    private final Clock clock = time.withZone(ZoneOffset.UTC);

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void events_whenInterleaved_submitOnceAndLeaveTheBoxAsleep(long seed) {
        var interleaving = new Interleaving(seed);
        var sizes = new Random(seed);
        int uploadCount = sizes.nextInt(2, MOST_UPLOADS + 1);
        int deliveries = sizes.nextInt(1, MOST_DELIVERIES + 1);
        var jobs = new InMemoryJobStore(clock);
        var needs = new InMemoryNeeds();
        var world = new InMemoryInstances(clock);
        world.set(INSTANCE, InstanceState.STOPPED);
        var plain = new Uploads(jobs, clock);
        var submitted = new ArrayList<String>();
        var withTheBox = new HashSet<String>();
        var violations = new ArrayList<String>();

        var uploads = new Uploads(new SteppingJobStore(jobs, interleaving), clock);
        // In half of the runs EC2 goes on calling the box running after it has taken the order to stop it, and the last
        // file comes only then.
        var beforeStop = new AtomicReference<@Nullable Instance>();
        boolean stale = sizes.nextBoolean();
        var instances = new SteppingInstances(world, interleaving, beforeStop::get, () -> {
            Instance before = world.describe(INSTANCE).orElseThrow();
            if (stale && before.state().up()) {
                beforeStop.set(before);
            }
            if (!withTheBox.isEmpty()) {
                violations.add("stopped under " + withTheBox);
            }
        });
        var box = new Box(new SteppingNeeds(needs, interleaving), instances, INSTANCE, clock);
        var processor = new Processor() {
            @Override
            public boolean healthy(String address) {
                interleaving.step();
                InstanceState state = world.describe(INSTANCE).orElseThrow().state();
                return state == InstanceState.RUNNING || state == InstanceState.STOPPING; // it answers to the last
            }

            @Override
            public Answer submit(String address, String bucket, String key, String uploadId) {
                interleaving.step();
                if (world.describe(INSTANCE).orElseThrow().state() != InstanceState.RUNNING) {
                    violations.add(uploadId + " was sent to a box that doesn't run");
                }
                submitted.add(uploadId);
                withTheBox.add(uploadId);
                return new Answer.Accepted();
            }
        };
        var processing = new Processing(uploads, box, processor, id -> violations.add(id + " failed"), "bucket");

        List<String> ids = LongStream.range(0, uploadCount)
                .mapToObj(i -> String.format(java.util.Locale.ROOT, "%032x", i))
                .toList();
        var running = new AtomicInteger(2 * uploadCount * deliveries + 1);
        for (String id : ids) {
            plain.create(id, new Owner("ana@example.org", "Ana", Language.EN), id + ".mp4", "mp4");
            for (int delivery = 0; delivery < deliveries; delivery++) {
                interleaving.add(() -> {
                    while (stale && id.equals(ids.getLast()) && !world.calls().contains("stop " + INSTANCE)) {
                        interleaving.step();
                    }
                    while (!settled(() -> processing.fileArrived(id))) {
                        interleaving.step();
                    }
                    running.decrementAndGet();
                });
                interleaving.add(() -> {
                    while (!submitted.contains(id)) {
                        interleaving.step();
                    }
                    withTheBox.remove(id);
                    while (!settled(() -> processing.resultArrived(id))) {
                        interleaving.step();
                    }
                    running.decrementAndGet();
                });
            }
        }
        // By its clock the box has run for long, so that it stops the box whenever it may.
        var sweep =
                new Sweep(uploads, box, processing, Clock.offset(clock, Duration.ofMinutes(6)), Duration.ofHours(2));
        interleaving.add(() -> {
            for (int i = 0; i < SWEEPS; i++) {
                try {
                    sweep.run();
                } catch (WakeboxException e) {
                    interleaving.step(); // the schedule's next tick mends it
                }
            }
            running.decrementAndGet();
        });
        interleaving.add(() -> {
            while (running.get() > 0) {
                switch (world.describe(INSTANCE).orElseThrow().state()) {
                    case PENDING -> world.set(INSTANCE, InstanceState.RUNNING);
                    case STOPPING -> {
                        if (beforeStop.get() == null) {
                            world.set(INSTANCE, InstanceState.STOPPED);
                        } else if (sizes.nextInt(STALE_LOOKS) == 0) {
                            beforeStop.set(null);
                            now.updateAndGet(before -> before.plus(Duration.ofMinutes(1)));
                        }
                    }
                    case RUNNING, STOPPED, SHUTTING_DOWN, TERMINATED -> {}
                }
                interleaving.step();
            }
        });

        interleaving.run();

        assertThat(violations).isEmpty();
        assertThat(submitted).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(ids)
                .allSatisfy(id -> assertThat(plain.find(id).map(Upload::stage)).contains(Stage.DONE));
        assertThat(needs.of(INSTANCE).jobs()).isEmpty();
        assertThat(world.describe(INSTANCE).orElseThrow().state())
                .isIn(Set.of(InstanceState.STOPPING, InstanceState.STOPPED));
    }

    /** Whether the message is gone; one that waits or fails, as when EC2 is just stopping the box, comes again. */
    private static boolean settled(Supplier<Outcome> delivery) {
        try {
            return delivery.get() instanceof Outcome.Settled;
        } catch (WakeboxException e) {
            return false;
        }
    }

    private record SteppingInstances(
            Instances instances, Interleaving interleaving, Supplier<@Nullable Instance> stale, Runnable beforeStop)
            implements Instances {
        @Override
        public Optional<Instance> describe(String id) {
            interleaving.step();
            return Optional.ofNullable(stale.get()).or(() -> instances.describe(id));
        }

        @Override
        public void start(String id) {
            interleaving.step();
            instances.start(id);
        }

        @Override
        public void stop(String id) {
            interleaving.step();
            beforeStop.run();
            instances.stop(id);
        }
    }
}
