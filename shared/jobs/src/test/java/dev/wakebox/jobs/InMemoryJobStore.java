package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Job records in memory, with the rules of the port, and failures on request. Thread-safe. */
public final class InMemoryJobStore implements JobStore {
    private final Map<JobId, Job> jobs = new HashMap<>();
    private final Clock clock;
    private @Nullable WakeboxException failure;
    private boolean losingAnswers;

    public InMemoryJobStore(Clock clock) {
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Makes every call fail from now on; null ends that. */
    public synchronized void failWith(@Nullable WakeboxException newFailure) {
        failure = newFailure;
    }

    /**
     * From now on new records and moves are written but reported as refused, as when the SDK's retry meets its own
     * write.
     */
    public synchronized void loseAnswers() {
        losingAnswers = true;
    }

    @Override
    public synchronized Optional<Job> find(JobId id) {
        if (failure != null) {
            throw failure;
        }
        return Optional.ofNullable(jobs.get(id))
                .filter(job -> job.expiresAt() == null || clock.instant().isBefore(job.expiresAt()));
    }

    @Override
    public synchronized boolean create(Job job) {
        if (find(job.id()).isPresent()) {
            return false;
        }
        put(job);
        return !losingAnswers;
    }

    @Override
    public synchronized Optional<Job> lease(JobId id, Lease lease, Instant now) {
        return find(id).filter(job -> job.lease() == null || !job.lease().keepsOut(lease.owner(), now))
                .map(job -> put(new Job(id, job.attributes(), job.history(), lease, job.expiresAt())));
    }

    @Override
    public synchronized void release(JobId id, String owner) {
        find(id).filter(job -> job.lease() != null && job.lease().owner().equals(owner))
                .ifPresent(job -> put(new Job(id, job.attributes(), job.history(), null, job.expiresAt())));
    }

    @Override
    public synchronized Optional<Job> move(JobId id, Move move) {
        return find(id).filter(job -> move.from().contains(job.state()))
                .filter(job -> move.owner() == null
                        || (job.lease() != null && job.lease().owner().equals(move.owner())))
                .map(job -> {
                    var attributes = new HashMap<>(job.attributes());
                    attributes.putAll(move.attributes());
                    var history = new ArrayList<>(job.history());
                    if (history.size() == Job.LONGEST_HISTORY) {
                        history.removeLast();
                    }
                    history.add(move.to());
                    return put(new Job(
                            id, attributes, history, move.owner() == null ? job.lease() : null, move.expiresAt()));
                })
                .filter(_ -> !losingAnswers);
    }

    private Job put(Job job) {
        jobs.put(job.id(), job);
        return job;
    }
}
