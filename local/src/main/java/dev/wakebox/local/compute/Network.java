package dev.wakebox.local.compute;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * One default subnet in each of the region's three zones. Any other well-formed subnet id is taken for one in a zone of
 * ours, so that requests written for AWS run unchanged.
 */
record Network(String region) {
    static final String VPC = "vpc-00000000000000001";

    private static final Pattern SUBNET_ID = Pattern.compile("subnet-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final List<String> ZONES = List.of("a", "b", "c");

    record Subnet(String id, String zone, String cidr) {}

    List<Subnet> subnets() {
        return ZONES.stream()
                .map(zone -> subnet("subnet-0000000000000000" + zone, zone))
                .toList();
    }

    Subnet subnet(String id) {
        if (!SUBNET_ID.matcher(id).matches()) {
            throw new ApiException("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
        }
        return subnets().stream()
                .filter(subnet -> subnet.id().equals(id))
                .findFirst()
                .orElseGet(() -> subnet(id, ZONES.get(Math.floorMod(id.hashCode(), ZONES.size()))));
    }

    /** The default subnet of that zone, or of any. */
    Subnet choose(Optional<String> zone, RandomGenerator random) {
        if (zone.isEmpty()) {
            return subnets().get(random.nextInt(ZONES.size()));
        }
        return subnets().stream()
                .filter(subnet -> subnet.zone().equals(zone.get()))
                .findFirst()
                .orElseThrow(() ->
                        new ApiException("InvalidParameterValue", "Invalid availability zone: [" + zone.get() + "]"));
    }

    private Subnet subnet(String id, String zone) {
        return new Subnet(id, region + zone, "127." + (10 + ZONES.indexOf(zone)) + ".0.0/16");
    }

    /** A resource id as AWS makes them. */
    static String newId(String prefix, Random random) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return prefix + "-0" + HexFormat.of().formatHex(bytes);
    }
}
