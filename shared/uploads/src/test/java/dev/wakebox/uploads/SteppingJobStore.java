package dev.wakebox.uploads;

import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import java.time.Instant;
import java.util.Optional;

/** A store that lets another program continue before each of its calls. */
public record SteppingJobStore(JobStore jobs, Interleaving interleaving) implements JobStore {
    @Override
    public Optional<Job> find(JobId id) {
        interleaving.step();
        return jobs.find(id);
    }

    @Override
    public boolean create(Job job) {
        interleaving.step();
        return jobs.create(job);
    }

    @Override
    public Optional<Job> lease(JobId id, Lease lease, Instant now) {
        interleaving.step();
        return jobs.lease(id, lease, now);
    }

    @Override
    public void release(JobId id, String owner) {
        interleaving.step();
        jobs.release(id, owner);
    }

    @Override
    public Optional<Job> move(JobId id, Move move) {
        interleaving.step();
        return jobs.move(id, move);
    }
}
