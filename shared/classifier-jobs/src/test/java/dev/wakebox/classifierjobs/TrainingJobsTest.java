package dev.wakebox.classifierjobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.Lease;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingJobsTest {
    private static final Duration A_TRAINING = Duration.ofMinutes(5);

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final TrainingJobs jobs =
            new TrainingJobs(store, clock, () -> UUID.randomUUID().toString());

    @Test
    void ask_whenNoneIsOpen_isANewOneThatNeedsAMessage() {
        var asked = jobs.ask("m1");

        assertThat(asked.messageNeeded()).isTrue();
        assertThat(asked.created()).isTrue();
        assertThat(asked.job().status()).isEqualTo(Status.QUEUED);
        assertThat(asked.job().mentor()).isEqualTo("m1");
        assertThat(asked.job().statusUrl())
                .isEqualTo("/train/status/" + asked.job().id());
        assertThat(jobs.find(asked.job().id())).contains(asked.job());
    }

    @Test
    void ask_whenOneIsOpen_isThatOne() {
        String id = jobs.ask("m1").job().id();

        assertThat(jobs.ask("m1"))
                .isEqualTo(new TrainingJobs.Asked(jobs.find(id).orElseThrow(), false, false));
        var work = begin(id);
        assertThat(jobs.ask("m1").job().id()).isEqualTo(id);
        assertThat(jobs.ask("m2").job().id()).isNotEqualTo(id);

        jobs.succeed(work);
        assertThat(jobs.ask("m1").job().id()).isNotEqualTo(id);
    }

    @Test
    void ask_whenTheMessageSeemsLost_asksForAnother() {
        String id = jobs.ask("m1").job().id();
        now = now.plusSeconds(121);

        var asked = jobs.ask("m1");

        assertThat(asked.job().id()).isEqualTo(id);
        assertThat(asked.messageNeeded()).isTrue();
        assertThat(asked.created()).isFalse();
        assertThat(asked.job().updated()).isEqualTo(now);
    }

    @Test
    void ask_whenTheMessageWasSentOnceMore_waitsAsLongForThatOne() {
        jobs.ask("m1");
        now = now.plusSeconds(121);
        jobs.ask("m1");

        now = now.plusSeconds(120);
        assertThat(jobs.ask("m1").messageNeeded()).isFalse();
        now = now.plusSeconds(1);
        assertThat(jobs.ask("m1").messageNeeded()).isTrue();
    }

    @Test
    void ask_whenAWorkerBeginsAnotherAttempt_leavesItTheMentor() {
        String id = jobs.ask("m1").job().id();
        jobs.fail(begin(id), "The server is down.", true);
        var mentor = new JobId("classifier-mentor", "m1");
        store.create(Job.created(mentor, new Change(id, now, "Open training."), Map.of(), null));
        store.lease(mentor, new Lease("worker", now.plus(A_TRAINING)), now);

        assertThatThrownBy(() -> jobs.ask("m1"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(store.find(mentor))
                .hasValueSatisfying(job -> assertThat(job.state()).isEqualTo(id));

        now = now.plus(A_TRAINING);
        assertThat(jobs.ask("m1").created()).isTrue();
    }

    @Test
    void ask_whenManyAskAtOnce_isOneTraining() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = threads.invokeAll(IntStream.range(0, 20)
                    .mapToObj(n -> (Callable<TrainingJobs.Asked>) () -> jobs.ask("m1"))
                    .toList());
            var ids = new HashSet<String>();
            long messages = 0;
            for (var each : asked) {
                ids.add(each.get().job().id());
                messages += each.get().messageNeeded() ? 1 : 0;
            }
            assertThat(ids).hasSize(1);
            assertThat(messages).isEqualTo(1);
        }
    }

    @Test
    void notSent_always_isAFailureAndFreesTheMentor() {
        String id = jobs.ask("m1").job().id();

        jobs.notSent(id, "The queue is gone.");

        assertThat(jobs.find(id)).hasValueSatisfying(job -> {
            assertThat(job.status()).isEqualTo(Status.FAILURE);
            assertThat(job.message()).isEqualTo("The queue is gone.");
        });
        assertThat(jobs.ask("m1").job().id()).isNotEqualTo(id);
    }

    @Test
    void begin_whenQueued_isWorkAndItsProgressShows() {
        String id = jobs.ask("m1").job().id();

        var work = begin(id);
        now = now.plusSeconds(1);
        jobs.progress(work, 40, "Reads.");

        assertThat(jobs.find(id)).hasValueSatisfying(job -> {
            assertThat(job.status()).isEqualTo(Status.IN_PROGRESS);
            assertThat(job.progress()).isEqualTo(40);
            assertThat(job.message()).isEqualTo("Reads.");
            assertThat(job.updated()).isEqualTo(now);
        });
    }

    @Test
    void succeed_always_reports() {
        String id = jobs.ask("m1").job().id();

        var work = begin(id);
        jobs.stored(work, Map.of("accuracy", "0.9"));
        jobs.succeed(work);

        assertThat(jobs.find(id)).hasValueSatisfying(job -> {
            assertThat(job.status()).isEqualTo(Status.SUCCESS);
            assertThat(job.progress()).isEqualTo(100);
            assertThat(job.report()).isEqualTo(Map.of("accuracy", "0.9"));
        });
    }

    @Test
    void fail_whenTheModelIsStored_keepsItsReport() {
        String id = jobs.ask("m1").job().id();

        var work = begin(id);
        jobs.stored(work, Map.of("accuracy", "0.9"));
        jobs.fail(work, "Not noted.", true);

        assertThat(jobs.find(id)).hasValueSatisfying(job -> {
            assertThat(job.status()).isEqualTo(Status.FAILURE);
            assertThat(job.message()).isEqualTo("Not noted.");
            assertThat(job.report()).isEqualTo(Map.of("accuracy", "0.9"));
        });
    }

    @Test
    void rename_whenAnotherSystemKnowsTheTrainingByAnotherId_isFoundByBoth() {
        var asked = jobs.ask("m1").job();

        var renamed = jobs.rename(asked, "5ffdf1241ee2c62320b49124");

        assertThat(renamed.id()).isEqualTo("5ffdf1241ee2c62320b49124");
        assertThat(jobs.ask("m1").job().id()).as("the open one").isEqualTo(renamed.id());
        jobs.succeed(begin(renamed.id()));
        assertThat(jobs.find(asked.id())).isEqualTo(jobs.find(renamed.id()));
        assertThat(jobs.find(asked.id()).orElseThrow().status()).isEqualTo(Status.SUCCESS);
        assertThat(jobs.ask("m1").created()).isTrue();
    }

    @Test
    void rename_whenTheIdIsTaken_changesNothing() {
        jobs.rename(jobs.ask("m1").job(), "taken");
        var asked = jobs.ask("m2").job();

        assertThat(jobs.rename(asked, "taken")).isEqualTo(asked);
        assertThat(jobs.ask("m2").job().id()).isEqualTo(asked.id());
    }

    @Test
    void newId_is24HexDigits() {
        assertThat(TrainingJobs.newId()).matches("[0-9a-f]{24}").isNotEqualTo(TrainingJobs.newId());
    }

    @Test
    void begin_whenTheTrainingIsOver_isNothing() {
        String done = jobs.ask("m1").job().id();
        jobs.succeed(begin(done));
        String failed = jobs.ask("m2").job().id();
        jobs.fail(begin(failed), "In vain.", false);

        assertThat(jobs.begin(done, now.plus(A_TRAINING))).isInstanceOf(TrainingWork.Over.class);
        assertThat(jobs.begin(failed, now.plus(A_TRAINING))).isInstanceOf(TrainingWork.Over.class);
        assertThat(jobs.find(failed).orElseThrow().message()).isEqualTo("In vain.");
    }

    @Test
    void begin_whenARetryCanHelp_isWorkAgain() {
        String id = jobs.ask("m1").job().id();
        jobs.fail(begin(id), "The server is down.", true);
        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.FAILURE);

        jobs.succeed(begin(id));

        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.SUCCESS);
    }

    @Test
    void begin_whenAnotherWorkerIsAtIt_comesAgainLater() {
        String id = jobs.ask("m1").job().id();
        begin(id);

        assertThatThrownBy(() -> begin(id)).isInstanceOfSatisfying(WakeboxException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.IN_PROGRESS);
    }

    @Test
    void begin_whenTheMentorHasANewerTraining_isNothing() {
        String older = jobs.ask("m1").job().id();
        jobs.fail(begin(older), "The server is down.", true);
        String newer = jobs.ask("m1").job().id();

        assertThat(jobs.begin(older, now.plus(A_TRAINING)))
                .isInstanceOfSatisfying(TrainingWork.Nothing.class, nothing -> assertThat(nothing.reason())
                        .contains("newer"));
        assertThat(begin(newer).job().id()).isEqualTo(newer);
    }

    @Test
    void begin_whenThereIsNoSuchTraining_says() {
        assertThatThrownBy(() -> begin("nobody"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void find_whenTheWorkerDied_isAFailureThatANewAttemptCanMend() {
        String id = jobs.ask("m1").job().id();
        begin(id);
        now = now.plus(A_TRAINING).plusSeconds(1);

        assertThat(jobs.find(id)).hasValueSatisfying(job -> {
            assertThat(job.status()).isEqualTo(Status.FAILURE);
            assertThat(job.message()).contains("broke off");
        });
        jobs.succeed(begin(id));
        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.SUCCESS);
    }

    @Test
    void find_whenNoWorkerBegan_isAFailure() {
        String id = jobs.ask("m1").job().id();
        now = now.plus(Duration.ofHours(4));

        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.FAILURE);
        assertThat(jobs.ask("m1").job().id()).isNotEqualTo(id);
    }

    @Test
    void succeed_whenTheWorkerWasTakenForDead_stillCounts() {
        String id = jobs.ask("m1").job().id();
        var slow = begin(id);
        now = now.plus(A_TRAINING).plusSeconds(1);
        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.FAILURE);

        jobs.succeed(slow);

        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.SUCCESS);
    }

    @Test
    void fail_whenALaterAttemptHasSucceeded_changesNothing() {
        String id = jobs.ask("m1").job().id();
        var slow = begin(id);
        now = now.plus(A_TRAINING).plusSeconds(1);
        jobs.succeed(begin(id));

        jobs.fail(slow, "Too late.", true);

        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.SUCCESS);
    }

    @Test
    void find_after20Days_isEmpty() {
        String id = jobs.ask("m1").job().id();
        now = now.plus(Duration.ofDays(20)).plusSeconds(1);

        assertThat(jobs.find(id)).isEmpty();
        assertThat(jobs.ask("m1").messageNeeded()).isTrue();
    }

    private TrainingWork.Work begin(String id) {
        return (TrainingWork.Work) jobs.begin(id, now.plus(A_TRAINING));
    }
}
