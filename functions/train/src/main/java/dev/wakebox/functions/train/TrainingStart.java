package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingNotices;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.status.WaitingTraining;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/**
 * Begins a training run: one of several concurrent requests claims the server and writes the training order. In a stack
 * with a queue, the others wait.
 *
 * <p>It writes nothing before all checks have passed, and undoes a claim whose order can't be written. Thread-safe.
 */
final class TrainingStart {
    private static final int TOKEN_SUFFIX = 5;

    /** How often a write is attempted while other writers change the same object for other reasons than a run. */
    private static final int ATTEMPTS = 10;

    private final ObjectStore objects;
    private final StatusStore status;
    private final TrainingQueue queue;
    private final WaitingLine line;
    private final StoredDatasets datasets;
    private final Instances instances;
    private final String instanceId;
    private final RandomNames names;
    private final Clock clock;

    /**
     * A run that has begun or waits.
     *
     * @param place of a run that waits: 1 for the next one; 0 for a run that has begun
     */
    record Accepted(String token, int place) {}

    /** In a stack without a queue. */
    TrainingStart(ObjectStore objects, Instances instances, String instanceId, RandomNames names, Clock clock) {
        this(objects, instances, instanceId, names, clock, 0);
    }

    /** @param places how many trainings may wait */
    TrainingStart(
            ObjectStore objects, Instances instances, String instanceId, RandomNames names, Clock clock, int places) {
        this.objects = requireNonNull(objects, "objects is null");
        this.status = new StatusStore(objects, clock);
        this.datasets = new StoredDatasets(objects);
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.names = requireNonNull(names, "names is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.queue =
                new TrainingQueue(objects, status, new TrainingNotices(objects, Notices.NONE, clock), clock, places);
        this.line = new WaitingLine(objects, status, queue, clock);
    }

    /** Claims the server for this run, or has the run wait if the stack has a queue. */
    Accepted begin(TrainingRequest request) {
        int classes =
                switch (request.dataset()) {
                    case Dataset.Texts texts -> texts.classes();
                    case Dataset.Images images -> images.byClass().size();
                    case Dataset.Stored stored -> datasets.classes(stored.key(), request.taskType());
                };
        var instance = instances.describe(instanceId);
        StatusStore.Versioned seen = status.read();
        Admission admission = Admission.decide(instance, seen.status(), queue.places());
        if (admission instanceof Admission.Refused(ErrorCode code, String reason)) {
            throw new WakeboxException(code, reason);
        }
        String token = unusedToken(request, seen.status());
        byte[] order = Json.bytes(TrainingOrder.of(request, token, classes));
        Optional<StatusStore.Versioned> claim =
                admission instanceof Admission.Granted ? claim(seen, token, request.taskType()) : Optional.empty();
        if (claim.isEmpty()) {
            return line.add(new WaitingTraining(token, request.taskType().word(), clock.instant()), order);
        }
        boolean handedOver;
        try {
            handedOver = handOver(token, order);
        } catch (RuntimeException e) {
            throw notHandedOver(claim.get(), e);
        }
        if (!handedOver) {
            throw new WakeboxException(ErrorCode.CONFLICT, "Server is busy.");
        }
        return new Accepted(token, 0);
    }

    /**
     * Writes the training order. Only an order that an earlier run left behind is replaced: if {@code POST /stop} has
     * ended this run meanwhile, the order may be that of the next run.
     *
     * @return false if there is another run's order and this run has lost its claim
     */
    private boolean handOver(String token, byte[] job) {
        Condition condition = new Condition.Absent();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                objects.put(TrainingJobFile.KEY, job, "application/json", condition);
                return true;
            } catch (PreconditionFailedException e) {
                Optional<ObjectInfo> present = objects.head(TrainingJobFile.KEY);
                if (!holds(status.read(), token)) {
                    return false;
                }
                condition = present.<Condition>map(order -> new Condition.Unchanged(order.etag()))
                        .orElseGet(Condition.Absent::new);
            }
        }
        throw new WakeboxException(ErrorCode.UNAVAILABLE, TrainingJobFile.KEY + " keeps changing.");
    }

    /** Empty if another run was faster and this one may wait. */
    private Optional<StatusStore.Versioned> claim(StatusStore.Versioned seen, String token, TaskType taskType) {
        StatusStore.Versioned base = seen;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return Optional.of(
                        status.replace(base, base.status().claimedBy(token, taskType.word(), clock.instant())));
            } catch (PreconditionFailedException e) {
                base = status.read();
                if (holds(base, token)) {
                    // The SDK retried a write whose answer was lost, and the retry failed.
                    return Optional.of(base);
                }
                boolean first =
                        !base.status().active() && base.status().waiting().isEmpty();
                if (queue.places() > 0 && !first) {
                    return Optional.empty();
                }
                if (base.status().active()) {
                    throw new WakeboxException(ErrorCode.CONFLICT, "Server is busy.", e);
                }
            }
        }
        throw new WakeboxException(ErrorCode.UNAVAILABLE, "The server's status keeps changing; try again.");
    }

    private WakeboxException notHandedOver(StatusStore.Versioned claim, RuntimeException cause) {
        try {
            release(claim);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
            return new WakeboxException(
                    ErrorCode.INTERNAL,
                    "The job could not be stored and the claim could not be undone; the server is free again after its time limit.",
                    cause);
        }
        return new WakeboxException(
                ErrorCode.INTERNAL, "The job could not be stored, so nothing was started; try again later.", cause);
    }

    private void release(StatusStore.Versioned claim) {
        StatusStore.Versioned base = claim;
        for (int attempt = 0; attempt < ATTEMPTS && holds(base, claim.status().token()); attempt++) {
            try {
                queue.advance(status.replace(base, queue.after(base.status(), clock.instant())));
                return;
            } catch (PreconditionFailedException e) {
                base = status.read();
            }
        }
    }

    private static boolean holds(StatusStore.Versioned record, String token) {
        return record.status().active() && record.status().token().equals(token);
    }

    private String unusedToken(TrainingRequest request, ServerStatus seen) {
        Set<String> used = objects.get(TrainingJobFile.RESULTS_KEY)
                .map(results -> results(results.body()).keySet())
                .orElse(Set.of());
        String name = request.taskName().strip().replaceAll(" ++", "_");
        String prefix = request.taskType().word() + "-" + name + "-";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String token = prefix + names.next(TOKEN_SUFFIX);
            if (!used.contains(token) && seen.place(token) == 0) {
                return token;
            }
        }
        throw new WakeboxException(ErrorCode.UNAVAILABLE, "No unused token was found; try again.");
    }

    private static JsonObject results(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL,
                    TrainingJobFile.RESULTS_KEY + " in the bucket cannot be understood: " + e.getMessage(),
                    e);
        }
    }
}
