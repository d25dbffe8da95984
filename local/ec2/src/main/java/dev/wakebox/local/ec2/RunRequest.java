package dev.wakebox.local.ec2;

import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.InstanceMarketOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.Placement;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/**
 * A validated request of RunInstances, with EC2's defaults.
 *
 * @param disks to create for each instance, by their device
 * @param tags by the type of the resources that get them
 */
record RunRequest(
        RunInstancesRequest asked,
        Path image,
        String type,
        Network.Subnet subnet,
        byte[] userData,
        Map<String, EbsBlockDevice> disks,
        Map<String, Map<String, String>> tags) {

    private static final Pattern TYPE = Pattern.compile("[a-z0-9-]+\\.[a-z0-9-]+");
    private static final int USER_DATA_LIMIT = 16_384;

    static RunRequest of(RunInstancesRequest asked, Images images, Network network, RandomGenerator random) {
        String imageId = ApiException.required("ImageId", asked.imageId());
        int min = ApiException.required("MinCount", asked.minCount());
        int max = ApiException.required("MaxCount", asked.maxCount());
        if (min < 1 || max < min) {
            throw invalid(
                    "Value (" + min + ", " + max + ") for MinCount, MaxCount is invalid: 1 <= MinCount <= MaxCount.");
        }
        if (profile(asked).filter(String::isEmpty).isPresent()) {
            throw invalid(
                    "Value () for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
        }
        String type = Objects.requireNonNullElse(asked.instanceTypeAsString(), "m1.small");
        if (!TYPE.matcher(type).matches()) {
            throw invalid("Invalid value '" + type + "' for InstanceType.");
        }
        String market = market(asked);
        if (!market.equals("spot") && !market.equals("on-demand")) {
            throw invalid("Value (" + market + ") for parameter MarketType is invalid.");
        }
        return new RunRequest(
                asked,
                images.find(imageId),
                type,
                subnet(asked, network, random),
                userData(Objects.requireNonNullElse(asked.userData(), "")),
                disks(asked),
                tags(asked));
    }

    /** The instance profile of a launch: its ARN, or else its name. */
    static Optional<String> profile(RunInstancesRequest asked) {
        return Optional.ofNullable(asked.iamInstanceProfile())
                .map(profile -> profile.arn() == null ? profile.name() : profile.arn());
    }

    /** The tags of a launch, by the type of the resources that get them. */
    static Map<String, Map<String, String>> tags(RunInstancesRequest asked) {
        Map<String, Map<String, String>> tags = new LinkedHashMap<>();
        asked.tagSpecifications().forEach(specification -> tags.computeIfAbsent(
                        ApiException.required("ResourceType", specification.resourceTypeAsString()),
                        _ -> new LinkedHashMap<>())
                .putAll(Tags.map(specification.tags())));
        return tags;
    }

    static Stream<String> securityGroups(RunInstancesRequest asked) {
        return Stream.concat(
                asked.securityGroupIds().stream(),
                asked.networkInterfaces().stream().flatMap(card -> card.groups().stream()));
    }

    Optional<String> clientToken() {
        return Optional.ofNullable(asked.clientToken()).filter(token -> !token.isEmpty());
    }

    /** Whether the other request has the same parameters, except for the token. */
    boolean isRepeatedBy(RunRequest other) {
        return asked.equals(
                other.asked.toBuilder().clientToken(asked.clientToken()).build());
    }

    Optional<String> profile() {
        return profile(asked);
    }

    boolean isSpot() {
        return market(asked).equals("spot");
    }

    /** Whether it is a spot request that ends with its instance. */
    boolean isOneTime() {
        return isSpot()
                && (asked.instanceMarketOptions().spotOptions() == null
                        || !"persistent"
                                .equals(asked.instanceMarketOptions()
                                        .spotOptions()
                                        .spotInstanceTypeAsString()));
    }

    boolean terminatesOnShutdown() {
        return isSpot() || "terminate".equals(asked.instanceInitiatedShutdownBehaviorAsString());
    }

    Map<String, String> tagsOf(String resourceType) {
        return tags.getOrDefault(resourceType, Map.of());
    }

    /** The properties by which a {@link Fault} can be limited. */
    Map<String, String> traits() {
        return Map.of(
                "type", type,
                "subnet", subnet.id(),
                "zone", subnet.zone(),
                "market", market(asked),
                "image", asked.imageId(),
                "attempt", tagsOf("instance").getOrDefault("wakebox:attempt", ""));
    }

    private static String market(RunInstancesRequest asked) {
        return Optional.ofNullable(asked.instanceMarketOptions())
                .map(InstanceMarketOptionsRequest::marketTypeAsString)
                .orElse("on-demand");
    }

    private static Network.Subnet subnet(RunInstancesRequest asked, Network network, RandomGenerator random) {
        return Optional.ofNullable(asked.subnetId())
                .or(() -> asked.networkInterfaces().stream()
                        .map(InstanceNetworkInterfaceSpecification::subnetId)
                        .filter(Objects::nonNull)
                        .findFirst())
                .map(network::subnet)
                .orElseGet(() -> network.choose(
                        Optional.ofNullable(asked.placement()).map(Placement::availabilityZone), random));
    }

    private static byte[] userData(String base64) {
        byte[] data;
        try {
            data = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw invalid("Invalid BASE64 encoding of user data");
        }
        if (data.length > USER_DATA_LIMIT) {
            throw invalid("User data is limited to " + USER_DATA_LIMIT + " bytes");
        }
        return data;
    }

    private static Map<String, EbsBlockDevice> disks(RunInstancesRequest asked) {
        Map<String, EbsBlockDevice> disks = new LinkedHashMap<>();
        EbsBlockDevice plain = EbsBlockDevice.builder().build();
        disks.put(Volumes.ROOT_DEVICE, plain);
        for (BlockDeviceMapping mapping : asked.blockDeviceMappings()) {
            String device = ApiException.required("DeviceName", mapping.deviceName());
            if (mapping.noDevice() != null) {
                disks.remove(device);
            } else {
                disks.put(device, Objects.requireNonNullElse(mapping.ebs(), plain));
            }
        }
        return disks;
    }

    private static ApiException invalid(String message) {
        return new ApiException("InvalidParameterValue", message);
    }
}
