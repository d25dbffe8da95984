package dev.wakebox.local.ec2;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * One default subnet in each of the region's three zones. Any other well-formed subnet id is treated as a subnet in one
 * of these zones, so that requests written for AWS run unchanged.
 */
record Network(String region) {
    static final String VPC = "vpc-00000000000000001";

    private static final Pattern SUBNET_ID = Pattern.compile("subnet-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final String DEFAULT_SUBNET = "subnet-0000000000000000";
    private static final List<String> ZONES = List.of("a", "b", "c");

    /** @param network the first two numbers of its addresses */
    record Subnet(String id, String zone, String network) {}

    Subnet subnet(String id) {
        if (!SUBNET_ID.matcher(id).matches()) {
            throw new ApiException("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
        }
        int zone = ZONES.indexOf(id.replace(DEFAULT_SUBNET, ""));
        return subnet(id, zone < 0 ? Math.floorMod(id.hashCode(), ZONES.size()) : zone);
    }

    /** The default subnet of the given zone, or of a random one. */
    Subnet choose(Optional<String> zone, RandomGenerator random) {
        int index = zone.map(name -> zones().indexOf(name)).orElseGet(() -> random.nextInt(ZONES.size()));
        if (index < 0) {
            throw new ApiException("InvalidParameterValue", "Invalid availability zone: [" + zone.orElseThrow() + "]");
        }
        return subnet(DEFAULT_SUBNET + ZONES.get(index), index);
    }

    private Subnet subnet(String id, int zone) {
        return new Subnet(id, region + ZONES.get(zone), "127." + (10 + zone));
    }

    /** The names of the zones. */
    List<String> zones() {
        return ZONES.stream().map(region::concat).toList();
    }

    /** A new resource id in AWS's format. */
    static String newId(String prefix, Random random) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return prefix + "-0" + HexFormat.of().formatHex(bytes);
    }
}
