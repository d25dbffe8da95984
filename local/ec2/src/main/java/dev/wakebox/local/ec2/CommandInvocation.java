package dev.wakebox.local.ec2;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A command on one instance. Guarded by the command registry. */
final class CommandInvocation {
    /** Systems Manager's states of an invocation. */
    enum Status {
        PENDING("Pending"),
        IN_PROGRESS("InProgress"),
        CANCELLING("Cancelling"),
        SUCCESS("Success"),
        CANCELLED("Cancelled"),
        FAILED("Failed"),
        TIMED_OUT("TimedOut");

        final String awsName;

        Status(String awsName) {
            this.awsName = awsName;
        }

        boolean isFinal() {
            return compareTo(SUCCESS) >= 0;
        }
    }

    final ShellCommand command;
    final String instanceId;
    final Path directory;

    Status status = Status.PENDING;
    String details = Status.PENDING.awsName;
    int responseCode = -1;

    @Nullable
    Instant started;

    @Nullable
    Instant ended;

    @Nullable
    ProcessGroup group;

    /** The status after the end of a command that is being ended early; set while that is in progress. */
    @Nullable
    Status ending;

    CommandInvocation(ShellCommand command, String instanceId, Path directory) {
        this.command = command;
        this.instanceId = instanceId;
        this.directory = directory;
    }

    Path stdout() {
        return directory.resolve("stdout");
    }

    Path stderr() {
        return directory.resolve("stderr");
    }
}
