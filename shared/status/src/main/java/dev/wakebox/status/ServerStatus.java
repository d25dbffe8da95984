package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the training server is in use, by which run, and which trainings wait for it.
 *
 * @param token of the run that has claimed the server; empty while it is sleeping
 * @param taskType of that run, in lower case; empty while it is sleeping
 * @param devMode whether a developer works on the instance now; Wakebox then neither starts nor stops it
 * @param since when {@code state} was entered; null in records that another program wrote
 * @param queue the trainings that wait, in the order of their requests. The first one may have claimed the server already:
 *     it stays here until its training order is handed over
 * @param unknown keys that aren't ours, kept when the record is rewritten
 */
public record ServerStatus(
        State state,
        String token,
        String taskType,
        boolean devMode,
        @Nullable Instant since,
        List<WaitingTraining> queue,
        JsonObject unknown) {
    private static final String QUEUE = "queue";

    /** The states of the training server. */
    public enum State {
        SLEEPING,
        ACTIVE;

        /** The state's name in the record. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The status before the first record is written. */
    public static final ServerStatus INITIAL = new ServerStatus(State.SLEEPING, "", "", false, null, JsonObject.of());

    public ServerStatus {
        requireNonNull(state, "state is null");
        requireNonNull(token, "token is null");
        requireNonNull(taskType, "taskType is null");
        queue = List.copyOf(queue);
        requireNonNull(unknown, "unknown is null");
    }

    /** A status for which no training waits. */
    public ServerStatus(
            State state, String token, String taskType, boolean devMode, @Nullable Instant since, JsonObject unknown) {
        this(state, token, taskType, devMode, since, List.of(), unknown);
    }

    public boolean active() {
        return state == State.ACTIVE;
    }

    /** This status, claimed by a run. */
    public ServerStatus claimedBy(String runToken, String runTaskType, Instant now) {
        return new ServerStatus(State.ACTIVE, runToken, runTaskType, devMode, now, queue, unknown);
    }

    /** This status without a claim. The trainings that wait do so until {@link #ended} is called. */
    public ServerStatus released(Instant now) {
        return new ServerStatus(State.SLEEPING, "", "", devMode, now, waiting(), unknown);
    }

    /** This status without its claim, and claimed by the training that has waited longest, if there is one. */
    public ServerStatus ended(Instant now) {
        ServerStatus sleeping = released(now);
        return sleeping.queue.isEmpty()
                ? sleeping
                : sleeping.claimedBy(
                        sleeping.queue.getFirst().token(),
                        sleeping.queue.getFirst().taskType(),
                        now);
    }

    /** Whether the training that has the claim comes from the queue, and its order has yet to be handed over. */
    public boolean beingHandedOver() {
        return active() && !queue.isEmpty() && queue.getFirst().token().equals(token);
    }

    /** This status when the order of the training that has the claim is handed over. */
    public ServerStatus handedOver() {
        return withQueue(waiting());
    }

    /** The trainings that wait for the claim, in order. */
    public List<WaitingTraining> waiting() {
        return beingHandedOver() ? queue.subList(1, queue.size()) : queue;
    }

    /** The place of a training that waits: 1 for the next one; 0 for a training that does not wait. */
    public int place(String waitingToken) {
        return 1 + waiting().stream().map(WaitingTraining::token).toList().indexOf(waitingToken);
    }

    /** This status with one more training at the end of the queue. */
    public ServerStatus withWaiting(WaitingTraining last) {
        var longer = new ArrayList<>(queue);
        longer.add(last);
        return withQueue(longer);
    }

    /** This status without a training that waits. */
    public ServerStatus withoutWaiting(String waitingToken) {
        var left = new ArrayList<>(queue);
        left.removeIf(training -> training.token().equals(waitingToken) && !waitingToken.equals(token));
        return withQueue(left);
    }

    private ServerStatus withQueue(List<WaitingTraining> trainings) {
        return new ServerStatus(state, token, taskType, devMode, since, trainings, unknown);
    }

    /**
     * The status in the content of {@code status.json}.
     *
     * @param now after {@code dev_mode_until}, developer mode is off and the record is rewritten without it
     * @throws WakeboxException {@code INTERNAL} if it is no record of a status
     */
    public static ServerStatus parse(byte[] json, Instant now) {
        JsonObject fields;
        try {
            fields = Json.object(json);
        } catch (WakeboxException e) {
            throw unreadable(e.getMessage(), e);
        }
        String word = String.valueOf(fields.get("status"));
        State state =
                switch (word) {
                    case "sleeping" -> State.SLEEPING;
                    case "active" -> State.ACTIVE;
                    default ->
                        throw unreadable(
                                "\"status\" is \"" + word + "\"; it must be \"sleeping\" or \"active\".", null);
                };
        Instant until = instant(fields, "dev_mode_until");
        boolean expired = until != null && !now.isBefore(until);
        return new ServerStatus(
                state,
                fields.asText("token"),
                // older versions wrote textClassification; all readers expect textclassification
                fields.asText("task_type").toLowerCase(Locale.ROOT),
                fields.isTrue("dev_mode") && !expired,
                instant(fields, "since"),
                fields.objects(QUEUE).stream().map(ServerStatus::waiting).toList(),
                fields.without("status", "token", "task_type", "dev_mode", "since", QUEUE)
                        .without(expired ? Set.of("dev_mode_until") : Set.of()));
    }

    byte[] toJson() {
        return Json.bytes(JsonObject.of("status", state.word())
                .with("token", token)
                .with("task_type", taskType)
                .with("dev_mode", devMode)
                .withPresent("since", Optional.ofNullable(since).map(Instant::toString))
                .withPresent(
                        QUEUE,
                        Optional.of(queue.stream().map(ServerStatus::json).toList())
                                .filter(trainings -> !trainings.isEmpty()))
                .withAll(unknown));
    }

    private static WaitingTraining waiting(JsonObject fields) {
        Instant since = instant(fields, "since");
        String token = fields.text("token");
        if (token.isEmpty() || since == null) {
            throw unreadable("an entry of \"queue\" has no \"token\" or no \"since\".", null);
        }
        return new WaitingTraining(token, fields.text("task_type"), since);
    }

    private static JsonObject json(WaitingTraining training) {
        return JsonObject.of("token", training.token())
                .with("task_type", training.taskType())
                .with("since", training.since().toString());
    }

    private static @Nullable Instant instant(JsonObject fields, String name) {
        Object value = fields.get(name);
        try {
            return value == null ? null : Instant.parse(value.toString());
        } catch (DateTimeParseException e) {
            throw unreadable(
                    "\"" + name + "\" is \"" + value + "\"; it must be a UTC time like 2026-01-31T12:00:00Z.", e);
        }
    }

    private static WakeboxException unreadable(@Nullable String why, @Nullable Throwable cause) {
        String message = "status.json cannot be understood: " + why;
        return cause == null
                ? new WakeboxException(ErrorCode.INTERNAL, message)
                : new WakeboxException(ErrorCode.INTERNAL, message, cause);
    }
}
