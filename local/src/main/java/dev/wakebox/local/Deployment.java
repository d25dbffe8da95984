package dev.wakebox.local;

import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.lambda.FunctionConfiguration;
import dev.wakebox.local.template.Template;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.StackStatus;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Deploys a template to the emulator through CloudFormation, and reads the result. */
final class Deployment {
    private static final String PACKAGES = "wakebox-packages";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final CloudFormationClient cloudFormation;
    private final S3Client s3;
    private final LambdaClient lambda;
    private final Roles roles;
    private final URI endpoint;

    Deployment(EmulatorClients clients, Roles roles) {
        this.cloudFormation = clients.build(CloudFormationClient.builder());
        this.s3 = clients.build(S3Client.builder().forcePathStyle(true));
        this.lambda = clients.build(LambdaClient.builder());
        this.roles = roles;
        this.endpoint = clients.endpoint();
    }

    /**
     * Creates the stack and waits until it is complete.
     *
     * @return the stack's outputs
     * @throws LocalException that names each failed resource and the reason
     */
    Map<String, String> create(String stack, Template template, Map<String, String> parameters) {
        try {
            s3.createBucket(request -> request.bucket(PACKAGES));
            s3.putObject(
                    request -> request.bucket(PACKAGES).key("template.json"),
                    RequestBody.fromString(template.packaged(PACKAGES)));
            cloudFormation.createStack(request -> request.stackName(stack)
                    .templateURL(endpoint + "/" + PACKAGES + "/template.json")
                    .parameters(parameters.entrySet().stream()
                            .map(entry -> Parameter.builder()
                                    .parameterKey(entry.getKey())
                                    .parameterValue(entry.getValue())
                                    .build())
                            .toList())
                    .capabilities(
                            Capability.CAPABILITY_IAM,
                            Capability.CAPABILITY_NAMED_IAM,
                            Capability.CAPABILITY_AUTO_EXPAND));
        } catch (AwsServiceException e) {
            throw new LocalException(
                    "CloudFormation refused the template: "
                            + e.awsErrorDetails().errorMessage(),
                    e);
        }
        Stack created = await(stack);
        if (created.stackStatus() != StackStatus.CREATE_COMPLETE) {
            throw new LocalException("The stack " + stack + " could not be created (" + created.stackStatusAsString()
                    + "):\n" + failures(stack));
        }
        return created.outputs().stream()
                .collect(Collectors.toMap(Output::outputKey, Output::outputValue, (a, _) -> a, TreeMap::new));
    }

    /** A function's settings as they are now, with new credentials. */
    FunctionConfiguration function(String name) {
        var deployed = lambda.getFunctionConfiguration(request -> request.functionName(name));
        return new FunctionConfiguration(
                deployed.functionArn(),
                deployed.handler(),
                Duration.ofSeconds(deployed.timeout()),
                deployed.memorySize(),
                deployed.environment() == null
                        ? Map.of()
                        : Map.copyOf(deployed.environment().variables()),
                roles.assume(deployed.role(), name));
    }

    private Stack await(String stack) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Stack current = describe(stack);
        while (current.stackStatusAsString().endsWith("_IN_PROGRESS") && System.nanoTime() < deadline) {
            pause();
            current = describe(stack);
        }
        return current;
    }

    private Stack describe(String stack) {
        return cloudFormation
                .describeStacks(request -> request.stackName(stack))
                .stacks()
                .getFirst();
    }

    private String failures(String stack) {
        List<StackEvent> events = cloudFormation
                .describeStackEvents(request -> request.stackName(stack))
                .stackEvents();
        return events.stream()
                .filter(event -> event.resourceStatusAsString().endsWith("_FAILED"))
                .map(event -> "  " + event.logicalResourceId() + " (" + event.resourceType() + "): "
                        + event.resourceStatusReason())
                .collect(Collectors.joining("\n"));
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalException("The deployment was interrupted.", e);
        }
    }
}
