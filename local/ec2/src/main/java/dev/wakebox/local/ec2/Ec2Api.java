package dev.wakebox.local.ec2;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsResponse;
import software.amazon.awssdk.services.ec2.model.DeleteVolumeRequest;
import software.amazon.awssdk.services.ec2.model.DeleteVolumeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotPriceHistoryRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesRequest;
import software.amazon.awssdk.services.ec2.model.DetachVolumeRequest;
import software.amazon.awssdk.services.ec2.model.DetachVolumeResponse;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputRequest;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputResponse;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeResponse;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.StartInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StartInstancesResponse;
import software.amazon.awssdk.services.ec2.model.StopInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StopInstancesResponse;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesResponse;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/** EC2's query protocol and its operations: reads the form, answers XML. Thread-safe. */
final class Ec2Api {
    private static final int CONSOLE_LIMIT = 65_536;

    private final LocalCompute.Config config;
    private final InstanceRegistry registry;
    private final Launcher launcher;
    private final FaultCheck faults;
    private final Random random;
    private final Images images;
    private final Network network;
    private final Ec2Descriptions descriptions;
    private final Operations operations;

    Ec2Api(
            LocalCompute.Config config,
            InstanceRegistry registry,
            Launcher launcher,
            StateOperations states,
            FaultCheck faults,
            LocalPrices prices,
            Random random) {
        this.config = config;
        this.registry = registry;
        this.launcher = launcher;
        this.faults = faults;
        this.random = random;
        this.images = new Images(config.images());
        this.network = new Network(config.region());
        this.descriptions = new Ec2Descriptions(registry, config.accountId());
        var search = new Ec2Search(registry, descriptions);
        this.operations = new Operations()
                .with("RunInstances", RunInstancesRequest::builder, this::runInstances)
                .with("DescribeInstances", DescribeInstancesRequest::builder, search::instances)
                .with("StartInstances", StartInstancesRequest::builder, request -> StartInstancesResponse.builder()
                        .startingInstances(states.start(request.instanceIds()))
                        .build())
                .with("StopInstances", StopInstancesRequest::builder, request -> StopInstancesResponse.builder()
                        .stoppingInstances(states.stop(request.instanceIds(), Boolean.TRUE.equals(request.force())))
                        .build())
                .with("ModifyInstanceAttribute", ModifyInstanceAttributeRequest::builder, request -> {
                    states.changeType(request.instanceId(), request.instanceType());
                    return ModifyInstanceAttributeResponse.builder().build();
                })
                .with(
                        "TerminateInstances",
                        TerminateInstancesRequest::builder,
                        request -> TerminateInstancesResponse.builder()
                                .terminatingInstances(states.terminate(request.instanceIds()))
                                .build())
                .with("DescribeSpotPriceHistory", DescribeSpotPriceHistoryRequest::builder, prices::spot)
                .with("CreateTags", CreateTagsRequest::builder, this::createTags)
                .with("DescribeVolumes", DescribeVolumesRequest::builder, search::volumes)
                .with("DetachVolume", DetachVolumeRequest::builder, this::detachVolume)
                .with("DeleteVolume", DeleteVolumeRequest::builder, this::deleteVolume)
                .with("GetConsoleOutput", GetConsoleOutputRequest::builder, this::getConsoleOutput);
    }

    /** What the caller of this request has to be allowed. */
    List<Permission> permissions(String formBody, Function<String, String> role) {
        try {
            Map<String, ?> form = QueryForm.tree(formBody);
            String action = action(form);
            return operations
                    .call(action, form)
                    .map(call -> new Ec2Permissions(config, registry::tags, role).of(action, call.request()))
                    .orElseGet(() -> List.of(new Permission("ec2:" + action, "*", Map.of())));
        } catch (ApiException e) {
            return List.of(); // the operation says what is wrong with the request
        }
    }

    /** The refusal of a request whose caller has no permission. */
    LocalCompute.Answer refusal(int status, String code, String message) {
        return xml(status, Xml.error(code, message, UUID.randomUUID().toString()));
    }

    LocalCompute.Answer answer(String formBody, Optional<Instant> signed) {
        String requestId = UUID.randomUUID().toString();
        try {
            return xml(200, respond(QueryForm.tree(formBody), requestId, signed));
        } catch (ApiException e) {
            return xml(e.status, Xml.error(e.code, e.text(), requestId)).at(e.date);
        }
    }

