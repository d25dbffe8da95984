package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The command of Systems Manager that follows the detached commands of a run of more than 48 hours: {@code $.run.following}. It passes on
 * what they print, and ends with their exit code. Systems Manager ends it after 48 hours, and the next one continues where it stopped.
 *
 * @param number 0 for the command that started the commands
 * @param sentAt when Systems Manager accepted it
 * @param over whether it has ended before the commands, so that Commander sends the next one
 */
public record Following(int number, Instant sentAt, boolean over) {
    /** When a command that follows ends, with exit code 0, so that Systems Manager, which would end it later, delivers all that it passed on. */
    public static final Duration LASTS = Duration.ofDays(2).minusMinutes(10);

    /** The exit code of a command that follows when it is told to end. The commands may end with the same one. */
    public static final int TOLD_TO_END = 75;

    private static final String NUMBER = "number";
    private static final String SENT_AT = "sent_at";
    private static final String OVER = "over";

    public Following {
        requireNonNull(sentAt, "sentAt is null");
    }

    public Following withOver(boolean isOver) {
        return new Following(number, sentAt, isOver);
    }

    static Optional<Following> of(JsonObject json) {
        return RunState.instant(json, SENT_AT)
                .map(sentAt -> new Following(RunState.count(json, NUMBER), sentAt, json.isTrue(OVER)));
    }

    JsonObject toJson() {
        return JsonObject.of(NUMBER, number).with(SENT_AT, sentAt.toString()).with(OVER, over);
    }
}
