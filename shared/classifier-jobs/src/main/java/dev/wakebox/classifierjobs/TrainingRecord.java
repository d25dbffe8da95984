package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.jobs.Job;
import java.util.Map;

/** Reads the record of a training. */
final class TrainingRecord {
    /** Prefix of the attributes with the training's report. */
    static final String REPORT = "report.";

    private TrainingRecord() {}

    static TrainingJob training(Job job) {
        return new TrainingJob(
                job.id().id(),
                attribute(job, "mentor"),
                status(job),
                job.history().getFirst().at(),
                job.history().getLast().at(),
                Integer.parseInt(attribute(job, "progress")),
                job.history().getLast().reason(),
                job.attributes().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(REPORT))
                        .collect(toMap(entry -> entry.getKey().substring(REPORT.length()), Map.Entry::getValue)));
    }

    static boolean mayBeginAgain(Job job) {
        return status(job) == Status.FAILURE && "true".equals(job.attributes().get("retry"));
    }

    static Status status(Job job) {
        return Status.valueOf(job.state());
    }

    static String attribute(Job job, String name) {
        return requireNonNull(job.attributes().get(name), () -> "The record of " + job.id() + " has no " + name + ".");
    }
}
