package dev.wakebox.functions.classifiertrainrequest;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code POST /classifier/train}: has a mentor's classifier trained. */
public final class ClassifierTrainRequestHandler extends ClassifierFunction {
    private static final Logger log = LoggerFactory.getLogger(ClassifierTrainRequestHandler.class);

    private final TrainingJobs jobs;
    private final TrainQueue queue;

    /** Reads {@code JOBS_TABLE} and {@code TRAIN_QUEUE_URL}. */
    public ClassifierTrainRequestHandler() {
        this(
                new TrainingJobs(
                        DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                        Clock.systemUTC(),
                        () -> UUID.randomUUID().toString()),
                new SqsTrainQueue(
                        SqsClient.builder()
                                .httpClient(UrlConnectionHttpClient.create())
                                .build(),
                        Environment.required("TRAIN_QUEUE_URL")));
    }

    ClassifierTrainRequestHandler(TrainingJobs jobs, TrainQueue queue) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.queue = requireNonNull(queue, "queue is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        Caller caller = Caller.of(request);
        String mentor = mentor(Json.object(request.body()).get("mentor"));
        caller.requireMayActFor(mentor);
        TrainingJobs.Asked asked = jobs.ask(mentor);
        String id = asked.job().id();
        if (asked.messageNeeded()) {
            send(asked, request.header("authorization"));
        }
        log.info("Training {} of the mentor {}: {}", id, mentor, asked.messageNeeded() ? "queued" : "is open already");
        var data = new LinkedHashMap<String, @Nullable Object>();
        data.put("id", id);
        data.put("mentor", mentor);
        data.put("status", asked.job().status().name());
        data.put("statusUrl", asked.job().statusUrl());
        return HttpResponse.ok(Map.of("data", data));
    }

    private void send(TrainingJobs.Asked asked, @Nullable String authorization) {
        String id = asked.job().id();
        try {
            queue.send(id, authorization);
        } catch (WakeboxException e) {
            if (asked.created()) { // another one's message may only be late
                jobs.notSent(id, requireNonNull(e.getMessage()));
            }
            throw e;
        }
    }
}
