package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Begins a training run: of any number that ask at once, one claims the server and hands its job to the trainer.
 *
 * <p>Nothing is written before everything is checked, and a claim whose job can't be handed over is undone. Thread-safe.
 */
final class Training {
    /** The job of the run that has claimed the server. */
    static final String JOB_KEY = "training/training.json";

    /** The results of the runs before, by token. */
    static final String RESULTS_KEY = "inference.json";

    private static final int TOKEN_SUFFIX = 5;

    /** How often a write is tried when others write the same object for other reasons than a run. */
    private static final int ATTEMPTS = 10;

    private final ObjectStore objects;
    private final StatusStore status;
    private final StoredDatasets datasets;
    private final Instances instances;
    private final String instanceId;
    private final RandomNames names;
    private final Clock clock;

    Training(ObjectStore objects, Instances instances, String instanceId, RandomNames names, Clock clock) {
        this.objects = requireNonNull(objects, "objects is null");
        this.status = new StatusStore(objects);
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
        try {
            objects.put(JOB_KEY, Json.bytes(job(request, token, classes)), "application/json", new Condition.Always());
        } catch (RuntimeException e) {
            throw notHandedOver(claim, e);
        }
        return token;
    }

    private StatusStore.Versioned claim(StatusStore.Versioned seen, String token, TaskType taskType) {
        StatusStore.Versioned base = seen;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return status.replace(base, base.status().claimedBy(token, taskType.word(), clock.instant()));
            } catch (PreconditionFailedException e) {
                base = status.read();
                if (holds(base, token)) {
                    // The write that "failed" was the client's own retry of one whose answer got lost.
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
        String prefix = request.taskTypeAsSent() + "-" + request.taskName().replace(' ', '_') + "-";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String token = prefix + names.next(TOKEN_SUFFIX);
            if (!used.contains(token)) {
                return token;
            }
        }
        throw new WakeboxException(ErrorCode.UNAVAILABLE, "No unused token was found; try again.");
    }

    private static Map<String, @Nullable Object> results(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL, RESULTS_KEY + " in the bucket cannot be understood: " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> job(TrainingRequest request, String token, int classes) {
        var job = new LinkedHashMap<String, @Nullable Object>();
        job.put("token", token);
        job.put("task_type", request.taskType().word());
        job.put("num_classes", classes);
        job.put("optimizer", request.optimizer());
        job.put("learning_rate", request.learningRate());
        job.put("batch_size", request.batchSize());
        job.put("epochs", request.epochs());
        job.put("data_split", request.dataSplit());
        switch (request.dataset()) {
            case Dataset.Texts texts -> job.put("dataset", Base64.getEncoder().encodeToString(texts.csv()));
            case Dataset.Images images -> job.put("dataset", images.byClass());
            case Dataset.Stored stored -> job.put("dataset_key", stored.key());
        }
        job.put("model", request.modelType());
        var plateau = request.plateau();
        job.put(
                "reduce_lr_on_plateau",
                plateau == null
                        ? false
                        : Map.of(
                                "factor", plateau.factor(), "patience", plateau.patience(), "min_lr", plateau.minLr()));
        var step = request.step();
        job.put("step_lr", step == null ? false : Map.of("step_size", step.stepSize(), "gamma", step.gamma()));
        job.put("pretrain_dataset", request.pretrainDataset());
        return job;
    }
}
