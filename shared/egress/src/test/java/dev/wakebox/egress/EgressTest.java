package dev.wakebox.egress;

import static dev.wakebox.egress.InMemoryEgress.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.local.platform.DeliveryFault;
import dev.wakebox.local.platform.Output;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EgressTest {
    private static final Egress.Limits LIMITS =
            new Egress.Limits(1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(15));
    private static final JobId JOB = new JobId("egress", ID);

    private final InMemoryEgress memory = new InMemoryEgress();
    private final CountedJobStore jobs = new CountedJobStore(memory.jobs);
    private final Egress egress = memory.with(LIMITS, jobs);

    @AfterEach
    void stop() {
        memory.close();
    }

    @Test
    void store_whenNew_writesTheRecordTwiceAndReadsNothing() {
        memory.platform.put(Output.of(ID, 10));

        assertThat(store()).map(StoredOutput::duplicate).contains(false);

        assertThat(jobs.calls).containsExactly("create", "move");
    }

    @Test
    void store_whenStoredBefore_isADuplicateAndTakesNoLease() {
        memory.platform.put(Output.of(ID, 10));
        var first = store().orElseThrow();
        jobs.calls.clear();

        assertThat(store()).contains(new StoredOutput(ID, "data", first.key(), first.bytes(), first.sha256(), true));

        assertThat(jobs.calls).containsExactly("create", "find");
        assertThat(memory.platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void store_whenItWasStoredJustBeforeTheLease_isADuplicateAndEndsTheLease() {
        memory.platform.put(Output.of(ID, 10));
        leased(Duration.ZERO);
        jobs.beforeLease = () -> memory.with(LIMITS).store(ID, memory.clock.instant());

        assertThat(store()).map(StoredOutput::duplicate).contains(true);

        assertThat(memory.record()).returns("stored", Job::state).returns(null, Job::lease);
        assertThat(memory.platform.requests(ID)).isEqualTo(1);
    }

    @Test
    void store_whenAnotherDeliveryHasTheLease_isEmpty() {
        memory.platform.put(Output.of(ID, 10));
        leased(Duration.ofMinutes(1));

        assertThat(store()).isEmpty();

        assertThat(memory.platform.requests(ID)).isZero();
    }

    /** The SDK sends a write again whose answer is lost, which its condition then refuses. */
    @Test
    void store_whenTheAnswerToTheWriteIsLost_storesTheOutput() {
        memory.platform.put(Output.of(ID, 10));
        memory.jobs.loseAnswers();

        assertThat(store()).map(StoredOutput::duplicate).contains(false);

        assertThat(memory.record().state()).isEqualTo("stored");
    }

    @Test
    void store_whenTheRecordHasExpired_beginsANewOne() {
        memory.platform.put(Output.of(ID, 10).failing(new DeliveryFault.Status(404, ""), 1));
        assertThatThrownBy(this::store).isInstanceOf(WakeboxException.class);
        memory.clock.jump(Duration.ofDays(31));

        assertThat(store()).map(StoredOutput::duplicate).contains(false);

        assertThat(memory.record().history()).extracting(Change::state).containsExactly("waiting", "stored");
    }

    private Optional<StoredOutput> store() {
        return egress.store(ID, memory.clock.instant());
    }

    /** Another delivery has the lease for so long. */
    private void leased(Duration time) {
        Instant now = memory.clock.instant();
        memory.jobs.create(new Job(
                JOB,
                Map.of(),
                List.of(new Change("waiting", now, "Test.")),
                new Lease("another", now.plus(time)),
                null));
    }

    /** Lists the calls of a store. */
    private static final class CountedJobStore implements JobStore {
        private final JobStore jobs;
        private final List<String> calls = new ArrayList<>();
        private Runnable beforeLease = () -> {};

        CountedJobStore(JobStore jobs) {
            this.jobs = jobs;
        }

        @Override
        public Optional<Job> find(JobId id) {
            calls.add("find");
            return jobs.find(id);
        }

        @Override
        public boolean create(Job job) {
            calls.add("create");
            return jobs.create(job);
        }

        @Override
        public Optional<Job> lease(JobId id, Lease lease, Instant now) {
            calls.add("lease");
            beforeLease.run();
            return jobs.lease(id, lease, now);
        }

        @Override
        public void release(JobId id, String owner) {
            calls.add("release");
            jobs.release(id, owner);
        }

        @Override
        public Optional<Job> move(JobId id, Move move) {
            calls.add("move");
            return jobs.move(id, move);
        }
    }
}
