package dev.wakebox.functions.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Interleaving;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.SteppingJobStore;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Events about several results, each delivered several times at the same time, to a provider that sometimes throttles. */
class MailInterleavingTest {
    private static final int UPLOADS = 3;
    private static final int DELIVERIES = 4;
    private static final long FIRST_SEED = Long.getLong("wakebox.seed", 1);
    private static final long SEEDS = Long.getLong("wakebox.seeds", 100);

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void results_whenInterleaved_areMailedOnceEach(long seed) {
        var interleaving = new Interleaving(seed);
        var throttles = new Random(seed);
        var jobs = new InMemoryJobStore(clock);
        var objects = new InMemoryObjectStore(clock);
        var sent = new ArrayList<String>();
        var names = new AtomicInteger();
        var stepping = new SteppingJobStore(jobs, interleaving);
        var mails = new UploadMails(
                new Uploads(stepping, clock),
                stepping,
                objects,
                (key, _) -> key,
                new Texts("help@example.org", "", true),
                mail -> {
                    interleaving.step();
                    if (throttles.nextInt(3) == 0) {
                        return new Mailer.Delivery.Later("throttled");
                    }
                    sent.add(mail.to());
                    interleaving.step();
                    return new Mailer.Delivery.Sent();
                },
                (id, kind) -> {
                    throw new AssertionError(id + " " + kind + " is no mail to keep");
                },
                clock,
                () -> "sender-" + names.incrementAndGet());
        List<String> ids = LongStream.range(0, UPLOADS)
                .mapToObj(i -> String.format(Locale.ROOT, "%032x", i))
                .toList();
        for (String id : ids) {
            new Uploads(jobs, clock).create(id, new Owner(id + "@example.org", "Ana", Language.EN), "a.mp4", "mp4");
            objects.put(Keys.summary(id), new byte[1], "text/csv", new Condition.Always());
            for (int delivery = 0; delivery < DELIVERIES; delivery++) {
                interleaving.add(() -> {
                    boolean settled = false;
                    while (!settled) {
                        try {
                            mails.resultReady(id);
                            settled = true;
                        } catch (WakeboxException e) {
                            interleaving.step();
                        }
                    }
                });
            }
        }

        interleaving.run();

        assertThat(sent)
                .containsExactlyInAnyOrderElementsOf(
                        ids.stream().map(id -> id + "@example.org").toList());
    }
}
