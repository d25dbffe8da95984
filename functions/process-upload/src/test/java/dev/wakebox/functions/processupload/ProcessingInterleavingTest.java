package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.InMemoryUsageLedger;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Interleaving;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.ProcessingInstance;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.SteppingJobStore;
import dev.wakebox.uploads.SteppingUsageLedger;
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
 * in random orders of every single call: each file is sent once, no instance is stopped while it has a file, and none
 * keeps running.
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
    void events_whenInterleaved_submitOnceAndLeaveTheInstanceStopped(long seed) {
        var interleaving = new Interleaving(seed);
        var sizes = new Random(seed);
        int uploadCount = sizes.nextInt(2, MOST_UPLOADS + 1);
        int deliveries = sizes.nextInt(1, MOST_DELIVERIES + 1);
        var jobs = new InMemoryJobStore(clock);
        var files = new InMemoryObjectStore(clock);
        var ledger = new InMemoryUsageLedger();
        var world = new InMemoryInstances(clock);
        world.set(INSTANCE, InstanceState.STOPPED);
        var plain = new Uploads(jobs, clock);
        var submitted = new ArrayList<String>();
        var withTheInstance = new HashSet<String>();
        var violations = new ArrayList<String>();

        var uploads = new Uploads(new SteppingJobStore(jobs, interleaving), clock);
        // In half of the runs EC2 still reports the instance as running after StopInstances, and the last
        // file arrives only then.
        var beforeStop = new AtomicReference<@Nullable Instance>();
        boolean stale = sizes.nextBoolean();
        var instances = new SteppingInstances(world, interleaving, beforeStop::get, () -> {
            Instance before = world.describe(INSTANCE).orElseThrow();
            if (stale && before.state().up()) {
                beforeStop.set(before);
            }
            if (!withTheInstance.isEmpty()) {
                violations.add("stopped under " + withTheInstance);
            }
        });
        var processingInstance =
                new ProcessingInstance(new SteppingUsageLedger(ledger, interleaving), instances, INSTANCE, clock);
        var processor = new Processor() {
            @Override
            public boolean ready(String address) {
                interleaving.step();
                InstanceState state = world.describe(INSTANCE).orElseThrow().state();
                return state == InstanceState.RUNNING
                        || state == InstanceState.STOPPING; // it answers until it has stopped
            }

            @Override
            public Answer submit(String address, String bucket, Upload upload) {
                String uploadId = upload.id();
                interleaving.step();
                if (world.describe(INSTANCE).orElseThrow().state() != InstanceState.RUNNING) {
                    violations.add(uploadId + " was sent to an instance that doesn't run");
                }
                submitted.add(uploadId);
                withTheInstance.add(uploadId);
                return new Answer.Accepted();
            }
        };
        // The instance is healthy here; DeadInstanceTest tests the restarts.
        var health = new InstanceHealth(
                new SteppingJobStore(jobs, interleaving),
                clock,
                new HealthLimits(Duration.ofDays(1), Duration.ofDays(1)));
        var processing = new Processing(
                uploads,
                files,
                new SizeLimit(300),
                Optional.empty(),
                processingInstance,
                StartCommand.NONE,
                processor,
                health,
                id -> violations.add(id + " failed"),
                "bucket");

        List<String> ids = LongStream.range(0, uploadCount)
                .mapToObj(i -> String.format(java.util.Locale.ROOT, "%032x", i))
                .toList();
        var running = new AtomicInteger(2 * uploadCount * deliveries + 1);
        for (String id : ids) {
            plain.create(id, new Owner("ana@example.org", "Ana", Language.EN), id + ".mp4", "mp4");
            files.put(Keys.video(id, "mp4"), new byte[1], "video/mp4", new Condition.Always());
            files.put(Keys.summary(id), new byte[1], "text/csv", new Condition.Always());
            for (int delivery = 0; delivery < deliveries; delivery++) {
                interleaving.add(() -> {
                    while (stale && id.equals(ids.getLast()) && !world.calls().contains("stop " + INSTANCE)) {
                        interleaving.step();
                    }
                    while (!settled(() -> processing.fileArrived(new Keys.Video(id, "mp4")))) {
                        interleaving.step();
                    }
                    running.decrementAndGet();
                });
                interleaving.add(() -> {
                    while (!submitted.contains(id)) {
                        interleaving.step();
                    }
                    withTheInstance.remove(id);
                    while (!settled(() -> processing.resultArrived(id))) {
                        interleaving.step();
                    }
                    running.decrementAndGet();
                });
            }
        }
        // By this clock the instance has run for six minutes, so that the sweep stops it whenever that is allowed.
        var sweep = new UploadSweep(
                uploads,
                processingInstance,
                processing,
                Clock.offset(clock, Duration.ofMinutes(6)),
                Duration.ofHours(2));
        interleaving.add(() -> {
            for (int i = 0; i < SWEEPS; i++) {
                try {
                    sweep.run();
                } catch (WakeboxException e) {
                    interleaving.step(); // the next scheduled event completes it
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
        assertThat(ledger.of(INSTANCE).jobs()).isEmpty();
        assertThat(world.describe(INSTANCE).orElseThrow().state())
                .isIn(Set.of(InstanceState.STOPPING, InstanceState.STOPPED));
    }

    /**
     * Whether the message is settled. SQS redelivers one that waits or fails, for example while EC2 stops the instance.
     */
    private static boolean settled(Supplier<ProcessingOutcome> delivery) {
        try {
            return delivery.get() instanceof ProcessingOutcome.Settled;
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
