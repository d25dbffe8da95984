package dev.wakebox.functions.stop;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.status.TrainingNotices;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.status.WaitingTraining;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stops the training server when a run has ended, and gives it to the next training that waits. Thread-safe; duplicate
 * events have no effect.
 *
 * <p>It stops the instance before it releases the status, so that no new run claims the server in between. It describes
 * the instance before it reads the status, so that a running instance belongs to the claim that was read or to an
 * earlier one.
 */
public final class Stopper {
    private static final int ATTEMPTS = 5;

    private final StatusStore statuses;
    private final ObjectStore objects;
    private final Instances instances;
    private final String instanceId;
    private final Clock clock;
    private final TrainingNotices notices;
    private final TrainingQueue queue;

    /** A stopper in a stack that sends no webhooks and has no queue. */
    public Stopper(ObjectStore objects, Instances instances, String instanceId, Clock clock) {
        this(objects, instances, instanceId, clock, Notices.NONE, 0);
    }

    /** @param places how many trainings may wait */
    public Stopper(
            ObjectStore objects, Instances instances, String instanceId, Clock clock, Notices webhooks, int places) {
        this.statuses = new StatusStore(objects, clock);
        this.objects = requireNonNull(objects, "objects is null");
        this.instances = requireNonNull(instances, "instances is null");
        this.instanceId = requireNonNull(instanceId, "instanceId is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.notices = new TrainingNotices(objects, webhooks, clock);
        this.queue = new TrainingQueue(objects, statuses, notices, clock, places);
    }

    /**
     * Handles the deletion of the training order at that time, if it is still deleted and no later run has begun.
     *
     * @return what was done, or why nothing was done
     */
    public String jobRemoved(Instant time) {
        return stop(requireNonNull(time, "time is null"));
    }

    /**
     * Handles an operator's request: ends the current run, if any, and deletes its training order.
     *
     * @return what was done
     */
    public String ordered() {
        return stop(null);
    }

    /**
     * Handles an operator's request: ends the run if it has the server, or takes it out of the queue.
     *
     * @return what was done
     * @throws WakeboxException {@code NOT_FOUND} when it neither has the server nor waits
     */
    public String ordered(String token) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            StatusStore.Versioned base = statuses.read();
            ServerStatus status = base.status();
            if (status.active() && status.token().equals(token)) {
                return stop(null);
            }
            Optional<WaitingTraining> waiting = status.waiting().stream()
                    .filter(training -> training.token().equals(token))
                    .findFirst();
            if (waiting.isEmpty()) {
                throw new WakeboxException(
                        ErrorCode.NOT_FOUND,
                        "No training \"" + token + "\" runs or waits: it has ended, or there was none.");
            }
            notices.neverBegan(waiting.get(), "The training was cancelled while it waited.");
            if (replaced(base, status.withoutWaiting(token)).isPresent()) {
                objects.delete(waiting.get().orderKey());
                return "Training " + token + " waits no more.";
            }
        }
        throw changing();
    }

    private String stop(@Nullable Instant removed) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            boolean jobPresent = isJobPresent();
            if (jobPresent && removed == null) {
                objects.delete(TrainingJobFile.KEY);
            }
            Optional<Instance> instance = instances.describe(instanceId);
            StatusStore.Versioned base = statuses.read();
            StopAction action = StopAction.decide(base.status(), jobPresent, instance, removed);
            if (!(action instanceof StopAction.Sleep sleep)) {
                queue.advance(base);
                return action.message();
            }
            if (sleep.stopInstance()) {
                instances.stop(instanceId);
            }
            if (!base.status().active()) {
                queue.advance(base);
                return action.message();
            }
            notices.ended(
                    base.status(), removed == null ? "The run was stopped from outside." : "The trainer has ended.");
            Optional<StatusStore.Versioned> ended = replaced(base, queue.after(base.status(), notBefore(removed)));
            if (ended.isPresent() && ended.get().status().active()) {
                queue.advance(ended.get()); // replaces an order that the ended run has left
                return action.message() + " Next training: "
                        + ended.get().status().token() + ".";
            }
            if (ended.isPresent() && !(removed == null && isJobPresent())) {
                return action.message();
            }
        }
        throw changing();
    }

    /** Now; the claim of the next training must not seem older than the event that ended the run before it. */
    private Instant notBefore(@Nullable Instant removed) {
        Instant now = clock.instant();
        return removed != null && removed.isAfter(now) ? removed : now;
    }

    /** A run that claimed the server after the first check of a request may have written its training order since. */
    private boolean isJobPresent() {
        return objects.head(TrainingJobFile.KEY).isPresent();
    }

    /** Empty if another writer was faster. */
    private Optional<StatusStore.Versioned> replaced(StatusStore.Versioned base, ServerStatus next) {
        try {
            return Optional.of(statuses.replace(base, next));
        } catch (PreconditionFailedException e) {
            return Optional.empty();
        }
    }

    private static WakeboxException changing() {
        return new WakeboxException(
                ErrorCode.UNAVAILABLE, "Other writers kept changing the status; try again in a minute.");
    }
}
