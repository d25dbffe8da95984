package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CommandInvocationStatus;
import software.amazon.awssdk.services.ssm.model.InvalidInstanceIdException;
import software.amazon.awssdk.services.ssm.model.InvocationDoesNotExistException;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;

/** Sends commands with the document {@code AWS-RunShellScript}. Thread-safe. */
public final class SsmCommands implements RemoteCommands {
    /** The longest {@code executionTimeout} that AWS-RunShellScript accepts. */
    public static final Duration LONGEST_TIME_LIMIT = Duration.ofDays(2);

    /** How long an online instance may take to receive its command. */
    private static final int DELIVERY_SECONDS = 600;

    private final SsmClient ssm;

    public SsmCommands(SsmClient ssm) {
        this.ssm = requireNonNull(ssm, "ssm is null");
    }

    /** Systems Manager with the region, credentials and endpoint of the environment. */
    public static SsmCommands create() {
        return new SsmCommands(SsmClient.builder().httpClient(AwsHttp.client()).build());
    }

    @Override
    public Optional<SentCommand> find(String instanceId, String label) {
        return call(
                "list the commands of " + instanceId,
                () -> ssm.listCommandsPaginator(request -> request.instanceId(instanceId)).commands().stream()
                        .filter(command -> label.equals(command.comment()))
                        .map(command -> new SentCommand(command.commandId(), instanceId, command.requestedDateTime()))
                        .findFirst());
    }

    @Override
    public Optional<SentCommand> send(ShellScript script) {
        var request = SendCommandRequest.builder()
                .documentName("AWS-RunShellScript")
                .instanceIds(script.instanceId())
                .comment(script.label())
                .timeoutSeconds(DELIVERY_SECONDS)
                .parameters(Map.of(
                        "commands", script.lines(),
                        "executionTimeout", List.of(String.valueOf(seconds(script.timeLimit())))));
        CommandLogs logs = script.logs();
        if (logs != null) {
            request.outputS3BucketName(logs.bucket())
                    .outputS3KeyPrefix(logs.prefix())
                    .cloudWatchOutputConfig(
                            output -> output.cloudWatchOutputEnabled(true).cloudWatchLogGroupName(logs.logGroup()));
        }
        return call("send the commands to " + script.instanceId(), () -> {
            try {
                var command = ssm.sendCommand(request.build()).command();
                return Optional.of(
                        new SentCommand(command.commandId(), script.instanceId(), command.requestedDateTime()));
            } catch (InvalidInstanceIdException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<CommandResult> poll(SentCommand command) {
        return call("poll the command " + command.commandId(), () -> {
            try {
                var invocation = ssm.getCommandInvocation(
                        request -> request.commandId(command.commandId()).instanceId(command.instanceId()));
                return Optional.of(new CommandResult(
                        status(invocation.status()),
                        invocation.statusDetails() == null ? invocation.statusAsString() : invocation.statusDetails(),
                        invocation.responseCode() == null ? -1 : invocation.responseCode(),
                        invocation.standardErrorContent() == null ? "" : invocation.standardErrorContent(),
                        elapsed(invocation.executionElapsedTime())));
            } catch (InvocationDoesNotExistException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void cancel(SentCommand command) {
        call(
                "cancel the command " + command.commandId(),
                () -> ssm.cancelCommand(
                        request -> request.commandId(command.commandId()).instanceIds(command.instanceId())));
    }

    private static Optional<Duration> elapsed(@Nullable String text) {
        try {
            return Optional.ofNullable(text).filter(given -> !given.isBlank()).map(Duration::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static CommandResult.Status status(CommandInvocationStatus status) {
        return switch (status) {
            case PENDING -> CommandResult.Status.PENDING;
            case IN_PROGRESS -> CommandResult.Status.IN_PROGRESS;
            case DELAYED -> CommandResult.Status.DELAYED;
            case SUCCESS -> CommandResult.Status.SUCCESS;
            case CANCELLED -> CommandResult.Status.CANCELLED;
            case TIMED_OUT -> CommandResult.Status.TIMED_OUT;
            case CANCELLING -> CommandResult.Status.CANCELLING;
            case FAILED, UNKNOWN_TO_SDK_VERSION -> CommandResult.Status.FAILED;
        };
    }

    private static long seconds(Duration limit) {
        return Math.clamp(limit.toSeconds(), 1, LONGEST_TIME_LIMIT.toSeconds());
    }

    private static <T> T call(String action, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (InvalidInstanceIdException e) {
            // The agent was online just before, and the instance exists: the loss of connection is transient.
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE, "Cannot " + action + ": the instance does not answer Systems Manager.", e);
        } catch (SdkException e) {
            throw AwsErrors.failed(action, e, AwsRefusal.passingOfSsm());
        }
    }
}
