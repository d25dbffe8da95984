package dev.wakebox.local.ec2;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.ec2.model.CapacityReservationSpecification;
import software.amazon.awssdk.services.ec2.model.CapacityReservationTarget;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteVolumeRequest;
import software.amazon.awssdk.services.ec2.model.DetachVolumeRequest;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputRequest;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.Placement;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StartInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StopInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesRequest;

/**
 * The permissions that an EC2 operation needs, with their resources and condition keys.
 *
 * @param config names region and account
 * @param tags of an instance or a volume, by its id; empty when the id is unknown
 * @param role the ARN of the role in an instance profile, by the profile's name or ARN
 * @see <a href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html">actions of Amazon EC2</a>
 */
record Ec2Permissions(
        LocalCompute.Config config,
        Function<String, Optional<Map<String, String>>> tags,
        Function<String, String> role) {

    private static final String OF_A_PARAMETER = "resolve:ssm:";

    List<Permission> of(String operation, SdkRequest asked) {
        return switch (asked) {
            case RunInstancesRequest launch -> launch(launch);
            case CreateTagsRequest request ->
                onExisting(operation, request.resources().stream(), Tags.map(request.tags()));
            case StartInstancesRequest request -> onExisting(operation, request.instanceIds().stream(), Map.of());
            case StopInstancesRequest request -> onExisting(operation, request.instanceIds().stream(), Map.of());
            case TerminateInstancesRequest request -> onExisting(operation, request.instanceIds().stream(), Map.of());
            case ModifyInstanceAttributeRequest request -> modification(operation, request);
            case GetConsoleOutputRequest request -> onExisting(operation, Stream.of(request.instanceId()), Map.of());
            case DetachVolumeRequest request ->
                onExisting(operation, Stream.of(request.volumeId(), request.instanceId()), Map.of());
            case DeleteVolumeRequest request -> onExisting(operation, Stream.of(request.volumeId()), Map.of());
            default -> List.of(new Permission("ec2:" + operation, "*", Map.of()));
        };
    }

    private List<Permission> modification(String operation, ModifyInstanceAttributeRequest request) {
        return onExisting(operation, Stream.of(request.instanceId()), Map.of()).stream()
                .map(permission -> {
                    Map<String, Object> context = new HashMap<>(permission.context());
                    if (request.instanceType() != null) {
                        context.put(
                                "ec2:Attribute/InstanceType",
                                request.instanceType().value());
                    }
                    return new Permission(permission.action(), permission.resource(), context);
                })
                .toList();
    }

    private List<Permission> launch(RunInstancesRequest asked) {
        var needed = new ArrayList<Permission>();
        Map<String, Map<String, String>> tagged = RunRequest.tags(asked);
        for (String resource : launchedFrom(asked, tagged)) {
            String type = resource.substring(resource.lastIndexOf(':') + 1, resource.lastIndexOf('/'));
            var context = context(tagged.getOrDefault(type, Map.of()));
            if (asked.instanceTypeAsString() != null) {
                context.put("ec2:InstanceType", asked.instanceTypeAsString());
            }
            needed.add(new Permission("ec2:RunInstances", resource, context));
        }
        tagged.forEach((type, given) -> {
            var context = context(given);
            context.put("ec2:CreateAction", "RunInstances");
            needed.add(new Permission("ec2:CreateTags", arn(type + "/*"), context));
        });
        if (isParameter(asked)) {
            needed.add(new Permission(
                    "ssm:GetParameters",
                    "arn:aws:ssm:" + config.region() + "::parameter"
                            + asked.imageId().substring(OF_A_PARAMETER.length()),
                    Map.of()));
        }
        RunRequest.profile(asked)
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> needed.add(new Permission(
                        "iam:PassRole", role.apply(name), Map.of("iam:PassedToService", "ec2.amazonaws.com"))));
        return needed;
    }

    private List<String> launchedFrom(RunInstancesRequest asked, Map<String, ?> tagged) {
        var cards = asked.networkInterfaces();
        var resources = new ArrayList<String>();
        resources.add(arn("instance/*"));
        resources.add("arn:aws:ec2:" + config.region() + "::image/"
                + (asked.imageId() == null || isParameter(asked) ? "*" : asked.imageId()));
        resources.add(arn("volume/*"));
        resources.addAll(namedOrAny(
                "network-interface/", cards.stream().map(InstanceNetworkInterfaceSpecification::networkInterfaceId)));
        resources.addAll(namedOrAny(
                "subnet/",
                Stream.concat(
                        Stream.of(asked).map(RunInstancesRequest::subnetId),
                        cards.stream().map(InstanceNetworkInterfaceSpecification::subnetId))));
        resources.addAll(namedOrAny("security-group/", RunRequest.securityGroups(asked)));
        Optional.ofNullable(asked.keyName()).ifPresent(key -> resources.add(arn("key-pair/" + key)));
        Optional.ofNullable(asked.launchTemplate())
                .map(template -> template.launchTemplateId() == null ? "*" : template.launchTemplateId())
                .ifPresent(id -> resources.add(arn("launch-template/" + id)));
        Optional.ofNullable(asked.placement())
                .map(Placement::groupName)
                .ifPresent(group -> resources.add(arn("placement-group/" + group)));
        Optional.ofNullable(asked.capacityReservationSpecification())
                .map(CapacityReservationSpecification::capacityReservationTarget)
                .map(CapacityReservationTarget::capacityReservationId)
                .ifPresent(id -> resources.add(arn("capacity-reservation/" + id)));
        asked.blockDeviceMappings().stream()
                .flatMap(mapping -> Optional.ofNullable(mapping.ebs()).map(EbsBlockDevice::snapshotId).stream())
                .forEach(snapshot -> resources.add("arn:aws:ec2:" + config.region() + "::snapshot/" + snapshot));
        if (tagged.containsKey("spot-instances-request")) {
            resources.add(arn("spot-instances-request/*"));
        }
        return resources;
    }

    /** Resources that do not exist are left to the operation, which names them. */
    private List<Permission> onExisting(String operation, Stream<String> ids, Map<String, String> given) {
        return ids.filter(Objects::nonNull)
                .flatMap(id -> tags.apply(id).stream().map(own -> {
                    var context = context(given);
                    own.forEach((key, value) -> {
                        context.put("aws:ResourceTag/" + key, value);
                        context.put("ec2:ResourceTag/" + key, value);
                    });
                    String type = id.startsWith("vol-") ? "volume/" : "instance/";
                    return new Permission("ec2:" + operation, arn(type + id), context);
                }))
                .toList();
    }

    private static Map<String, Object> context(Map<String, String> requestTags) {
        Map<String, Object> context = new HashMap<>();
        requestTags.forEach((key, value) -> context.put("aws:RequestTag/" + key, value));
        if (!requestTags.isEmpty()) {
            context.put("aws:TagKeys", List.copyOf(requestTags.keySet()));
        }
        return context;
    }

    private static boolean isParameter(RunInstancesRequest asked) {
        return asked.imageId() != null && asked.imageId().startsWith(OF_A_PARAMETER);
    }

    private List<String> namedOrAny(String prefix, Stream<String> ids) {
        List<String> named =
                ids.filter(Objects::nonNull).map(id -> arn(prefix + id)).toList();
        return named.isEmpty() ? List.of(arn(prefix + "*")) : named;
    }

    private String arn(String resource) {
        return "arn:aws:ec2:" + config.region() + ":" + config.accountId() + ":" + resource;
    }
}
