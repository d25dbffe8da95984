package dev.wakebox.local.compute;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Systems Manager's JSON 1.1 protocol over the registries. Thread-safe. */
final class SsmApi {
    private static final String SERVICE = "AmazonSSM.";
    private static final int STDOUT_LIMIT = 24_000;
    private static final int STDERR_LIMIT = 8_000;
    private static final int MAX_BYTES_PER_CHAR = 4;
    private static final Set<String> KNOWN_PARAMETERS = Set.of("commands", "workingDirectory", "executionTimeout");

    private final InstanceRegistry registry;
    private final CommandRegistry commands;
    private final LocalCompute.Config config;
    private final Clock clock;
    private final Map<String, Function<Input, Map<String, ?>>> operations = Map.of(
            "DescribeInstanceInformation", this::describeInstanceInformation,
            "SendCommand", this::sendCommand,
            "GetCommandInvocation", this::getCommandInvocation,
            "ListCommandInvocations", this::listCommandInvocations,
            "ListCommands", this::listCommands,
            "CancelCommand", this::cancelCommand);

    SsmApi(InstanceRegistry registry, CommandRegistry commands, LocalCompute.Config config, Clock clock) {
        this.registry = registry;
        this.commands = commands;
        this.config = config;
        this.clock = clock;
    }

    Optional<LocalCompute.Answer> answer(String target, byte[] json) {
        String operation = target.startsWith(SERVICE) ? target.substring(SERVICE.length()) : "";
        return Optional.ofNullable(operations.get(operation)).map(action -> {
            try {
                var input = new Input(Json.object(json));
                registry.refuse(
                        operation,
                        Stream.concat(input.texts("InstanceIds").stream(), input.text("InstanceId").stream())
                                .flatMap(id -> registry.find(id).stream())
                                .toList());
                return json(200, action.apply(input));
            } catch (ApiException e) {
                return json(e.status(), Members.of("__type", e.code()).and("message", e.text()));
            } catch (DateTimeParseException e) {
                return json(
                        400,
                        Members.of("__type", "ValidationException")
                                .and("message", "Write times as 2026-11-22T10:00:00Z."));
            } catch (WakeboxException e) {
                return json(400, Members.of("__type", "SerializationException").and("message", e.getMessage()));
            }
        });
    }

    /** A request's members, each of the type that the operation expects. */
    private record Input(Map<String, ? extends @Nullable Object> members) {
        Optional<String> text(String name) {
            return find(name, String.class);
        }

        Optional<Integer> integer(String name) {
            return find(name, Number.class).map(Number::intValue);
        }

        List<String> texts(String name) {
            return list(name).stream().map(String::valueOf).toList();
        }

        List<Input> structures(String name) {
            return list(name).stream().map(element -> structure(name, element)).toList();
        }

        Input structure(String name) {
            return find(name, Map.class).map(map -> structure(name, map)).orElseGet(() -> new Input(Map.of()));
        }

        private List<?> list(String name) {
            return find(name, List.class).map(list -> (List<?>) list).orElse(List.of());
        }

        @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
        private static Input structure(String name, Object value) {
            if (value instanceof Map<?, ?> map) {
                return new Input((Map<String, ? extends @Nullable Object>) map);
            }
            throw wrongType(name);
        }

        private <T> Optional<T> find(String name, Class<T> type) {
            Object value = members.get(name);
            if (value == null) {
                return Optional.empty();
            }
            if (!type.isInstance(value)) {
                throw wrongType(name);
            }
            return Optional.of(type.cast(value));
        }

        private static ApiException wrongType(String name) {
            return new ApiException("SerializationException", "The parameter " + name + " has the wrong type.");
        }
    }

