package dev.wakebox.local.ec2;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.model.CancelCommandRequest;
import software.amazon.awssdk.services.ssm.model.CancelCommandResponse;
import software.amazon.awssdk.services.ssm.model.Command;
import software.amazon.awssdk.services.ssm.model.CommandFilter;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationRequest;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.ListCommandsRequest;
import software.amazon.awssdk.services.ssm.model.ListCommandsResponse;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;
import software.amazon.awssdk.services.ssm.model.SendCommandResponse;

/** Systems Manager's operations on commands. Thread-safe. */
record CommandOperations(LocalCompute.Config config, InstanceRegistry registry, CommandRegistry commands, Clock clock) {
    private static final int STDOUT_LIMIT = 24_000;
    private static final int STDERR_LIMIT = 8_000;
    private static final int MAX_BYTES_PER_CHAR = 4;

    SendCommandResponse send(SendCommandRequest request) {
        String document = Objects.requireNonNullElse(request.documentName(), "");
        if (!document.equals(ShellCommand.DOCUMENT) && !document.endsWith("/" + ShellCommand.DOCUMENT)) {
            throw new ApiException(
                    "InvalidDocument",
                    "Document with name " + document + " does not exist; it is " + ShellCommand.DOCUMENT
                            + " that runs on local instances.");
        }
        List<String> instanceIds = targets(request);
        var command = ShellCommand.of(UUID.randomUUID().toString(), clock.instant(), request, instanceIds);
        synchronized (commands) {
            return SendCommandResponse.builder()
                    .command(described(command, commands.send(command, instanceIds)))
                    .build();
        }
    }

    private List<String> targets(SendCommandRequest request) {
        synchronized (registry) {
            List<String> named = request.instanceIds();
            List<String> invalid =
                    named.stream().filter(id -> !registry.connected(id)).toList();
            if (!invalid.isEmpty()) {
                throw new ApiException(
                        "InvalidInstanceId",
                        "Instances [" + invalid + "] not in a valid state for account " + config.accountId());
            }
            Set<String> ids = new LinkedHashSet<>(named);
            request.targets().forEach(target -> registry.all().stream()
                    .filter(instance -> instance.connected() && instance.isTarget(target.key(), target.values()))
                    .forEach(instance -> ids.add(instance.id)));
            if (named.isEmpty() && request.targets().isEmpty()) {
                throw new ApiException("ValidationException", "Name the instances in InstanceIds or Targets.");
            }
            return List.copyOf(ids);
        }
    }

