package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of a command.
 *
 * @param details Systems Manager's own words, such as {@code Execution Timed Out}
 * @param exitCode of the script; -1 while there is none
 * @param stderr the first 8,000 characters, which is what Systems Manager keeps
 * @param elapsed how long the script ran; empty while it runs, or if Systems Manager doesn't say
 */
public record CommandResult(Status status, String details, int exitCode, String stderr, Optional<Duration> elapsed) {
    /** Systems Manager's states of a command on one instance. */
    public enum Status {
        PENDING,
        IN_PROGRESS,
        DELAYED,
        SUCCESS,
        CANCELLED,
        TIMED_OUT,
        FAILED,
        CANCELLING
    }

    public CommandResult {
        requireNonNull(status, "status is null");
        requireNonNull(details, "details is null");
        requireNonNull(stderr, "stderr is null");
        requireNonNull(elapsed, "elapsed is null");
    }

    /** A result without the time that the script ran. */
    public CommandResult(Status status, String details, int exitCode, String stderr) {
        this(status, details, exitCode, stderr, Optional.empty());
    }
}
