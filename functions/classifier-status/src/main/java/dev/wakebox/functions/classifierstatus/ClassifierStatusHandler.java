package dev.wakebox.functions.classifierstatus;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** {@code GET /classifier/train/status/{id}} and {@code GET /classifier/ping}. */
public final class ClassifierStatusHandler extends ClassifierFunction {
    /** An id of ours or of the GraphQL server. The limit keeps it within the length of a DynamoDB key. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private record Pong(String status, String message) {}

    private record Answer(Training data) {}

    private record Training(
            String id,
            String mentor,
            String status,
            String state,
            String statusUrl,
            String created,
            String updated,
            int progress,
            String message,
            Optional<Map<String, String>> report) {
        private static Training of(TrainingJob job) {
            return new Training(
                    job.id(),
                    job.mentor(),
                    job.status().name(),
                    job.status().name(),
                    job.statusUrl(),
                    job.created().toString(),
                    job.updated().toString(),
                    job.progress(),
                    job.message(),
                    Optional.of(job.report())
                            .filter(report -> !report.isEmpty())
                            .map(TreeMap::new));
        }
    }

    private final MentorAccess access;
    private final TrainingJobs jobs;

    /** Reads {@code JOBS_TABLE} and, if set, {@code GRAPHQL_ENDPOINT}. */
    public ClassifierStatusHandler() {
        this(
                MentorAccess.ofEnvironment(),
                new TrainingJobs(
                        DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                        Clock.systemUTC(),
                        TrainingJobs::newId));
    }

    ClassifierStatusHandler(MentorAccess access, TrainingJobs jobs) {
        this.access = requireNonNull(access, "access is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        var _ = Caller.of(request);
        String id = request.pathParameters().get("id");
        if (id == null) {
            return HttpResponse.ok(new Pong("success", "pong!"));
        }
        TrainingJob job = Optional.of(id)
                .filter(given -> ID.matcher(given).matches())
                .flatMap(jobs::find)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND, "There is no training \"" + id + "\"; records are kept for 20 days."));
        access.require(request, job.mentor());
        return HttpResponse.ok(new Answer(Training.of(job)));
    }
}