    private byte[] respond(Map<String, ?> form, String requestId, Optional<Instant> signed) {
        String action = action(form);
        Operations.Call call = operations
                .call(action, form)
                .orElseThrow(() -> new ApiException(
                        "InvalidAction",
                        "The action " + action + " is not valid for the local EC2; it knows "
                                + String.join(", ", operations.names()) + "."));
        synchronized (registry) {
            if (!action.equals("RunInstances")) {
                faults.check(action, call.instanceIds(), "RequestExpired", signed);
                refuse(call.request().getValueForField("DryRun", Boolean.class));
            }
            return Xml.response(
                    action, requestId, AwsShapes.members(call.answer().get(), Instant::toString));
        }
    }

    private static String action(Map<String, ?> form) {
        return ApiException.required("Action", form.get("Action") instanceof String action ? action : null);
    }

    private static void refuse(Optional<Boolean> dryRun) {
        if (dryRun.orElse(false)) {
            throw new ApiException(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
        }
    }

    private RunInstancesResponse runInstances(RunInstancesRequest asked) {
        RunRequest request = RunRequest.of(asked, images, network, random);
        refuse(Optional.ofNullable(asked.dryRun()));
        var reservation = descriptions.reservation(launcher.run(request));
        return RunInstancesResponse.builder()
                .reservationId(reservation.reservationId())
                .ownerId(reservation.ownerId())
                .instances(reservation.instances())
                .build();
    }

    private CreateTagsResponse createTags(CreateTagsRequest request) {
        if (request.resources().isEmpty()) {
            throw new ApiException("MissingParameter", "The request must contain the parameter resourceIdSet");
        }
        Map<String, String> tags = Tags.map(request.tags());
        tags.keySet().stream().filter(key -> key.startsWith("aws:")).findFirst().ifPresent(key -> {
            throw new ApiException(
                    "InvalidParameterValue",
                    "Value ( " + key + " ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for"
                            + " internal use");
        });
        request.resources().stream().map(id -> tagging(id, tags)).toList().forEach(Runnable::run);
        return CreateTagsResponse.builder().build();
    }

    private Runnable tagging(String id, Map<String, String> tags) {
        if (id.startsWith("vol-")) {
            registry.volumes.require(id);
            return () -> registry.volumes.tag(id, tags);
        }
        if (!id.startsWith("i-")) {
            throw new ApiException("InvalidID", "The ID '" + id + "' is not valid");
        }
        LocalInstance instance = registry.require(id);
        return () -> {
            instance.tags.putAll(tags);
            if (tags.keySet().stream().anyMatch(key -> key.startsWith(Faults.TAG))) {
                instance.faults.replace(instance.tags);
            }
        };
    }

    private DetachVolumeResponse detachVolume(DetachVolumeRequest request) {
        String id = ApiException.required("VolumeId", request.volumeId());
        VolumeAttachment attachment = Volumes.attachment(registry.volumes.require(id))
                .orElseThrow(
                        () -> new ApiException("IncorrectState", "Volume '" + id + "' is in the 'available' state."));
        LocalInstance instance = registry.require(attachment.instanceId());
        if (request.instanceId() != null && !request.instanceId().equals(instance.id)) {
            throw new ApiException(
                    "InvalidAttachment.NotFound",
                    "Volume '" + id + "' is not attached to instance '" + request.instanceId() + "'");
        }
        if (attachment.device().equals(Volumes.ROOT_DEVICE) && instance.state != LocalInstanceState.STOPPED) {
            throw new ApiException(
                    "OperationNotPermitted",
                    "Unable to detach root volume '" + id + "' from instance '" + instance.id + "'");
        }
        registry.volumes.detach(id);
        return DetachVolumeResponse.builder()
                .volumeId(id)
                .instanceId(instance.id)
                .device(attachment.device())
                .state("detaching")
                .attachTime(attachment.attachTime())
                .build();
    }

    private DeleteVolumeResponse deleteVolume(DeleteVolumeRequest request) {
        registry.volumes.delete(ApiException.required("VolumeId", request.volumeId()));
        return DeleteVolumeResponse.builder().build();
    }

    private GetConsoleOutputResponse getConsoleOutput(GetConsoleOutputRequest request) {
        LocalInstance instance = registry.require(ApiException.required("InstanceId", request.instanceId()));
        try {
            byte[] output = Files.readAllBytes(instance.console());
            int from = Math.max(0, output.length - CONSOLE_LIMIT);
            String tail = new String(output, from, output.length - from, StandardCharsets.UTF_8);
            return GetConsoleOutputResponse.builder()
                    .instanceId(instance.id)
                    .timestamp(Files.getLastModifiedTime(instance.console())
                            .toInstant()
                            .truncatedTo(ChronoUnit.MILLIS))
                    .output(Base64.getEncoder().encodeToString(tail.getBytes(StandardCharsets.UTF_8)))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + instance.console() + ".", e);
        }
    }

    private static LocalCompute.Answer xml(int status, byte[] body) {
        return new LocalCompute.Answer(status, "text/xml;charset=UTF-8", body);
    }
}
