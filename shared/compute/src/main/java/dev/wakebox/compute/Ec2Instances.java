package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.StartInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StopInstancesRequest;

/** The instances of EC2. Thread-safe. */
public final class Ec2Instances implements ResizableInstances {
    /** Transient errors in addition to throttling and 5xx. */
    private static final Set<String> PASSING = Set.of(
            "IncorrectInstanceState", "InsufficientInstanceCapacity", "IncorrectSpotRequestState", "ServerInternal");

    private static final Set<String> NO_CAPACITY =
            Set.of("InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity");

    private static final Set<String> UNKNOWN_INSTANCE =
            Set.of("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed");

    private final Ec2Client ec2;

    public Ec2Instances(Ec2Client ec2) {
        this.ec2 = requireNonNull(ec2, "ec2 is null");
    }

    /** EC2 with the region, credentials and endpoint of the environment. */
    public static Ec2Instances create() {
        return new Ec2Instances(Ec2Client.builder().httpClient(AwsHttp.client()).build());
    }

    @Override
    public Optional<Instance> describe(String id) {
        return call("describe", id, () -> {
            try {
                var request = DescribeInstancesRequest.builder().instanceIds(id).build();
                return ec2.describeInstances(request).reservations().stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .map(instance -> new Instance(
                                instance.instanceId(),
                                InstanceState.ofAwsName(instance.state().nameAsString()),
                                instance.launchTime(),
                                instance.privateIpAddress(),
                                instance.instanceTypeAsString()))
                        .findFirst();
            } catch (AwsServiceException e) {
                if (UNKNOWN_INSTANCE.contains(AwsErrors.code(e))) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public void start(String id) {
        call(
                "start",
                id,
                () -> ec2.startInstances(
                        StartInstancesRequest.builder().instanceIds(id).build()));
    }

    @Override
    public boolean startIfCapacity(String id) {
        return call("start", id, () -> {
            try {
                ec2.startInstances(
                        StartInstancesRequest.builder().instanceIds(id).build());
                return true;
            } catch (AwsServiceException e) {
                if (NO_CAPACITY.contains(AwsErrors.code(e))) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void changeType(String id, String type) {
        call(
                "change the type to " + type + " of",
                id,
                () -> ec2.modifyInstanceAttribute(ModifyInstanceAttributeRequest.builder()
                        .instanceId(id)
                        .instanceType(value -> value.value(type))
                        .build()));
    }

    @Override
    public void stop(String id) {
        call(
                "stop",
                id,
                () -> ec2.stopInstances(
                        StopInstancesRequest.builder().instanceIds(id).build()));
    }

    private static <T> T call(String verb, String id, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SdkException e) {
            throw AwsErrors.failed(verb + " the instance " + id, e, PASSING);
        }
    }
}
