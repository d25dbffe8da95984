package dev.wakebox.local.ec2;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.ssm.model.CancelCommandRequest;
import software.amazon.awssdk.services.ssm.model.DescribeInstanceInformationRequest;
import software.amazon.awssdk.services.ssm.model.DescribeInstanceInformationResponse;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationRequest;
import software.amazon.awssdk.services.ssm.model.InstanceInformation;
import software.amazon.awssdk.services.ssm.model.ListCommandsRequest;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;

/** Systems Manager's JSON 1.1 protocol, and its operation on agents. Thread-safe. */
final class SsmApi {
    private static final String SERVICE = "AmazonSSM.";

    private final LocalCompute.Config config;
    private final InstanceRegistry registry;
    private final FaultCheck faults;
    private final Clock clock;
    private final Operations operations;

    SsmApi(
            LocalCompute.Config config,
            InstanceRegistry registry,
            CommandOperations commands,
            FaultCheck faults,
            Clock clock) {
        this.config = config;
        this.registry = registry;
        this.faults = faults;
        this.clock = clock;
        this.operations = new Operations()
                .with(
                        "DescribeInstanceInformation",
                        DescribeInstanceInformationRequest::builder,
                        this::describeInstanceInformation)
                .with("SendCommand", SendCommandRequest::builder, commands::send)
                .with("GetCommandInvocation", GetCommandInvocationRequest::builder, commands::invocation)
                .with("ListCommands", ListCommandsRequest::builder, commands::list)
                .with("CancelCommand", CancelCommandRequest::builder, commands::cancel);
    }

    /** What the caller of this request has to be allowed; empty when the operation isn't one about instances or commands. */
    Optional<List<Permission>> permissions(String target, byte[] json) {
        String operation = operation(target);
        try {
            return operations
                    .call(operation, json(operation, json))
                    .map(call -> permissions(operation, call.request()));
        } catch (ApiException | WakeboxException e) {
            return Optional.of(List.of()); // the operation says what is wrong with the request
        }
    }

    private List<Permission> permissions(String operation, SdkRequest request) {
        if (!(request instanceof SendCommandRequest command)) {
            return List.of(new Permission("ssm:" + operation, "*", Map.of()));
        }
        String document = command.documentName() == null ? "" : command.documentName();
        String owner = document.startsWith("AWS-") ? "" : config.accountId();
        var needed = new ArrayList<Permission>();
        needed.add(new Permission(
                "ssm:SendCommand",
                document.startsWith("arn:")
                        ? document
                        : "arn:aws:ssm:" + config.region() + ":" + owner + ":document/" + document,
                Map.of()));
        command.instanceIds().forEach(id -> needed.add(onInstance(id)));
        if (!command.targets().isEmpty()) {
            needed.add(onInstance("*"));
        }
        return needed;
    }

    private Permission onInstance(String id) {
        var context = new TreeMap<String, String>();
        registry.tags(id).orElse(Map.of()).forEach((key, value) -> {
            context.put("aws:ResourceTag/" + key, value);
            context.put("ssm:resourceTag/" + key, value);
        });
        return new Permission(
                "ssm:SendCommand",
                "arn:aws:ec2:" + config.region() + ":" + config.accountId() + ":instance/" + id,
                context);
    }

    /** The refusal of a request whose caller has no permission. */
    LocalCompute.Answer refusal(String code, String message) {
        return json(400, Map.of("__type", code, "message", message));
    }

    /** Empty when the operation isn't one about instances or commands. */
    Optional<LocalCompute.Answer> answer(String target, byte[] json, Optional<Instant> signed) {
        String operation = operation(target);
        try {
            return operations.call(operation, json(operation, json)).map(call -> {
                faults.check(operation, call.instanceIds(), "InvalidSignatureException", signed);
                return json(200, AwsShapes.members(call.answer().get(), SsmApi::seconds));
            });
        } catch (ApiException e) {
            return Optional.of(json(e.status, Map.of("__type", e.code, "message", e.text()))
                    .at(e.date));
        } catch (DateTimeParseException e) {
            return Optional.of(refusal("ValidationException", "Write times as 2026-11-22T10:00:00Z."));
        } catch (WakeboxException e) {
            return Optional.of(refusal("SerializationException", String.valueOf(e.getMessage())));
        }
    }

    private static String operation(String target) {
        return target.startsWith(SERVICE) ? target.substring(SERVICE.length()) : "";
    }

    /** The body of a request; empty when another service reads it. */
    private Map<?, ?> json(String operation, byte[] json) {
        return operations.names().contains(operation) ? Json.object(json) : Map.of();
    }

    private DescribeInstanceInformationResponse describeInstanceInformation(
            DescribeInstanceInformationRequest request) {
        synchronized (registry) {
            List<LocalInstance> found = registry.all().stream()
                    .filter(instance -> instance.registered
                            && instance.state != LocalInstanceState.TERMINATED
                            && instance.state != LocalInstanceState.SHUTTING_DOWN)
                    .filter(instance -> request.filters().stream()
                            .allMatch(filter -> instance.isTarget(filter.key(), filter.values())))
                    .toList();
            return DescribeInstanceInformationResponse.builder()
                    .instanceInformationList(
                            found.stream().map(this::information).toList())
                    .build();
        }
    }

    private InstanceInformation information(LocalInstance instance) {
        return InstanceInformation.builder()
                .instanceId(instance.id)
                .pingStatus(instance.ping())
                .lastPingDateTime(instance.connected() ? clock.instant() : instance.changed)
                .agentVersion("3.3.0.0")
                .isLatestVersion(true)
                .platformType("Linux")
                .platformName("Wakebox local")
                .platformVersion("1")
                .resourceType("EC2Instance")
                .ipAddress(instance.privateIp)
                .computerName(instance.privateDnsName())
                .build();
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1000.0;
    }

    private static LocalCompute.Answer json(int status, Map<String, ?> body) {
        return new LocalCompute.Answer(status, "application/x-amz-json-1.1", Json.bytes(body));
    }
}
