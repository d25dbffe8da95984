package dev.wakebox.local.compute;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A checked request of RunInstances.
 *
 * @param fingerprint equal for two requests that ask for the same
 */
record RunRequest(
        int min,
        int max,
        Optional<String> clientToken,
        String fingerprint,
        Path image,
        String imageId,
        String type,
        Network.Subnet subnet,
        Optional<Spot> spot,
        Optional<String> keyName,
        Optional<String> profile,
        List<String> securityGroups,
        byte[] userData,
        List<Disk> disks,
        Map<String, Map<String, String>> tags,
        boolean terminateOnShutdown,
        boolean protectedFromStop,
        boolean protectedFromTermination,
        Map<String, String> metadataOptions) {

    private static final Pattern TYPE = Pattern.compile("[a-z0-9-]+\\.[a-z0-9-]+");
    private static final int USER_DATA_LIMIT = 16_384;
    private static final String ROOT_DEVICE = "/dev/xvda";

    /** The spot request behind an instance. */
    record Spot(boolean persistent, Optional<String> maxPrice) {}

    /** A disk to make for each instance. */
    record Disk(
            String device,
            int gibibytes,
            String type,
            Optional<String> iops,
            Optional<String> throughput,
            boolean encrypted,
            boolean deleteOnTermination) {
        boolean isRoot() {
            return device.equals(ROOT_DEVICE);
        }
    }

    static RunRequest of(Parameters request, Images images, Network network, RandomGenerator random) {
        String imageId = request.require("ImageId");
        int min = request.requireInteger("MinCount");
        int max = request.requireInteger("MaxCount");
        if (min < 1 || max < min) {
            throw new ApiException(
                    "InvalidParameterValue",
                    "Value (" + min + ", " + max + ") for MinCount, MaxCount is invalid: 1 <= MinCount <= MaxCount.");
        }
        var fingerprint = new TreeMap<>(request.flat());
        fingerprint.remove("ClientToken");
        return new RunRequest(
                min,
                max,
                request.find("ClientToken").filter(token -> !token.isEmpty()),
                fingerprint.toString(),
                images.find(imageId),
                imageId,
                type(request.find("InstanceType").orElse("m1.small")),
                subnet(request, network, random),
                spot(request.structure("InstanceMarketOptions")),
                request.find("KeyName"),
                profile(request),
                securityGroups(request),
                userData(request.find("UserData").orElse("")),
                disks(request),
                tags(request),
                request.find("InstanceInitiatedShutdownBehavior").orElse("stop").equals("terminate"),
                request.flag("DisableApiStop", false),
                request.flag("DisableApiTermination", false),
                request.structure("MetadataOptions").flat());
    }

    /** What a {@link Fault} can be limited to. */
    Map<String, @Nullable String> traits() {
        return Map.of(
                "type",
                type,
                "subnet",
                subnet.id(),
                "zone",
                subnet.zone(),
                "market",
                spot.isPresent() ? "spot" : "on-demand",
                "image",
                imageId);
    }

    Map<String, String> tagsOf(String resourceType) {
        return tags.getOrDefault(resourceType, Map.of());
    }

    private static String type(String name) {
        if (!TYPE.matcher(name).matches()) {
            throw new ApiException("InvalidParameterValue", "Invalid value '" + name + "' for InstanceType.");
        }
        return name;
    }

    private static Optional<String> profile(Parameters request) {
        Optional<String> profile =
                request.find("IamInstanceProfile.Arn").or(() -> request.find("IamInstanceProfile.Name"));
        if (profile.filter(String::isEmpty).isPresent()) {
            throw new ApiException(
                    "InvalidParameterValue",
                    "Value () for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
        }
        return profile;
    }

    private static Network.Subnet subnet(Parameters request, Network network, RandomGenerator random) {
        return request.find("SubnetId")
                .or(() -> request.structures("NetworkInterface").stream()
                        .flatMap(card -> card.find("SubnetId").stream())
                        .findFirst())
                .map(network::subnet)
                .orElseGet(() -> network.choose(request.find("Placement.AvailabilityZone"), random));
    }

    private static List<String> securityGroups(Parameters request) {
        List<String> groups = new ArrayList<>(request.values("SecurityGroupId"));
        request.structures("NetworkInterface").forEach(card -> groups.addAll(card.values("SecurityGroupId")));
        return List.copyOf(groups);
    }

    private static Optional<Spot> spot(Parameters market) {
        return switch (market.find("MarketType").orElse("on-demand")) {
            case "on-demand" -> Optional.empty();
            case "spot" ->
                Optional.of(new Spot(
                        market.find("SpotOptions.SpotInstanceType")
                                .filter("persistent"::equals)
                                .isPresent(),
                        market.find("SpotOptions.MaxPrice")));
            case String other ->
                throw new ApiException(
                        "InvalidParameterValue", "Value (" + other + ") for parameter MarketType is invalid.");
        };
    }

    private static byte[] userData(String base64) {
        byte[] data;
        try {
            data = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new ApiException("InvalidParameterValue", "Invalid BASE64 encoding of user data");
        }
        if (data.length > USER_DATA_LIMIT) {
            throw new ApiException("InvalidParameterValue", "User data is limited to " + USER_DATA_LIMIT + " bytes");
        }
        return data;
    }

    private static List<Disk> disks(Parameters request) {
        Map<String, Disk> disks = new LinkedHashMap<>();
        disks.put(ROOT_DEVICE, disk(ROOT_DEVICE, new Parameters(Map.of())));
        for (Parameters mapping : request.structures("BlockDeviceMapping")) {
            String device = mapping.require("DeviceName");
            if (mapping.find("NoDevice").isPresent()) {
                disks.remove(device);
            } else {
                disks.put(device, disk(device, mapping.structure("Ebs")));
            }
        }
        return List.copyOf(disks.values());
    }

    private static Disk disk(String device, Parameters ebs) {
        return new Disk(
                device,
                ebs.integer("VolumeSize", 8),
                ebs.find("VolumeType").orElse("gp3"),
                ebs.find("Iops"),
                ebs.find("Throughput"),
                ebs.flag("Encrypted", false),
                ebs.flag("DeleteOnTermination", device.equals(ROOT_DEVICE)));
    }

    private static Map<String, Map<String, String>> tags(Parameters request) {
        Map<String, Map<String, String>> tags = new LinkedHashMap<>();
        for (Parameters specification : request.structures("TagSpecification")) {
            Map<String, String> ofType =
                    tags.computeIfAbsent(specification.require("ResourceType"), _ -> new LinkedHashMap<>());
            for (Parameters tag : specification.structures("Tag")) {
                ofType.put(tag.require("Key"), tag.find("Value").orElse(""));
            }
        }
        return tags;
    }
}
