package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;

/** Finds the instances of a stack that an operator pays for. Exceptions of the AWS SDK pass through. Thread-safe. */
public final class BilledInstances {
    private final Ec2Client ec2;

    public BilledInstances(Ec2Client ec2) {
        this.ec2 = requireNonNull(ec2, "ec2 is null");
    }

    /** The instances that runs of the stack have at this moment. */
    public List<BilledInstance> ofRuns(String stack) {
        var found = new ArrayList<BilledInstance>();
        String page = null;
        do {
            String next = page;
            DescribeInstancesResponse answer = ec2.describeInstances(request -> request.filters(
                            filter("tag:" + RunTags.STACK, stack),
                            filter("instance-state-name", "pending", "running", "stopping"))
                    .nextToken(next));
            answer.reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .map(BilledInstance::of)
                    .forEach(found::add);
            page = answer.nextToken();
        } while (page != null && !page.isEmpty());
        return found;
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    /** The instance in any state; empty if EC2 doesn't know it. */
    public Optional<BilledInstance> find(String id) {
        try {
            return ec2.describeInstances(request -> request.instanceIds(id)).reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .map(BilledInstance::of)
                    .findFirst();
        } catch (Ec2Exception e) {
            if (e.awsErrorDetails() != null
                    && String.valueOf(e.awsErrorDetails().errorCode()).startsWith("InvalidInstanceID")) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
