package dev.wakebox.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationDecisionType;
import software.amazon.awssdk.services.iam.model.Role;

/** Checks whether the role of an instance lets Systems Manager's agent in, whatever policies give it these rights. */
final class ProfileChecks {
    /** What the agent calls to register, and to fetch commands. */
    private static final List<String> AGENT_ACTIONS = List.of(
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel");

    private ProfileChecks() {}

    /**
     * The findings for an instance profile, by its name.
     *
     * @param passed patterns of ARNs of the roles that a stack may give its instances; empty if it launches none
     */
    static List<Finding> profile(AwsAccount aws, String name, List<String> passed) {
        String check = "Instance profile " + name;
        if (aws.local()) {
            return List.of(AwsAccount.notLocal(check)); // its Systems Manager asks for no role
        }
        return aws.ask(check, "iam:GetInstanceProfile", () -> {
            List<Role> roles;
            try {
                roles = aws.iam()
                        .getInstanceProfile(request -> request.instanceProfileName(name))
                        .instanceProfile()
                        .roles();
            } catch (NoSuchEntityException e) {
                return List.of(Finding.problem(
                        check,
                        "There is no such instance profile in the account.",
                        "Make it as docs/deploy.md shows (aws iam create-instance-profile), or name another one."));
            }
            if (roles.isEmpty()) {
                return List.of(Finding.problem(
                        check,
                        "It has no role.",
                        "aws iam add-role-to-instance-profile --instance-profile-name " + name + " --role-name YOURS"));
            }
            String arn = roles.getFirst().arn();
            var findings = new ArrayList<>(role(aws, check, arn));
            if (!passed.isEmpty() && passed.stream().noneMatch(pattern -> matches(pattern, arn))) {
                findings.add(Finding.problem(
                        check,
                        "The stack may not give its role " + arn + " to instances, only " + String.join(", ", passed)
                                + ".",
                        "Add the role's ARN to the parameter InstanceRoleArns, and deploy."));
            }
            return findings;
        });
    }

    /** Whether a pattern of IAM, with the wildcards * and ?, has this ARN. */
    private static boolean matches(String pattern, String arn) {
        return arn.matches("\\Q" + pattern.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q") + "\\E");
    }

    /** The findings for a role, by its ARN. */
    static List<Finding> role(AwsAccount aws, String check, String arn) {
        return aws.ask(check, "iam:SimulatePrincipalPolicy", () -> {
            List<String> missing;
            try {
                missing = aws
                        .iam()
                        .simulatePrincipalPolicy(
                                request -> request.policySourceArn(arn).actionNames(AGENT_ACTIONS))
                        .evaluationResults()
                        .stream()
                        .filter(result -> result.evalDecision() != PolicyEvaluationDecisionType.ALLOWED)
                        .map(result -> result.evalActionName())
                        .toList();
            } catch (NoSuchEntityException e) {
                return List.of(
                        Finding.problem(check, "There is no role " + arn + ".", "Make the role, or correct its ARN."));
            }
            return List.of(
                    missing.isEmpty()
                            ? Finding.ok(check, "its role lets Systems Manager in")
                            : Finding.problem(
                                    check,
                                    "The role " + arn + " may not " + String.join(", ", missing) + ".",
                                    "Attach AmazonSSMManagedInstanceCore: aws iam attach-role-policy --role-name "
                                            + arn.substring(arn.lastIndexOf('/') + 1)
                                            + " --policy-arn arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"));
        });
    }
}
