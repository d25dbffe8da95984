package dev.wakebox.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.arns.Arn;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.ssm.model.ParameterMetadata;
import software.amazon.awssdk.services.ssm.model.ParameterStringFilter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** Checks the secrets that a stack reads, without reading them, and the key of its volumes. */
final class SecretChecks {
    /** The parameters of the stack that name a secret by its ARN. */
    static final List<String> ARNS = List.of(
            "PlatformTokenArn", "WebhookSecretArn", "GraphqlSecretHeaderArn", "NotifySecretArn", "SentryDsnArn");

    private SecretChecks() {}

    static List<Finding> of(AwsAccount aws, StackParameters parameters) {
        var findings = new ArrayList<Finding>();
        if (parameters.checksTokens()) {
            String name = parameters.text("JwtSecretParameter");
            findings.addAll(parameter(
                    aws,
                    "JwtSecretParameter " + name,
                    name,
                    "aws ssm put-parameter --name " + name
                            + " --type SecureString --value \"$(openssl rand -hex 32)\""));
        }
        for (String parameter : ARNS) {
            if (parameters.has(parameter)) {
                findings.addAll(arn(aws, parameter, parameters.text(parameter)));
            }
        }
        if (parameters.has("InstanceKmsKeyArn")) {
            findings.addAll(key(aws, parameters.text("InstanceKmsKeyArn")));
        }
        return findings;
    }

    private static List<Finding> arn(AwsAccount aws, String parameter, String text) {
        String check = parameter + " " + text;
        Arn arn;
        try {
            arn = Arn.fromString(text);
        } catch (IllegalArgumentException e) {
            return List.of(Finding.problem(check, "It is no ARN.", "Give the whole ARN of the secret."));
        }
        if (!arn.region().orElse("").equals(aws.region().id())) {
            return List.of(Finding.problem(
                    check,
                    "It is in the region \"" + arn.region().orElse("") + "\", and the stack in " + aws.region() + ".",
                    "Keep the secret in the stack's region, and give that ARN."));
        }
        if (arn.service().equals("ssm")) {
            // the name begins with a slash, unless it has no other one
            String name = arn.resourceAsString().substring("parameter".length());
            return parameter(
                    aws,
                    check,
                    name.indexOf('/', 1) < 0 ? name.substring(1) : name,
                    "Make a parameter of the type SecureString, or correct the ARN.");
        }
        return secret(aws, check, text);
    }

    private static List<Finding> parameter(AwsAccount aws, String check, String name, String remedy) {
        return aws.ask(check, "ssm:DescribeParameters", () -> {
            List<ParameterMetadata> found = aws.ssm()
                    .describeParameters(request -> request.parameterFilters(ParameterStringFilter.builder()
                            .key("Name")
                            .option("Equals")
                            .values(name, name.startsWith("/") ? name.substring(1) : "/" + name)
                            .build()))
                    .parameters();
            if (found.isEmpty()) {
                return List.of(Finding.problem(check, "There is no such parameter.", remedy));
            }
            return List.of(
                    found.getFirst().type() == ParameterType.SECURE_STRING
                            ? Finding.ok(check, "a SecureString")
                            : Finding.problem(
                                    check,
                                    "It is a " + found.getFirst().typeAsString() + ", which is not encrypted.",
                                    "Delete it, and make it again as SecureString. " + remedy));
        });
    }

    private static List<Finding> secret(AwsAccount aws, String check, String text) {
        return aws.ask(check, "secretsmanager:DescribeSecret", () -> {
            DescribeSecretResponse secret;
            try {
                secret = aws.secrets().describeSecret(request -> request.secretId(text));
            } catch (ResourceNotFoundException e) {
                return List.of(Finding.problem(
                        check,
                        "There is no such secret.",
                        "Make it (aws secretsmanager create-secret), or correct the ARN."));
            }
            if (!text.equals(secret.arn())) {
                return List.of(Finding.problem(
                        check,
                        "The ARN is not whole: the functions' policies need the six characters at its end.",
                        "Give " + secret.arn()));
            }
            return List.of(
                    secret.deletedDate() == null
                            ? Finding.ok(check, "it is there")
                            : Finding.problem(
                                    check,
                                    "It is scheduled for deletion.",
                                    "aws secretsmanager restore-secret --secret-id " + text));
        });
    }

    private static List<Finding> key(AwsAccount aws, String arn) {
        String check = "InstanceKmsKeyArn " + arn;
        return aws.ask(check, "kms:DescribeKey", () -> {
            try {
                var key = aws.kms().describeKey(request -> request.keyId(arn)).keyMetadata();
                return List.of(
                        key.keyState() == KeyState.ENABLED
                                ? Finding.ok(check, "it is enabled")
                                : Finding.problem(
                                        check,
                                        "Its state is " + key.keyStateAsString() + ".",
                                        "Enable the key, or name another one: instances with its volumes stop at once."));
            } catch (NotFoundException e) {
                return List.of(
                        Finding.problem(check, "There is no such key in " + aws.region() + ".", "Correct the ARN."));
            }
        });
    }
}
