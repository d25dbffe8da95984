package dev.wakebox.cli.doctor;

import dev.wakebox.aws.AwsErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ssm.model.InstanceInformation;
import software.amazon.awssdk.services.ssm.model.InstanceInformationStringFilter;

/** Checks the instances that Wakebox only starts and stops: those of the training server and of uploads. */
final class InstanceChecks {
    /** Of which services there must be VPC endpoints for the agent in a subnet without another way. */
    static final List<String> AGENT_SERVICES = List.of("ssm", "ssmmessages", "ec2messages");

    private InstanceChecks() {}

    /**
     * The findings for the instance of a parameter.
     *
     * @param deployed whether Wakebox may have started the instance
     * @param vcpus gets the instance's type and the vCPUs that it needs
     */
    static List<Finding> of(AwsAccount aws, String parameter, String id, boolean deployed, Map<String, Integer> vcpus) {
        String check = parameter + " " + id;
        return aws.ask(check, "ec2:DescribeInstances", () -> {
            Optional<Instance> found = describe(aws, id);
            if (found.isEmpty()) {
                return List.of(Finding.problem(
                        check,
                        "There is no such instance in " + aws.region() + ".",
                        "Give the id of an instance of this account and region: aws ec2 describe-instances"));
            }
            Instance instance = found.get();
            var findings = new ArrayList<Finding>();
            findings.add(state(check, instance, deployed));
            if (instance.cpuOptions() != null && instance.cpuOptions().coreCount() != null) {
                vcpus.put(
                        instance.instanceTypeAsString(),
                        instance.cpuOptions().coreCount()
                                * instance.cpuOptions().threadsPerCore());
            }
            findings.addAll(profile(aws, check, instance));
            findings.addAll(agent(aws, check, id));
            if (instance.subnetId() != null) {
                findings.addAll(
                        NetworkChecks.subnet(aws, instance.subnetId(), publicAddress(instance), AGENT_SERVICES));
            }
            return findings;
        });
    }

    private static Optional<Instance> describe(AwsAccount aws, String id) {
        try {
            return aws.ec2().describeInstances(request -> request.instanceIds(id)).reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .findFirst();
        } catch (Ec2Exception e) {
            if (AwsErrors.code(e).startsWith("InvalidInstanceID")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Finding state(String check, Instance instance, boolean deployed) {
        String state = instance.state().nameAsString();
        return switch (state) {
            case "stopped" -> Finding.ok(check, instance.instanceTypeAsString() + ", stopped");
            case "shutting-down", "terminated" ->
                Finding.problem(check, "It is terminated.", "Give another instance: this one can't be started again.");
            case "running", "pending" ->
                deployed
                        ? Finding.ok(check, instance.instanceTypeAsString() + ", " + state)
                        : Finding.warning(
                                check,
                                instance.instanceTypeAsString() + ", " + state + ".",
                                "Before the first deployment, stop it (aws ec2 stop-instances): Wakebox stops it when it has no work.");
            default ->
                Finding.warning(
                        check, instance.instanceTypeAsString() + ", " + state + ".", "Wait until it is stopped.");
        };
    }

    private static List<Finding> profile(AwsAccount aws, String check, Instance instance) {
        if (instance.iamInstanceProfile() == null) {
            return List.of(Finding.problem(
                    check + ", profile",
                    "The instance has no instance profile: Systems Manager can't reach it.",
                    "aws ec2 associate-iam-instance-profile --instance-id " + instance.instanceId()
                            + " --iam-instance-profile Name=YOURS, with a role that has AmazonSSMManagedInstanceCore"));
        }
        String arn = instance.iamInstanceProfile().arn();
        return ProfileChecks.profile(aws, arn.substring(arn.lastIndexOf('/') + 1), List.of());
    }

    /** Systems Manager remembers the agents that were online, also of stopped instances. */
    private static List<Finding> agent(AwsAccount aws, String check, String id) {
        String agent = check + ", agent";
        return aws.ask(
                agent,
                "ssm:DescribeInstanceInformation",
                () -> List.of(aws
                        .ssm()
                        .describeInstanceInformation(
                                request -> request.filters(InstanceInformationStringFilter.builder()
                                        .key("InstanceIds")
                                        .values(id)
                                        .build()))
                        .instanceInformationList()
                        .stream()
                        .findFirst()
                        .map(information -> Finding.ok(agent, seen(information)))
                        .orElseGet(() -> Finding.warning(
                                agent,
                                "Its Systems Manager agent was never online, or not for a month.",
                                "Start the instance once and see aws ssm describe-instance-information; if it is not there,"
                                        + " install amazon-ssm-agent."))));
    }

    private static String seen(InstanceInformation information) {
        return "version " + information.agentVersion() + ", last seen " + information.lastPingDateTime();
    }

    /** An Elastic IP stays with a stopped instance; otherwise the subnet decides at the next start. */
    private static Optional<Boolean> publicAddress(Instance instance) {
        return instance.publicIpAddress() == null ? Optional.empty() : Optional.of(true);
    }
}
