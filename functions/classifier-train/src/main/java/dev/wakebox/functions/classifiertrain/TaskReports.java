package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.webhooks.Notice;
import dev.wakebox.webhooks.Notices;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the status of trainings to the GraphQL server, and their ends to the stack's receiver of webhooks. It always reports the current record, so a late message can't
 * revert a success. Thread-safe.
 */
final class TaskReports {
    private static final Logger log = LoggerFactory.getLogger(TaskReports.class);

    private final TrainingJobs jobs;
    private final TrainTasks tasks;
    private final Notices webhooks;

    TaskReports(TrainingJobs jobs, TrainTasks tasks, Notices webhooks) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.tasks = requireNonNull(tasks, "tasks is null");
        this.webhooks = requireNonNull(webhooks, "webhooks is null");
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

    /**
     * Reports the end of a training, also as a webhook.
     *
     * @throws WakeboxException when a server or the queue can't be reached now; a retry may succeed
     */
    void end(String id, CallerHeaders caller) {
        report(id, caller);
        sendWebhook(id, false);
    }

    /** As {@link #end}, for an attempt that SQS redelivers; ignores a failure, so that its own one is thrown. */
    void tryToEndAttempt(String id, CallerHeaders caller) {
        tryToReport(id, caller);
        try {
            sendWebhook(id, true);
        } catch (WakeboxException e) {
            log.warn("The webhook about the training {} was not sent: {}", id, e.getMessage());
        }
    }

    private void sendWebhook(String id, boolean retry) {
        if (webhooks.areSent()) {
            jobs.find(id).filter(job -> !job.status().open()).ifPresent(job -> webhooks.send(notice(job, retry)));
        }
    }

    private static Notice notice(TrainingJob job, boolean retry) {
        return new Notice(
                "wakebox.classifier",
                job.status().name(),
                job.updated(),
                JsonObject.of("id", job.id())
                        .with("mentor", job.mentor())
                        .with("status", job.status().name())
                        .with("message", job.message())
                        .with("retry", retry));
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
