package dev.wakebox.functions.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingQueue;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.Optional;

/**
 * {@code GET /status}: returns whether the training server is sleeping or active, and, in a stack with a queue, how many
 * trainings wait. With {@code ?token=} it says how far that training is.
 */
public final class StatusHandler extends LambdaFunction {
    private final StatusStore statuses;
    private final int places;

    /** The part of the answer about the queue. */
    private record Queue(int waiting, int places) {}

    /**
     * The answer.
     *
     * @param run of the token: whether it waits, has the server, or has ended, also when there was none
     * @param place of a training that waits; 1 is the next one
     */
    private record Answer(
            String result, String status, Optional<Queue> queue, Optional<String> run, Optional<Integer> place) {}

    /** Reads {@code BUCKET} and, where set, {@code TRAINING_QUEUE}. */
    public StatusHandler() {
        this(
                new StatusStore(S3ObjectStore.ofBucket(Environment.required("BUCKET")), Clock.systemUTC()),
                TrainingQueue.placesOfEnvironment());
    }

    /** @param places how many trainings may wait */
    StatusHandler(StatusStore statuses, int places) {
        this.statuses = requireNonNull(statuses, "statuses is null");
        this.places = places;
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        ServerStatus status;
        try {
            status = statuses.read().status();
        } catch (WakeboxException e) {
            // the front end handles a single failure of this request, 500, also for a transient cause
            throw new WakeboxException(ErrorCode.INTERNAL, requireNonNull(e.getMessage()), e);
        }
        int waiting = status.waiting().size();
        Optional<String> token = Optional.ofNullable(request.queryParameters().get("token"));
        return HttpResponse.ok(new Answer(
                "success",
                status.state().word(),
                places == 0 && waiting == 0 ? Optional.empty() : Optional.of(new Queue(waiting, places)),
                token.map(asked -> run(status, asked)),
                token.map(status::place).filter(place -> place > 0)));
    }

    private static String run(ServerStatus status, String token) {
        if (status.active() && status.token().equals(token)) {
            return "active";
        }
        return status.place(token) > 0 ? "queued" : "ended";
    }
}
