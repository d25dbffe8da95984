package dev.wakebox.cli.doctor;

import dev.wakebox.aws.AwsErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.State;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;

/** Checks whether a subnet has a way to services of AWS: an internet gateway and public addresses, NAT, or VPC endpoints. */
final class NetworkChecks {
    static final String PERMISSION = "ec2:DescribeSubnets, ec2:DescribeRouteTables and ec2:DescribeVpcEndpoints";
    private static final String ANYWHERE = "0.0.0.0/0";

    private NetworkChecks() {}

    /**
     * The findings for a subnet.
     *
     * @param publicAddress whether what is in the subnet has a public address; empty if the subnet decides
     * @param services names of services of which there must be endpoints if there is no other way, such as {@code ssm}
     */
    static List<Finding> subnet(
            AwsAccount aws, String subnetId, Optional<Boolean> publicAddress, List<String> services) {
        String check = "Subnet " + subnetId;
        return aws.ask(check, PERMISSION, () -> {
            Subnet subnet;
            try {
                subnet = aws.ec2()
                        .describeSubnets(request -> request.subnetIds(subnetId))
                        .subnets()
                        .getFirst();
            } catch (Ec2Exception e) {
                if (AwsErrors.code(e).startsWith("InvalidSubnetI")) {
                    return List.of(Finding.problem(
                            check,
                            "There is no such subnet in " + aws.region() + ".",
                            "Give a subnet of this account and region."));
                }
                throw e;
            }
            return List.of(way(
                    aws,
                    check,
                    subnet,
                    publicAddress.orElse(Boolean.TRUE.equals(subnet.mapPublicIpOnLaunch())),
                    services));
        });
    }

    private static Finding way(
            AwsAccount aws, String check, Subnet subnet, boolean publicAddress, List<String> services) {
        Optional<Route> out = routes(aws, subnet).stream()
                .filter(route -> ANYWHERE.equals(route.destinationCidrBlock()))
                .findFirst();
        if (out.isPresent() && "blackhole".equals(out.get().stateAsString())) {
            return Finding.problem(
                    check,
                    "Its route to " + ANYWHERE + " leads to something that was deleted (blackhole).",
                    "Correct the route table.");
        }
        boolean gateway =
                out.map(Route::gatewayId).filter(id -> id.startsWith("igw-")).isPresent();
        if (gateway && publicAddress) {
            return Finding.ok(check, "it reaches AWS through its internet gateway, with a public address");
        }
        if (out.isPresent() && !gateway) {
            return Finding.ok(check, "it reaches AWS through " + target(out.get()));
        }
        var missing = missingEndpoints(aws, subnet, services);
        if (missing.isEmpty()) {
            return Finding.ok(check, "it reaches AWS through VPC endpoints of " + String.join(", ", services));
        }
        return Finding.problem(
                check,
                gateway
                        ? "It has an internet gateway, but no public addresses, and no VPC endpoint of "
                                + String.join(", ", missing) + "."
                        : "It has no route to the internet, and no VPC endpoint of " + String.join(", ", missing) + ".",
                "Give the subnet public addresses, a NAT gateway, or the endpoints.");
    }

    /** The routes of the subnet's own table, or else of the VPC's main one. */
    private static List<Route> routes(AwsAccount aws, Subnet subnet) {
        List<RouteTable> own = tables(aws, filter("association.subnet-id", subnet.subnetId()));
        List<RouteTable> used =
                own.isEmpty() ? tables(aws, filter("vpc-id", subnet.vpcId()), filter("association.main", "true")) : own;
        return used.stream().flatMap(table -> table.routes().stream()).toList();
    }

    private static List<RouteTable> tables(AwsAccount aws, Filter... filters) {
        return aws.ec2()
                .describeRouteTables(request -> request.filters(filters))
                .routeTables();
    }

    private static String target(Route route) {
        return Stream.of(
                        route.natGatewayId(),
                        route.transitGatewayId(),
                        route.networkInterfaceId(),
                        route.vpcPeeringConnectionId(),
                        route.gatewayId())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("its default route");
    }

    private static Set<String> missingEndpoints(AwsAccount aws, Subnet subnet, List<String> services) {
        var missing = new TreeSet<>(services);
        var endpoints = new ArrayList<VpcEndpoint>(aws.ec2()
                .describeVpcEndpoints(request -> request.filters(filter("vpc-id", subnet.vpcId())))
                .vpcEndpoints());
        endpoints.removeIf(endpoint ->
                endpoint.state() != State.AVAILABLE && !"available".equalsIgnoreCase(endpoint.stateAsString()));
        missing.removeIf(service -> endpoints.stream().anyMatch(endpoint -> endpoint.serviceName()
                .endsWith("." + aws.region().id() + "." + service)));
        return missing;
    }

    static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }
}