    private Map<String, ?> describeInstanceInformation(Input input) {
        synchronized (registry) {
            List<LocalInstance> found = registry.all().stream()
                    .filter(instance -> instance.registered != null
                            && instance.state != InstanceState.TERMINATED
                            && instance.state != InstanceState.SHUTTING_DOWN)
                    .filter(instance -> input.structures("Filters").stream()
                            .allMatch(filter ->
                                    matches(instance, filter.text("Key").orElse(""), filter.texts("Values"))))
                    .filter(instance -> input.structures("InstanceInformationFilterList").stream()
                            .allMatch(filter ->
                                    matches(instance, filter.text("key").orElse(""), filter.texts("valueSet"))))
                    .toList();
            Page<LocalInstance> page = page(input, found, instance -> instance.id);
            return Members.of(
                            "InstanceInformationList",
                            page.items().stream().map(this::information).toList())
                    .and("NextToken", page.nextToken());
        }
    }

    private static boolean matches(LocalInstance instance, String key, List<String> values) {
        if (key.startsWith("tag:")) {
            String value = instance.tags.get(key.substring("tag:".length()));
            return value != null && values.contains(value);
        }
        return switch (key) {
            case "InstanceIds" -> values.contains(instance.id);
            case "PingStatus" -> values.contains(ping(instance));
            case "PlatformTypes" -> values.contains("Linux");
            case "ResourceType" -> values.contains("EC2Instance");
            default ->
                throw new ApiException("InvalidInstanceInformationFilterValue", "The filter " + key + " is not valid.");
        };
    }

    private static String ping(LocalInstance instance) {
        return instance.online ? "Online" : "ConnectionLost";
    }

    private Map<String, Object> information(LocalInstance instance) {
        return Members.of("InstanceId", instance.id)
                .and("PingStatus", ping(instance))
                .and("LastPingDateTime", seconds(instance.online ? clock.instant() : instance.changed))
                .and("AgentVersion", "3.3.0.0")
                .and("IsLatestVersion", true)
                .and("PlatformType", "Linux")
                .and("PlatformName", "Wakebox local")
                .and("PlatformVersion", "1")
                .and("ResourceType", "EC2Instance")
                .and("IPAddress", instance.privateIp)
                .and("ComputerName", instance.privateDnsName());
    }

