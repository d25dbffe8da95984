package dev.wakebox.local.ec2;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/** The volumes as EC2 describes them; their content is the instances' directories. The registry's monitor guards them. */
final class Volumes {
    static final String ROOT_DEVICE = "/dev/xvda";

    private final Map<String, Volume> volumes = new LinkedHashMap<>();

    List<Volume> all() {
        return List.copyOf(volumes.values());
    }

    Optional<Volume> find(String id) {
        return Optional.ofNullable(volumes.get(id));
    }

    Volume require(String id) {
        return find(id).orElseThrow(
                        () -> new ApiException("InvalidVolume.NotFound", "The volume '" + id + "' does not exist."));
    }

    /** The volumes that are attached to an instance. */
    List<Volume> of(LocalInstance instance) {
        return volumes.values().stream()
                .filter(volume -> attachment(volume)
                        .filter(to -> to.instanceId().equals(instance.id))
                        .isPresent())
                .toList();
    }

    /** Where a volume is attached; empty when it is available. */
    static Optional<VolumeAttachment> attachment(Volume volume) {
        return volume.attachments().stream().findFirst();
    }

    static Filters.Subject subject(Volume volume) {
        return new Filters.Subject(Tags.map(volume.tags()), name -> switch (name) {
            case "volume-id" -> List.of(volume.volumeId());
            case "status" -> List.of(volume.stateAsString());
            case "availability-zone" -> List.of(volume.availabilityZone());
            case "attachment.instance-id" ->
                attachment(volume).map(VolumeAttachment::instanceId).stream().toList();
            case "attachment.device" ->
                attachment(volume).map(VolumeAttachment::device).stream().toList();
            default -> null;
        });
    }

    /** Creates a volume and attaches it to a new instance. */
    void create(String id, String device, EbsBlockDevice asked, LocalInstance instance) {
        var attachment = VolumeAttachment.builder()
                .volumeId(id)
                .instanceId(instance.id)
                .device(device)
                .state("attached")
                .attachTime(instance.launchTime)
                .deleteOnTermination(
                        asked.deleteOnTermination() == null ? device.equals(ROOT_DEVICE) : asked.deleteOnTermination())
                .build();
        volumes.put(
                id,
                Volume.builder()
                        .volumeId(id)
                        .size(asked.volumeSize() == null ? 8 : asked.volumeSize())
                        .snapshotId("")
                        .availabilityZone(instance.request.subnet().zone())
                        .state("in-use")
                        .createTime(instance.launchTime)
                        .attachments(attachment)
                        .tags(Tags.list(instance.request.tagsOf("volume")))
                        .volumeType(asked.volumeTypeAsString() == null ? "gp3" : asked.volumeTypeAsString())
                        .iops(asked.iops())
                        .throughput(asked.throughput())
                        .encrypted(Boolean.TRUE.equals(asked.encrypted()))
                        .multiAttachEnabled(false)
                        .build());
    }

    /** Adds tags to a volume. */
    void tag(String id, Map<String, String> tags) {
        Map<String, String> all = Tags.map(require(id).tags());
        all.putAll(tags);
        volumes.put(id, require(id).toBuilder().tags(Tags.list(all)).build());
    }

    void detach(String id) {
        volumes.put(
                id,
                require(id).toBuilder()
                        .state("available")
                        .attachments(List.of())
                        .build());
    }

    void delete(String id) {
        attachment(require(id)).ifPresent(to -> {
            throw new ApiException("VolumeInUse", "Volume " + id + " is currently attached to " + to.instanceId());
        });
        volumes.remove(id);
    }

    /** Detaches the volumes of a terminated instance, and deletes those that its launch said. */
    void release(LocalInstance instance) {
        for (Volume volume : of(instance)) {
            detach(volume.volumeId());
            if (volume.attachments().getFirst().deleteOnTermination()) {
                volumes.remove(volume.volumeId());
            }
        }
    }
}
