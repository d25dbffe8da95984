package dev.wakebox.local.ec2;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsResponse;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.StateReason;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/** Instances as EC2 describes them. The caller holds the registry's monitor. */
record Ec2Descriptions(InstanceRegistry registry, String accountId) {
    /** @param instances of one launch */
    Reservation reservation(List<LocalInstance> instances) {
        return Reservation.builder()
                .reservationId(instances.getFirst().reservationId)
                .ownerId(accountId)
                .groups(List.of())
                .instances(instances.stream().map(this::instance).toList())
                .build();
    }

    private Instance instance(LocalInstance instance) {
        RunRequest request = instance.request;
        boolean gone = instance.state == LocalInstanceState.TERMINATED;
        String lifecycle = request.isSpot() ? "spot" : null;
        return Instance.builder()
                .instanceId(instance.id)
                .imageId(request.asked().imageId())
                .state(instance.state.described())
                .privateDnsName(gone ? "" : instance.privateDnsName())
                .publicDnsName("")
                .stateTransitionReason(instance.transition)
                .keyName(request.asked().keyName())
                .amiLaunchIndex(instance.index)
                .productCodes(List.of())
                .instanceType(instance.type)
                .launchTime(instance.launchTime.plus(instance.skew()))
                .placement(placement ->
                        placement.availabilityZone(request.subnet().zone()).tenancy("default"))
                .monitoring(monitoring -> monitoring.state("disabled"))
                .subnetId(gone ? null : request.subnet().id())
                .vpcId(gone ? null : Network.VPC)
                .privateIpAddress(gone ? null : instance.privateIp)
                .stateReason(reason(instance.reason))
                .architecture(architecture())
                .rootDeviceType("ebs")
                .rootDeviceName("/dev/xvda")
                .blockDeviceMappings(registry.volumes.of(instance).stream()
                        .flatMap(volume -> volume.attachments().stream())
                        .map(Ec2Descriptions::mapping)
                        .toList())
                .virtualizationType("hvm")
                .clientToken(request.clientToken().orElse(""))
                .tags(Tags.list(instance.tags))
                .instanceLifecycle(lifecycle)
                .spotInstanceRequestId(instance.spotRequestId)
                .hypervisor("xen")
                .securityGroups(RunRequest.securityGroups(request.asked())
                        .map(id -> GroupIdentifier.builder()
                                .groupId(id)
                                .groupName(id)
                                .build())
                        .toList())
                .iamInstanceProfile(request.profile().map(this::profile).orElse(null))
                .metadataOptions(metadataOptions(Objects.requireNonNullElseGet(
                        request.asked().metadataOptions(),
                        () -> InstanceMetadataOptionsRequest.builder().build())))
                .build();
    }

    private static @Nullable StateReason reason(LocalInstance.@Nullable Reason reason) {
        return reason == null
                ? null
                : StateReason.builder()
                        .code(reason.code)
                        .message(reason.message)
                        .build();
    }

    private static InstanceBlockDeviceMapping mapping(VolumeAttachment attachment) {
        return InstanceBlockDeviceMapping.builder()
                .deviceName(attachment.device())
                .ebs(ebs -> ebs.volumeId(attachment.volumeId())
                        .status(attachment.stateAsString())
                        .attachTime(attachment.attachTime())
                        .deleteOnTermination(attachment.deleteOnTermination()))
                .build();
    }

    private static InstanceMetadataOptionsResponse metadataOptions(InstanceMetadataOptionsRequest asked) {
        return InstanceMetadataOptionsResponse.builder()
                .state("applied")
                .httpTokens(Objects.requireNonNullElse(asked.httpTokensAsString(), "required"))
                .httpPutResponseHopLimit(Objects.requireNonNullElse(asked.httpPutResponseHopLimit(), 2))
                .httpEndpoint(Objects.requireNonNullElse(asked.httpEndpointAsString(), "enabled"))
                .build();
    }

    private IamInstanceProfile profile(String nameOrArn) {
        String arn = nameOrArn.startsWith("arn:")
                ? nameOrArn
                : "arn:aws:iam::" + accountId + ":instance-profile/" + nameOrArn;
        return IamInstanceProfile.builder().arn(arn).id("AIPALOCAL").build();
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
    }
}
