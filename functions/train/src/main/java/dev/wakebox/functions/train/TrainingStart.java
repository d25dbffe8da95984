package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/**
 * Begins a training run: one of several concurrent requests claims the server and writes the training order.
 *
 * <p>It writes nothing before all checks have passed, and undoes a claim whose order can't be written. Thread-safe.
 */
final class TrainingStart {
    /** The inference entries of earlier runs, by token. */
    static final String RESULTS_KEY = "inference.json";

    private static final int TOKEN_SUFFIX = 5;

    /** How often a write is attempted while other writers change the same object for other reasons than a run. */
    private static final int ATTEMPTS = 10;

    private final ObjectStore objects;
    private final StatusStore status;
    private final StoredDatasets datasets;
    private final Instances instances;
    private final String instanceId;
    private final RandomNames names;
    private final Clock clock;

    TrainingStart(ObjectStore objects, Instances instances, String instanceId, RandomNames names, Clock clock) {
        this.objects = requireNonNull(objects, "objects is null");
        this.status = new StatusStore(objects, clock);
        this.datasets = new StoredDatasets(objects);
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.names = requireNonNull(names, "names is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Claims the server for this run and returns the run's token. */
    String begin(TrainingRequest request) {
        int classes =
                switch (request.dataset()) {
                    case Dataset.Texts texts -> texts.classes();
                    case Dataset.Images images -> images.byClass().size();
                    case Dataset.Stored stored -> datasets.classes(stored.key(), request.taskType());
                };
        var instance = instances.describe(instanceId);
        StatusStore.Versioned seen = status.read();
        if (Admission.decide(instance, seen.status()) instanceof Admission.Refused(ErrorCode code, String reason)) {
            throw new WakeboxException(code, reason);
        }
        String token = unusedToken(request);
        StatusStore.Versioned claim = claim(seen, token, request.taskType());
        boolean handedOver;
        try {
            handedOver = handOver(token, Json.bytes(TrainingOrder.of(request, token, classes)));
        } catch (RuntimeException e) {
            throw notHandedOver(claim, e);
        }
        if (!handedOver) {
            throw new WakeboxException(ErrorCode.CONFLICT, "Server is busy.");
        }
        return token;
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

    private StatusStore.Versioned claim(StatusStore.Versioned seen, String token, TaskType taskType) {
        StatusStore.Versioned base = seen;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return status.replace(base, base.status().claimedBy(token, taskType.word(), clock.instant()));
            } catch (PreconditionFailedException e) {
                base = status.read();
                if (holds(base, token)) {
                    // The SDK retried a write whose answer was lost, and the retry failed.
                    return base;
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
                status.replace(base, base.status().released(clock.instant()));
                return;
            } catch (PreconditionFailedException e) {
                base = status.read();
            }
        }
    }

    private static boolean holds(StatusStore.Versioned record, String token) {
        return record.status().active() && record.status().token().equals(token);
    }

    private String unusedToken(TrainingRequest request) {
        Set<String> used = objects.get(RESULTS_KEY)
                .map(results -> results(results.body()).keySet())
                .orElse(Set.of());
        String name = request.taskName().strip().replaceAll(" ++", "_");
        String prefix = request.taskType().word() + "-" + name + "-";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String token = prefix + names.next(TOKEN_SUFFIX);
            if (!used.contains(token)) {
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
                    ErrorCode.INTERNAL, RESULTS_KEY + " in the bucket cannot be understood: " + e.getMessage(), e);
        }
    }
}
