package dev.wakebox.functions.classifiertrainrequest;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsHttp;
import dev.wakebox.aws.SqsQueue;
import dev.wakebox.classifierapi.Caller;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.classifierapi.MentorAccess;
import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code POST /classifier/train}: starts a training of a mentor's classifier, or only a worker for one. */
public final class ClassifierTrainRequestHandler extends ClassifierFunction {
    private static final Logger log = LoggerFactory.getLogger(ClassifierTrainRequestHandler.class);

    /** Long enough for a server with a cold start; the training continues without its answer. */
    private static final GraphQl.Limits NOTE = new GraphQl.Limits(Duration.ofSeconds(4), Duration.ofSeconds(6));

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private record Answer(Training data) {}

    private record Training(String id, String mentor, String status, String statusUrl) {}

    private final MentorAccess access;
    private final TrainingJobs jobs;
    private final TrainTasks tasks;
    private final TrainQueue queue;

    /** Reads {@code JOBS_TABLE}, {@code TRAIN_QUEUE_URL} and, if set, {@code GRAPHQL_ENDPOINT}. */
    public ClassifierTrainRequestHandler() {
        this(
                MentorAccess.ofEnvironment(),
                new TrainingJobs(
                        DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                        Clock.systemUTC(),
                        TrainingJobs::newId),
                new TrainTasks(GraphQl.ofEnvironment(NOTE)),
                new SqsTrainQueue(new SqsQueue(
                        SqsClient.builder().httpClient(AwsHttp.client()).build(),
                        Environment.required("TRAIN_QUEUE_URL"))));
    }

    ClassifierTrainRequestHandler(MentorAccess access, TrainingJobs jobs, TrainTasks tasks, TrainQueue queue) {
        this.access = requireNonNull(access, "access is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.tasks = requireNonNull(tasks, "tasks is null");
        this.queue = requireNonNull(queue, "queue is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        var _ = Caller.of(request);
        JsonObject body = Json.object(request.body());
        String mentor = mentor(body.get("mentor"));
        boolean ping = ping(body.get("ping"));
        access.require(request, mentor);
        if (ping) {
            queue.ping();
            return answer(TrainingJobs.newId(), mentor, Status.QUEUED, "no_status_on_ping");
        }
        TrainingJob job = train(mentor, CallerHeaders.of(request));
        return answer(job.id(), mentor, job.status(), job.statusUrl());
    }

    private TrainingJob train(String mentor, CallerHeaders caller) {
        TrainingJobs.Asked asked = jobs.ask(mentor);
        TrainingJob job = asked.created() ? noted(asked.job(), caller) : asked.job();
        if (asked.messageNeeded()) {
            send(job, asked.created(), caller);
        }
        log.info(
                "Training {} of the mentor {}: {}",
                job.id(),
                mentor,
                asked.messageNeeded() ? "queued" : "is open already");
        return job;
    }

    /** Reports the training to the GraphQL server, and adopts the id that the server assigns. */
    private TrainingJob noted(TrainingJob job, CallerHeaders caller) {
        return note(job, Status.QUEUED, caller)
                .filter(id -> !id.equals(job.id()) && ID.matcher(id).matches())
                .map(id -> jobs.rename(job, id))
                .orElse(job);
    }

    private void send(TrainingJob job, boolean created, CallerHeaders caller) {
        try {
            queue.send(job.id(), caller);
        } catch (WakeboxException e) {
            if (created) { // the message of an older training may only be late
                jobs.notSent(job.id(), requireNonNull(e.getMessage()));
                var _ = note(job, Status.FAILURE, caller);
            }
            throw e;
        }
    }

    /** Ignores an unavailable server, because the worker reports the status again. */
    private Optional<String> note(TrainingJob job, Status status, CallerHeaders caller) {
        try {
            return tasks.note(job.id(), job.mentor(), status.name(), caller);
        } catch (WakeboxException e) {
            log.warn(
                    "The GraphQL server was not informed that the training {} is {}: {}",
                    job.id(),
                    status,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static HttpResponse answer(String id, String mentor, Status status, String statusUrl) {
        return HttpResponse.ok(new Answer(new Training(id, mentor, status.name(), statusUrl)));
    }

    private static boolean ping(@Nullable Object value) {
        if (value == null || value.equals(false) || value.equals("false")) {
            return false;
        }
        if (value.equals(true) || value.equals("true")) {
            return true;
        }
        throw WakeboxException.invalidField("ping", "The ping must be true or false, or left out.");
    }
}
