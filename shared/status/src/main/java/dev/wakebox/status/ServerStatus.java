package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the training server is in use, and by which run.
 *
 * @param token of the run that has claimed the server; empty while it is sleeping
 * @param taskType of that run, in lower case; empty while it is sleeping
 * @param devMode whether a developer works on the instance now; Wakebox then neither starts nor stops it
 * @param since when {@code state} was entered; null in records that another program wrote
 * @param unknown keys that aren't ours, kept when the record is rewritten
 */
public record ServerStatus(
        State state,
        String token,
        String taskType,
        boolean devMode,
        @Nullable Instant since,
        JsonObject unknown) {
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
        requireNonNull(unknown, "unknown is null");
    }

    public boolean active() {
        return state == State.ACTIVE;
    }

    /** This status, claimed by a run. */
    public ServerStatus claimedBy(String runToken, String runTaskType, Instant now) {
        return new ServerStatus(State.ACTIVE, runToken, runTaskType, devMode, now, unknown);
    }

    /** This status without a claim. */
    public ServerStatus released(Instant now) {
        return new ServerStatus(State.SLEEPING, "", "", devMode, now, unknown);
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
                fields.without("status", "token", "task_type", "dev_mode", "since")
                        .without(expired ? Set.of("dev_mode_until") : Set.of()));
    }

    byte[] toJson() {
        return Json.bytes(JsonObject.of("status", state.word())
                .with("token", token)
                .with("task_type", taskType)
                .with("dev_mode", devMode)
                .withPresent("since", Optional.ofNullable(since).map(Instant::toString))
                .withAll(unknown));
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
