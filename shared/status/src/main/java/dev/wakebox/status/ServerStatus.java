package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the training server is taken, and by which run.
 *
 * @param token of the run that has claimed the server; empty while it sleeps
 * @param taskType of that run; empty while it sleeps
 * @param devMode a developer works on the instance: nobody starts or stops it
 * @param since when {@code state} was entered; null in records that another program wrote
 * @param unknown keys that aren't ours, kept when the record is rewritten
 */
public record ServerStatus(
        State state,
        String token,
        String taskType,
        boolean devMode,
        @Nullable Instant since,
        Map<String, @Nullable Object> unknown) {
    /** What the server does. */
    public enum State {
        SLEEPING,
        ACTIVE;

        /** The word in the record. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What holds while nobody has written a record yet. */
    public static final ServerStatus INITIAL = new ServerStatus(State.SLEEPING, "", "", false, null, Map.of());

    public ServerStatus {
        requireNonNull(state, "state is null");
        requireNonNull(token, "token is null");
        requireNonNull(taskType, "taskType is null");
        requireNonNull(unknown, "unknown is null");
    }

    public boolean active() {
        return state == State.ACTIVE;
    }

    /** This record, claimed by a run. */
    public ServerStatus claimedBy(String runToken, String runTaskType, Instant now) {
        return new ServerStatus(State.ACTIVE, runToken, runTaskType, devMode, now, unknown);
    }

    /** This record with nobody's claim. */
    public ServerStatus released(Instant now) {
        return new ServerStatus(State.SLEEPING, "", "", devMode, now, unknown);
    }

    static ServerStatus parse(byte[] json) {
        Map<String, @Nullable Object> fields;
        try {
            fields = new LinkedHashMap<>(Json.object(json));
        } catch (WakeboxException e) {
            throw unreadable(e.getMessage(), e);
        }
        String word = String.valueOf(fields.remove("status"));
        State state =
                switch (word) {
                    case "sleeping" -> State.SLEEPING;
                    case "active" -> State.ACTIVE;
                    default ->
                        throw unreadable(
                                "\"status\" is \"" + word + "\"; it must be \"sleeping\" or \"active\".", null);
                };
        return new ServerStatus(
                state,
                text(fields.remove("token")),
                text(fields.remove("task_type")),
                Boolean.TRUE.equals(fields.remove("dev_mode")),
                instant(fields.remove("since")),
                fields);
    }

    byte[] toJson() {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("status", state.word());
        fields.put("token", token);
        fields.put("task_type", taskType);
        fields.put("dev_mode", devMode);
        if (since != null) {
            fields.put("since", since.toString());
        }
        fields.putAll(unknown);
        return Json.bytes(fields);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static @Nullable Instant instant(@Nullable Object value) {
        try {
            return value == null ? null : Instant.parse(value.toString());
        } catch (DateTimeParseException e) {
            throw unreadable("\"since\" is \"" + value + "\"; it must be a UTC time like 2026-01-31T12:00:00Z.", e);
        }
    }

    private static WakeboxException unreadable(@Nullable String why, @Nullable Throwable cause) {
        String message = "status.json cannot be understood: " + why;
        return cause == null
                ? new WakeboxException(ErrorCode.INTERNAL, message)
                : new WakeboxException(ErrorCode.INTERNAL, message, cause);
    }
}
