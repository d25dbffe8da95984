package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.runtime.WakeboxException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the status of trainings to the GraphQL server. It always reports the current record, so a late message can't
 * revert a success. Thread-safe.
 */
final class TaskReports {
    private static final Logger log = LoggerFactory.getLogger(TaskReports.class);

    private final TrainingJobs jobs;
    private final TrainTasks tasks;

    TaskReports(TrainingJobs jobs, TrainTasks tasks) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.tasks = requireNonNull(tasks, "tasks is null");
    }

    /** Whether there is a server to report to. */
    boolean areKept() {
        return tasks.areKept();
    }

    /**
     * Reports the current status of the training, and again if it changes in the meantime. Reading the record sets it
     * to a failure if its worker crashed.
     *
     * @throws WakeboxException when the server can't be reached now; a retry may succeed
     */
    void report(String id, CallerHeaders caller) {
        if (!areKept()) {
            return;
        }
        Status reported = null;
        Optional<TrainingJob> job = jobs.find(id);
        while (job.isPresent() && job.get().status() != reported) {
            reported = job.get().status();
            var _ = tasks.note(job.get().id(), job.get().mentor(), reported.name(), caller);
            job = jobs.find(id);
        }
    }

    /** As {@link #report}, but ignores a failure, so that the training continues. */
    void tryToReport(String id, CallerHeaders caller) {
        try {
            report(id, caller);
        } catch (WakeboxException e) {
            log.warn("The GraphQL server was not informed of the training {}: {}", id, e.getMessage());
        }
    }
}
