package dev.wakebox.cli.doctor;

import dev.wakebox.aws.AwsErrors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;

/** Checks AMIs and instance types: that they exist in the region, fit each other, and probably have Systems Manager's agent. */
final class ImageChecks {
    private ImageChecks() {}

    /** The description of an instance type; empty if the region has none of the name. */
    static Optional<InstanceTypeInfo> type(AwsAccount aws, String type) {
        try {
            return aws
                    .ec2()
                    .describeInstanceTypes(request -> request.instanceTypesWithStrings(type))
                    .instanceTypes()
                    .stream()
                    .findFirst();
        } catch (Ec2Exception e) {
            if (AwsErrors.code(e).equals("InvalidInstanceType")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The findings for an AMI, started as instances of these types. */
    static List<Finding> image(AwsAccount aws, String imageId, List<String> types, Instant now) {
        String check = "AMI " + imageId;
        return aws.ask(
                check, "ec2:DescribeImages and ec2:DescribeInstanceTypes", () -> {
                    Optional<Image> found;
                    try {
                        found = aws
                                .ec2()
                                .describeImages(
                                        request -> request.imageIds(imageId).includeDeprecated(true))
                                .images()
                                .stream()
                                .findFirst();
                    } catch (Ec2Exception e) {
                        if (!AwsErrors.code(e).startsWith("InvalidAMIID")) {
                            throw e;
                        }
                        found = Optional.empty();
                    }
                    if (found.isEmpty()) {
                        return List.of(Finding.problem(
                                check,
                                "There is no such AMI in " + aws.region() + ", or it is not shared with this account.",
                                "AMIs are of one region: copy it (aws ec2 copy-image), or name the region's own."));
                    }
                    var findings = new ArrayList<Finding>();
                    findings.add(image(check, found.get(), now));
                    for (String type : types) {
                        findings.add(fits(aws, found.get(), type));
                    }
                    return findings;
                });
    }

    private static Finding image(String check, Image image, Instant now) {
        if (!"available".equals(image.stateAsString())) {
            return Finding.problem(
                    check,
                    "Its state is " + image.stateAsString() + ".",
                    "Wait until it is available, or name another.");
        }
        if ("windows".equalsIgnoreCase(image.platformAsString())) {
            return Finding.problem(check, "It is a Windows image.", "Commands are shell commands: name a Linux image.");
        }
        String name = Objects.requireNonNullElse(image.name(), "");
        String deprecated = image.deprecationTime();
        if (deprecated != null && Instant.parse(deprecated).isBefore(now)) {
            return Finding.warning(
                    check,
                    name + " is deprecated since " + deprecated + ".",
                    "It can be launched, but gets no updates: name a newer one.");
        }
        return hasAgent(image)
                ? Finding.ok(check, name + ", " + image.architectureAsString() + ", with Systems Manager's agent")
                : Finding.warning(
                        check,
                        name + ", " + image.architectureAsString()
                                + ": whether it has Systems Manager's agent cannot be known from outside.",
                        "If runs end with \"its SSM agent did not come online\", install amazon-ssm-agent in the image.");
    }

    /** Whether the image is one of those that AWS lists as having the agent. */
    private static boolean hasAgent(Image image) {
        String name = Objects.requireNonNullElse(image.name(), "");
        boolean amazons = "amazon".equals(image.imageOwnerAlias());
        return amazons
                && (name.startsWith("al2023-ami-2")
                        || name.startsWith("al2023-ami-ecs-")
                        || name.startsWith("amzn2-ami-")
                        || name.startsWith("ubuntu/images/")
                        || name.startsWith("Deep Learning"));
    }

    private static Finding fits(AwsAccount aws, Image image, String type) {
        String check = "Instance type " + type + " for " + image.imageId();
        Optional<InstanceTypeInfo> info = type(aws, type);
        if (info.isEmpty()) {
            return Finding.problem(
                    check,
                    "There is no such instance type in " + aws.region() + ".",
                    "Name another one: aws ec2 describe-instance-type-offerings lists them.");
        }
        List<String> supported = info.get().processorInfo().supportedArchitecturesAsStrings();
        return supported.contains(image.architectureAsString())
                ? Finding.ok(check, "both are " + image.architectureAsString())
                : Finding.problem(
                        check,
                        "The AMI is " + image.architectureAsString() + ", and the instance type "
                                + String.join(", ", supported) + ".",
                        "Name an AMI or an instance type of the other architecture.");
    }
}
