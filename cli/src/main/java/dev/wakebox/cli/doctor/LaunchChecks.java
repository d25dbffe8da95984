package dev.wakebox.cli.doctor;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** Checks what runs launch: the AMIs, types, profiles and subnets of execution documents, and the roles and the VPC that a stack gives them. */
final class LaunchChecks {
    private LaunchChecks() {}

    /**
     * The findings for a stack and for execution documents.
     *
     * @param vcpus gets the documents' instance types and the vCPUs that they need
     */
    static List<Finding> of(
            AwsAccount aws,
            StackParameters parameters,
            List<JsonObject> documents,
            Instant now,
            Map<String, Integer> vcpus) {
        var findings = new ArrayList<Finding>();
        for (String role : parameters.list("InstanceRoleArns")) {
            if (!role.contains("*") && !role.contains("?")) {
                findings.addAll(ProfileChecks.role(aws, "InstanceRoleArns " + role, role));
            }
        }
        boolean needsDefault = documents.isEmpty();
        for (JsonObject document : documents) {
            findings.addAll(document(aws, passed(aws, parameters), document, now, vcpus));
            needsDefault |= subnets(document).isEmpty();
        }
        if (needsDefault) {
            findings.addAll(defaultVpc(aws, !documents.isEmpty()));
        }
        return findings;
    }

    private static List<Finding> document(
            AwsAccount aws, List<String> passed, JsonObject document, Instant now, Map<String, Integer> vcpus) {
        JsonObject launch = document.object("instance_parameters");
        var types = new LinkedHashSet<String>();
        launch.optionalText("InstanceType").ifPresent(types::add);
        types.addAll(document.object("run_options").texts("instance_types"));
        var findings = new ArrayList<Finding>();
        image(aws, launch.text("ImageId"))
                .ifPresent(id -> findings.addAll(ImageChecks.image(aws, id, List.copyOf(types), now)));
        for (String type : types) {
            findings.addAll(aws.ask("Instance type " + type, "ec2:DescribeInstanceTypes", () -> {
                ImageChecks.type(aws, type)
                        .ifPresent(info -> vcpus.put(type, info.vCpuInfo().defaultVCpus()));
                return List.of();
            }));
        }
        profile(launch.object("IamInstanceProfile"))
                .ifPresent(name -> findings.addAll(ProfileChecks.profile(aws, name, passed)));
        for (String subnet : subnets(document)) {
            findings.addAll(NetworkChecks.subnet(aws, subnet, Optional.empty(), InstanceChecks.AGENT_SERVICES));
        }
        for (String group : launch.texts("SecurityGroupIds")) {
            findings.addAll(securityGroup(aws, group, "Correct SecurityGroupIds of the document."));
        }
        return findings;
    }

    /** The AMI's id, which a public parameter of Systems Manager may have. */
    private static Optional<String> image(AwsAccount aws, String image) {
        String parameter = "resolve:ssm:";
        if (image.startsWith(parameter)) {
            try {
                return Optional.of(aws.ssm()
                        .getParameter(request -> request.name(image.substring(parameter.length())))
                        .parameter()
                        .value());
            } catch (SsmException e) {
                return Optional.empty();
            }
        }
        return image.startsWith("ami-") ? Optional.of(image) : Optional.empty();
    }

    private static Optional<String> profile(JsonObject profile) {
        String arn = profile.text("Arn");
        return profile.optionalText("Name")
                .or(() -> Optional.of(arn.substring(arn.lastIndexOf('/') + 1)))
                .filter(name -> !name.isBlank());
    }

    private static List<String> subnets(JsonObject document) {
        var subnets = new LinkedHashSet<String>();
        document.object("instance_parameters").optionalText("SubnetId").ifPresent(subnets::add);
        document.object("instance_parameters")
                .objects("NetworkInterfaces")
                .forEach(card -> card.optionalText("SubnetId").ifPresent(subnets::add));
        subnets.addAll(document.object("run_options").texts("subnet_ids"));
        return List.copyOf(subnets);
    }

    private static List<Finding> defaultVpc(AwsAccount aws, boolean needed) {
        String check = "Default VPC";
        String remedy = "Give the documents a SubnetId, or make one: aws ec2 create-default-vpc";
        return aws.ask(check, "ec2:DescribeVpcs", () -> {
            boolean any = !aws.ec2()
                    .describeVpcs(request -> request.filters(NetworkChecks.filter("is-default", "true")))
                    .vpcs()
                    .isEmpty();
            if (any) {
                return List.of(Finding.ok(check, "runs without SubnetId are launched there"));
            }
            String found = "The region has none, and EC2 refuses launches without SubnetId.";
            return List.of(needed ? Finding.problem(check, found, remedy) : Finding.warning(check, found, remedy));
        });
    }

    /** The findings for the subnets and security groups in which {@code process-upload} runs; a function has no public address. */
    static List<Finding> processor(AwsAccount aws, StackParameters parameters) {
        var findings = new ArrayList<Finding>();
        for (String subnet : parameters.list("ProcessorSubnetIds")) {
            findings.addAll(NetworkChecks.subnet(aws, subnet, Optional.of(false), List.of("sqs", "dynamodb", "ec2")));
        }
        for (String group : parameters.list("ProcessorSecurityGroupIds")) {
            findings.addAll(securityGroup(aws, group, "Correct ProcessorSecurityGroupIds."));
        }
        return findings;
    }

    private static List<Finding> securityGroup(AwsAccount aws, String group, String remedy) {
        String check = "Security group " + group;
        return aws.ask(check, "ec2:DescribeSecurityGroups", () -> {
            try {
                String vpc = aws.ec2()
                        .describeSecurityGroups(request -> request.groupIds(group))
                        .securityGroups()
                        .getFirst()
                        .vpcId();
                return List.of(Finding.ok(check, "it is in " + vpc));
            } catch (Ec2Exception e) {
                if (!AwsErrors.code(e).startsWith("InvalidGroup")) {
                    throw e;
                }
                return List.of(Finding.problem(check, "There is no such security group.", remedy));
            }
        });
    }

    /** The roles that the stack may give to instances, as template/runs.yaml has it. */
    private static List<String> passed(AwsAccount aws, StackParameters parameters) {
        List<String> given = parameters.list("InstanceRoleArns");
        return given.isEmpty()
                ? List.of("arn:" + aws.region().metadata().partition().id() + ":iam::" + aws.accountId()
                        + ":role/wakebox/*")
                : given;
    }
}
