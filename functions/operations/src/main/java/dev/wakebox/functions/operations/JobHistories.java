package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the job records with an id, and shows their states with time and reason. Thread-safe. */
final class JobHistories {
    private static final int LONGEST_ID = 1_024;

    /** The kinds of jobs, each with what its id has after the id that people know. */
    private static final Map<String, List<String>> KINDS = Map.of(
            "upload", List.of(""),
            "mail", List.of(".result", ".failure"),
            "egress", List.of(""),
            "ingress", List.of(""),
            "classifier-train", List.of(""));

    /**
     * A job. Its attributes are left out, because they have addresses of people and tokens of callers.
     *
     * @param workedOnUntil when the lease of the function that works on it ends
     */
    @SnakeCase
    record History(
            String kind,
            String id,
            String state,
            List<Change> changes,
            Optional<Instant> workedOnUntil,
            Optional<Instant> expiresAt) {
        static History of(Job job) {
            return new History(
                    job.id().kind(),
                    job.id().id(),
                    job.state(),
                    job.history(),
                    Optional.ofNullable(job.lease()).map(lease -> lease.until()),
                    Optional.ofNullable(job.expiresAt()));
        }
    }

    private final JobStore jobs;

    JobHistories(JobStore jobs) {
        this.jobs = requireNonNull(jobs, "jobs is null");
    }

    /**
     * The jobs with this id, of all kinds.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} for an id that no job can have
     */
    List<History> find(String id) {
        if (id.isBlank() || id.length() > LONGEST_ID) {
            throw WakeboxException.invalidField("id", "id must be the id of a job, with at most 1,024 characters.");
        }
        return KINDS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(kind -> kind.getValue().stream().map(ending -> new JobId(kind.getKey(), id.strip() + ending)))
                .flatMap(each -> jobs.find(each).stream())
                .map(History::of)
                .toList();
    }

    /** @throws WakeboxException {@code NOT_FOUND} */
    static JobHistories of(Optional<JobStore> jobs) {
        return jobs.map(JobHistories::new)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND,
                        "The stack has no jobs: it has neither uploads nor webhook egress nor a question classifier."));
    }
}