    GetCommandInvocationResponse invocation(GetCommandInvocationRequest request) {
        CommandInvocation invocation = commands.of(Objects.requireNonNullElse(request.commandId(), "")).stream()
                .filter(candidate -> candidate.instanceId.equals(request.instanceId()))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        "InvocationDoesNotExist",
                        "There is no such command on the instance \"" + request.instanceId() + "\"."));
        synchronized (commands) {
            ShellCommand command = invocation.command;
            Instant started = invocation.started;
            Instant ended = started == null ? null : invocation.ended;
            boolean done = invocation.status.isFinal();
            return GetCommandInvocationResponse.builder()
                    .commandId(command.id())
                    .instanceId(invocation.instanceId)
                    .comment(command.comment())
                    .documentName(ShellCommand.DOCUMENT)
                    .pluginName("aws:runShellScript")
                    .responseCode(invocation.responseCode)
                    .executionStartDateTime(Objects.toString(started, ""))
                    .executionElapsedTime(
                            started == null || ended == null
                                    ? ""
                                    : Duration.between(started, ended).toString())
                    .executionEndDateTime(Objects.toString(ended, ""))
                    .status(invocation.status.awsName)
                    .statusDetails(invocation.details)
                    .standardOutputContent(done ? head(invocation.stdout(), STDOUT_LIMIT) : "")
                    .standardOutputUrl(url(invocation, "stdout"))
                    .standardErrorContent(done ? head(invocation.stderr(), STDERR_LIMIT) : "")
                    .standardErrorUrl(url(invocation, "stderr"))
                    .build();
        }
    }

    /** The URL of the output in S3; empty when the output isn't written there. */
    private String url(CommandInvocation invocation, String stream) {
        ShellCommand command = invocation.command;
        return command.bucket()
                .map(bucket -> config.endpoint() + "/" + bucket + "/" + command.key(invocation.instanceId, stream))
                .orElse("");
    }

    ListCommandsResponse list(ListCommandsRequest request) {
        if (request.commandId() != null) {
            require(request.commandId());
        }
        synchronized (commands) {
            List<ShellCommand> found = commands.all().stream()
                    .filter(each ->
                            request.commandId() == null || request.commandId().equals(each.command.id()))
                    .filter(each ->
                            request.instanceId() == null || request.instanceId().equals(each.instanceId))
                    .map(each -> each.command)
                    .distinct()
                    .filter(command -> request.filters().stream().allMatch(filter -> matches(filter, command)))
                    .toList();
            return ListCommandsResponse.builder()
                    .commands(found.stream()
                            .map(command -> described(command, commands.of(command.id())))
                            .toList())
                    .build();
        }
    }

    private boolean matches(CommandFilter filter, ShellCommand command) {
        CommandInvocation.Status status = status(commands.of(command.id()));
        String value = filter.value();
        return switch (Objects.requireNonNullElse(filter.keyAsString(), "")) {
            case "Status", "ExecutionStage" ->
                status.awsName.equals(value) || (status.isFinal() ? "Complete" : "Executing").equals(value);
            case "DocumentName" -> ShellCommand.DOCUMENT.equals(value);
            case "InvokedAfter" -> command.requested().isAfter(Instant.parse(value));
            case "InvokedBefore" -> command.requested().isBefore(Instant.parse(value));
            case String key -> throw new ApiException("InvalidFilterKey", "The filter " + key + " is not valid.");
        };
    }

    CancelCommandResponse cancel(CancelCommandRequest request) {
        List<String> only = request.instanceIds();
        require(request.commandId()).stream()
                .filter(invocation -> only.isEmpty() || only.contains(invocation.instanceId))
                .forEach(commands::cancel);
        return CancelCommandResponse.builder().build();
    }

    private List<CommandInvocation> require(@Nullable String commandId) {
        List<CommandInvocation> invocations = commands.of(Objects.requireNonNullElse(commandId, ""));
        if (invocations.isEmpty()) {
            throw new ApiException("InvalidCommandId", "There is no command \"" + commandId + "\".");
        }
        return invocations;
    }

    private static Command described(ShellCommand command, List<CommandInvocation> invocations) {
        CommandInvocation.Status status = status(invocations);
        return Command.builder()
                .commandId(command.id())
                .documentName(ShellCommand.DOCUMENT)
                .comment(command.comment())
                .parameters(command.asked().parameters())
                .instanceIds(command.targets())
                .requestedDateTime(command.requested())
                .status(status.awsName)
                .statusDetails(status.awsName)
                .targetCount(invocations.size())
                .completedCount(Math.toIntExact(invocations.stream()
                        .filter(invocation -> invocation.status.isFinal())
                        .count()))
                .build();
    }

    /**
     * The status of several invocations: the earliest state while any is in progress, the worst when all have ended.
     */
    private static CommandInvocation.Status status(List<CommandInvocation> invocations) {
        return invocations.stream()
                .map(invocation -> invocation.status)
                .filter(status -> !status.isFinal())
                .min(Comparator.naturalOrder())
                .or(() -> invocations.stream()
                        .map(invocation -> invocation.status)
                        .max(Comparator.naturalOrder()))
                .orElse(CommandInvocation.Status.SUCCESS);
    }

    private static String head(Path file, int limit) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(limit * MAX_BYTES_PER_CHAR), StandardCharsets.UTF_8);
            return text.length() <= limit ? text : text.substring(0, limit);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ".", e);
        }
    }
}