    private Map<String, ?> sendCommand(Input input) {
        String document = input.text("DocumentName").orElse("");
        if (!document.equals(ShellCommand.DOCUMENT) && !document.endsWith("/" + ShellCommand.DOCUMENT)) {
            throw new ApiException(
                    "InvalidDocument",
                    "Document with name " + document + " does not exist; it is " + ShellCommand.DOCUMENT
                            + " that runs on local instances.");
        }
        Input given = input.structure("Parameters");
        Map<String, List<String>> parameters =
                given.members().keySet().stream().collect(Collectors.toMap(name -> name, given::texts));
        parameters.keySet().stream()
                .filter(name -> !KNOWN_PARAMETERS.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new ApiException(
                            "InvalidParameters",
                            "The document " + ShellCommand.DOCUMENT + " has no parameter " + name + ".");
                });
        List<String> lines = parameters.getOrDefault("commands", List.of());
        if (lines.isEmpty()) {
            throw new ApiException("InvalidParameters", "The parameter commands is missing.");
        }
        List<String> instanceIds = targets(input);
        var command = new ShellCommand(
                UUID.randomUUID().toString(),
                clock.instant(),
                input.text("Comment").orElse(""),
                parameters,
                instanceIds,
                lines,
                parameters.getOrDefault("workingDirectory", List.of()).stream()
                        .filter(path -> !path.isEmpty())
                        .findFirst(),
                Duration.ofSeconds(input.integer("TimeoutSeconds").orElse(3600)),
                Duration.ofSeconds(executionTimeout(parameters)),
                input.text("OutputS3BucketName")
                        .map(name -> new ShellCommand.Bucket(
                                name, input.text("OutputS3KeyPrefix").orElse(""))),
                logGroup(input));
        List<Invocation> invocations = commands.send(command, instanceIds);
        synchronized (commands) {
            return Map.of("Command", command(command, invocations));
        }
    }

    private static Optional<String> logGroup(Input input) {
        return input.members().get("CloudWatchOutputConfig") instanceof Map<?, ?> output
                        && Boolean.TRUE.equals(output.get("CloudWatchOutputEnabled"))
                ? Optional.of(
                        output.get("CloudWatchLogGroupName") instanceof String name && !name.isEmpty()
                                ? name
                                : ShellCommand.DEFAULT_LOG_GROUP)
                : Optional.empty();
    }

    private static Map<String, Object> cloudWatchOutput(ShellCommand command) {
        return Map.of(
                "CloudWatchLogGroupName",
                command.logGroup().orElse(""),
                "CloudWatchOutputEnabled",
                command.logGroup().isPresent());
    }

    private List<String> targets(Input input) {
        synchronized (registry) {
            List<String> named = input.texts("InstanceIds");
            List<String> invalid =
                    named.stream().filter(id -> !registry.online(id)).toList();
            if (!invalid.isEmpty()) {
                throw new ApiException(
                        "InvalidInstanceId",
                        "Instances [" + invalid + "] not in a valid state for account " + config.accountId());
            }
            Set<String> ids = new LinkedHashSet<>(named);
            for (Input target : input.structures("Targets")) {
                registry.all().stream()
                        .filter(instance -> instance.online
                                && matches(instance, target.text("Key").orElse(""), target.texts("Values")))
                        .forEach(instance -> ids.add(instance.id));
            }
            if (named.isEmpty() && input.structures("Targets").isEmpty()) {
                throw new ApiException("ValidationException", "Name the instances in InstanceIds or Targets.");
            }
            return List.copyOf(ids);
        }
    }

    private static int executionTimeout(Map<String, List<String>> parameters) {
        String text = parameters.getOrDefault("executionTimeout", List.of()).stream()
                .findFirst()
                .orElse("3600");
        int seconds = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
        if (seconds < 1 || seconds > 172_800) {
            throw new ApiException(
                    "InvalidParameters",
                    "The parameter executionTimeout is \"" + text + "\", not 1 to 172800 seconds.");
        }
        return seconds;
    }

    private Map<String, ?> getCommandInvocation(Input input) {
        String instanceId = input.text("InstanceId").orElse("");
        Invocation invocation = commands.of(input.text("CommandId").orElse("")).stream()
                .filter(candidate -> candidate.instanceId.equals(instanceId))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        "InvocationDoesNotExist", "There is no such command on the instance \"" + instanceId + "\"."));
        synchronized (commands) {
            Instant started = invocation.started;
            Instant ended = invocation.ended;
            boolean done = invocation.status.isFinal();
            return Members.of("CommandId", invocation.command.id())
                    .and("InstanceId", invocation.instanceId)
                    .and("Comment", invocation.command.comment())
                    .and("DocumentName", ShellCommand.DOCUMENT)
                    .and("DocumentVersion", "$DEFAULT")
                    .and("PluginName", ShellCommand.PLUGIN)
                    .and("ResponseCode", invocation.responseCode)
                    .and("ExecutionStartDateTime", started == null ? "" : started.toString())
                    .and(
                            "ExecutionElapsedTime",
                            started == null || ended == null
                                    ? ""
                                    : Duration.between(started, ended).toString())
                    .and("ExecutionEndDateTime", started == null || ended == null ? "" : ended.toString())
                    .and("Status", invocation.status.awsName)
                    .and("StatusDetails", invocation.details)
                    .and("StandardOutputContent", done ? head(invocation.stdout(), STDOUT_LIMIT) : "")
                    .and("StandardOutputUrl", commands.url(invocation, "stdout"))
                    .and("StandardErrorContent", done ? head(invocation.stderr(), STDERR_LIMIT) : "")
                    .and("StandardErrorUrl", commands.url(invocation, "stderr"))
                    .and("CloudWatchOutputConfig", cloudWatchOutput(invocation.command));
        }
    }

    private Map<String, ?> listCommandInvocations(Input input) {
        boolean withOutput = Boolean.TRUE.equals(input.members().get("Details"));
        synchronized (commands) {
            List<Invocation> found = matching(input)
                    .filter(invocation -> passes(input, invocation.status, invocation.command))
                    .toList();
            Page<Invocation> page =
                    page(input, found, invocation -> invocation.command.id() + " " + invocation.instanceId);
            return Members.of(
                            "CommandInvocations",
                            page.items().stream()
                                    .map(invocation -> invocation(invocation, withOutput))
                                    .toList())
                    .and("NextToken", page.nextToken());
        }
    }

    private Map<String, Object> invocation(Invocation invocation, boolean withOutput) {
        Instant started = invocation.started;
        Instant ended = invocation.ended;
        return Members.of("CommandId", invocation.command.id())
                .and("InstanceId", invocation.instanceId)
                .and("InstanceName", "")
                .and("Comment", invocation.command.comment())
                .and("DocumentName", ShellCommand.DOCUMENT)
                .and("DocumentVersion", "$DEFAULT")
                .and("RequestedDateTime", seconds(invocation.command.requested()))
                .and("Status", invocation.status.awsName)
                .and("StatusDetails", invocation.details)
                .and("StandardOutputUrl", commands.url(invocation, "stdout"))
                .and("StandardErrorUrl", commands.url(invocation, "stderr"))
                .and(
                        "CommandPlugins",
                        withOutput
                                ? List.of(Members.of("Name", ShellCommand.PLUGIN)
                                        .and(
                                                "Status",
                                                invocation.status == Invocation.Status.CANCELLING
                                                        ? "InProgress"
                                                        : invocation.status.awsName)
                                        .and("StatusDetails", invocation.details)
                                        .and("ResponseCode", invocation.responseCode)
                                        .and("ResponseStartDateTime", started == null ? null : seconds(started))
                                        .and("ResponseFinishDateTime", ended == null ? null : seconds(ended))
                                        .and(
                                                "Output",
                                                invocation.status.isFinal() ? head(invocation.stdout(), 2_500) : ""))
                                : List.of());
    }

    private Map<String, ?> listCommands(Input input) {
        synchronized (commands) {
            Map<ShellCommand, List<Invocation>> byCommand = new LinkedHashMap<>();
            matching(input).forEach(invocation -> byCommand
                    .computeIfAbsent(invocation.command, _ -> new ArrayList<>())
                    .add(invocation));
            List<ShellCommand> found = byCommand.keySet().stream()
                    .filter(command -> passes(input, status(commands.of(command.id())), command))
                    .toList();
            Page<ShellCommand> page = page(input, found, ShellCommand::id);
            return Members.of(
                            "Commands",
                            page.items().stream()
                                    .map(command -> command(command, commands.of(command.id())))
                                    .toList())
                    .and("NextToken", page.nextToken());
        }
    }

    private Stream<Invocation> matching(Input input) {
        Optional<String> commandId = input.text("CommandId");
        Optional<String> instanceId = input.text("InstanceId");
        if (commandId.isPresent() && commands.of(commandId.get()).isEmpty()) {
            throw new ApiException("InvalidCommandId", "There is no command \"" + commandId.get() + "\".");
        }
        return commands.all().stream()
                .filter(invocation -> commandId.isEmpty() || commandId.get().equals(invocation.command.id()))
                .filter(invocation -> instanceId.isEmpty() || instanceId.get().equals(invocation.instanceId));
    }

    private static boolean passes(Input input, Invocation.Status status, ShellCommand command) {
        return input.structures("Filters").stream().allMatch(filter -> {
            String value = filter.text("value").orElse("");
            return switch (filter.text("key").orElse("")) {
                case "Status", "ExecutionStage" ->
                    value.equals(status.awsName) || value.equals(status.isFinal() ? "Complete" : "Executing");
                case "DocumentName" -> value.equals(ShellCommand.DOCUMENT);
                case "InvokedAfter" -> command.requested().isAfter(Instant.parse(value));
                case "InvokedBefore" -> command.requested().isBefore(Instant.parse(value));
                case String key -> throw new ApiException("InvalidFilterKey", "The filter " + key + " is not valid.");
            };
        });
    }

    private Map<String, ?> cancelCommand(Input input) {
        String id = input.text("CommandId").orElse("");
        List<Invocation> invocations = commands.of(id);
        if (invocations.isEmpty()) {
            throw new ApiException("InvalidCommandId", "There is no command \"" + id + "\".");
        }
        List<String> only = input.texts("InstanceIds");
        invocations.stream()
                .filter(invocation -> only.isEmpty() || only.contains(invocation.instanceId))
                .forEach(commands::cancel);
        return Map.of();
    }

    private static Map<String, Object> command(ShellCommand command, List<Invocation> invocations) {
        Invocation.Status status = status(invocations);
        return Members.of("CommandId", command.id())
                .and("DocumentName", ShellCommand.DOCUMENT)
                .and("DocumentVersion", "$DEFAULT")
                .and("Comment", command.comment())
                .and("ExpiresAfter", seconds(command.expires().plus(command.execution())))
                .and("Parameters", command.parameters())
                .and("InstanceIds", command.targets())
                .and("Targets", List.of())
                .and("RequestedDateTime", seconds(command.requested()))
                .and("Status", status.awsName)
                .and("StatusDetails", status.awsName)
                .and(
                        "OutputS3BucketName",
                        command.output().map(ShellCommand.Bucket::name).orElse(""))
                .and(
                        "OutputS3KeyPrefix",
                        command.output().map(ShellCommand.Bucket::prefix).orElse(""))
                .and("MaxConcurrency", "50")
                .and("MaxErrors", "0")
                .and("TargetCount", invocations.size())
                .and("CompletedCount", count(invocations, invocation -> invocation.status.isFinal()))
                .and(
                        "ErrorCount",
                        count(
                                invocations,
                                invocation -> invocation.status == Invocation.Status.FAILED
                                        || invocation.status == Invocation.Status.TIMED_OUT))
                .and(
                        "DeliveryTimedOutCount",
                        count(invocations, invocation -> invocation.details.equals("DeliveryTimedOut")))
                .and("TimeoutSeconds", command.delivery().toSeconds());
    }

    private static long count(List<Invocation> invocations, Predicate<Invocation> which) {
        return invocations.stream().filter(which).count();
    }

    /** Of several invocations: the least far while they go on, the worst when all have ended. */
    private static Invocation.Status status(List<Invocation> invocations) {
        return invocations.stream()
                .map(invocation -> invocation.status)
                .filter(status -> !status.isFinal())
                .min(Comparator.naturalOrder())
                .or(() -> invocations.stream()
                        .map(invocation -> invocation.status)
                        .max(Comparator.naturalOrder()))
                .orElse(Invocation.Status.SUCCESS);
    }

    private static <T> Page<T> page(Input input, List<T> all, Function<T, String> key) {
        return Page.of(
                all,
                input.integer("MaxResults").orElse(0),
                input.text("NextToken").orElse(""),
                key);
    }

    private static String head(Path file, int limit) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(limit * MAX_BYTES_PER_CHAR), StandardCharsets.UTF_8);
            return text.length() <= limit ? text : text.substring(0, limit);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ".", e);
        }
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1000.0;
    }

    private static LocalCompute.Answer json(int status, Map<String, ?> body) {
        return new LocalCompute.Answer(status, "application/x-amz-json-1.1", Json.bytes(body));
    }
}
