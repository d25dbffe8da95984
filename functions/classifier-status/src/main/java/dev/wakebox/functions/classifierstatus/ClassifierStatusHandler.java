package dev.wakebox.functions.classifierstatus;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET /classifier/train/status/{id}} and {@code GET /classifier/ping}. */
public final class ClassifierStatusHandler extends ClassifierFunction {
    /** A UUID as trainings have it; the table has no key of any length. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final TrainingJobs jobs;

    /** Reads {@code JOBS_TABLE}. */
    public ClassifierStatusHandler() {
        this(new TrainingJobs(
                DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")), Clock.systemUTC(), () -> UUID.randomUUID()
                        .toString()));
    }

    ClassifierStatusHandler(TrainingJobs jobs) {
        this.jobs = requireNonNull(jobs, "jobs is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        Caller caller = Caller.of(request);
        String id = request.pathParameters().get("id");
        if (id == null) {
            return HttpResponse.ok(pong());
        }
        TrainingJob job = Optional.of(id)
                .filter(given -> ID.matcher(given).matches())
                .flatMap(jobs::find)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND, "There is no training \"" + id + "\"; records are kept for 20 days."));
        caller.requireMayActFor(job.mentor());
        return HttpResponse.ok(Map.of("data", data(job)));
    }

    private static Map<String, @Nullable Object> pong() {
        var pong = new LinkedHashMap<String, @Nullable Object>();
        pong.put("status", "success");
        pong.put("message", "pong!");
        return pong;
    }

    private static Map<String, @Nullable Object> data(TrainingJob job) {
        var data = new LinkedHashMap<String, @Nullable Object>();
        data.put("id", job.id());
        data.put("mentor", job.mentor());
        data.put("status", job.status().name());
        data.put("state", job.status().name());
        data.put("statusUrl", job.statusUrl());
        data.put("created", job.created().toString());
        data.put("updated", job.updated().toString());
        data.put("progress", job.progress());
        data.put("message", job.message());
        if (!job.report().isEmpty()) {
            data.put("report", new TreeMap<>(job.report()));
        }
        return data;
    }
}
