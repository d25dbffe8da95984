package dev.wakebox.cli;

import static java.util.stream.Collectors.toMap;

import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.local.computer.LoopbackHttp;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * The stack of a command: a deployed one, or that of the local application. Everything that a command needs to know is in the
 * stack's outputs. Thread-safe.
 *
 * @param endpoint answers instead of AWS
 * @param status CloudFormation's status of the stack; empty before the stack was asked for
 * @param parameters of the template, as the stack was deployed with them
 */
record Target(
        String stack,
        Region region,
        AwsCredentialsProvider credentials,
        Optional<URI> endpoint,
        Optional<String> profile,
        String status,
        Map<String, String> outputs,
        Map<String, String> parameters) {
    /** The environment variable with the local application's AWS endpoint, which the script sets while it runs. */
    static final String LOCAL_ENDPOINT = "WAKEBOX_LOCAL_ENDPOINT";

    private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-\\d+");
    private static final String LOCAL_STACK = "wakebox";

    /**
     * The stack that the options name, or else the environment, the file {@code .wakebox.toml}, or the local application.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} if nothing names a stack or there is no such stack
     */
    static Target of(TargetOptions options, Context context) throws IOException {
        return named(options, context).required();
    }

    /** As {@link #of}, without a question to AWS: the parameters and outputs are empty, and there may be no such stack. */
    static Target named(TargetOptions options, Context context) throws IOException {
        TargetFile file = TargetFile.of(context);
        String stack = stack(options, context, file);
        String local = context.environment().get(LOCAL_ENDPOINT);
        if (stack == null && options.endpoint == null) {
            if (local == null) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "no stack is named, and the local application doesn't run; start it with ./wakebox up, or name a deployed stack with --stack, WAKEBOX_STACK or "
                                + TargetFile.NAME + ".");
            }
            return named(LOCAL_STACK, Region.US_EAST_1, local(), Optional.of(URI.create(local)), Optional.empty());
        }
        var profile = Optional.ofNullable(first(options.profile, file.profile()));
        // As for the aws command, the option is stronger than keys in the environment, and a default is weaker.
        AwsCredentialsProvider credentials = options.profile == null
                ? DefaultCredentialsProvider.builder()
                        .applyMutation(chain -> profile.ifPresent(chain::profileName))
                        .build()
                : ProfileCredentialsProvider.create(options.profile);
        return named(
                stack == null ? LOCAL_STACK : stack,
                region(first(options.region, file.region()), profile),
                credentials,
                Optional.ofNullable(options.endpoint),
                profile);
    }

    /** Whether the target is the local application, running or not. */
    static boolean isLocal(TargetOptions options, Context context) throws IOException {
        return options.endpoint == null && stack(options, context, TargetFile.of(context)) == null;
    }

    private static @Nullable String stack(TargetOptions options, Context context, TargetFile file) {
        return first(options.stack, context.environment().get("WAKEBOX_STACK"), file.stack());
    }

    private static Target named(
            String stack,
            Region region,
            AwsCredentialsProvider credentials,
            Optional<URI> endpoint,
            Optional<String> profile) {
        return new Target(stack, region, credentials, endpoint, profile, "", Map.of(), Map.of());
    }

    /**
     * This stack with its parameters and outputs.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} if there is no such stack
     */
    Target required() {
        return deployed()
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "there is no stack \"" + stack + "\" in " + region
                                + ". Name another one with --stack, or another region with --region."));
    }

    /** This stack with its parameters and outputs; empty if it is not deployed. */
    Optional<Target> deployed() {
        try (CloudFormationClient cloudFormation = cloudFormation()) {
            Stack found = cloudFormation
                    .describeStacks(request -> request.stackName(stack))
                    .stacks()
                    .getFirst();
            return Optional.of(new Target(
                    stack,
                    region,
                    credentials,
                    endpoint,
                    profile,
                    found.stackStatusAsString(),
                    found.outputs().stream().collect(toMap(Output::outputKey, Output::outputValue)),
                    found.parameters().stream().collect(toMap(Parameter::parameterKey, Parameter::parameterValue))));
        } catch (CloudFormationException e) {
            if (e.statusCode() == 400 && String.valueOf(e.getMessage()).contains("does not exist")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The value of an output of the stack, which it has only with a capability. */
    String output(String name, String capability) {
        String value = outputs.get(name);
        if (value == null) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "the stack \"" + stack + "\" has no " + capability + " (it has no output " + name + ").");
        }
        return value;
    }

    /** Whether this is the local application of this computer, whose addresses the script has put into the environment. */
    boolean local(Context context) {
        String local = context.environment().get(LOCAL_ENDPOINT);
        return endpoint.map(URI::toString).filter(url -> url.equals(local)).isPresent();
    }

    /** The resources of the stack of a type, such as {@code AWS::SQS::Queue}, by their names in the template. */
    List<StackResourceSummary> resources(String type) {
        try (CloudFormationClient cloudFormation = cloudFormation()) {
            return cloudFormation
                    .listStackResourcesPaginator(request -> request.stackName(stack))
                    .stackResourceSummaries()
                    .stream()
                    .filter(resource -> type.equals(resource.resourceType()))
                    .sorted(Comparator.comparing(StackResourceSummary::logicalResourceId))
                    .toList();
        }
    }

    Runs runs(SfnClient stepFunctions) {
        return new Runs(
                stepFunctions,
                output("EC2RunStateMachineArn", "runs"),
                Integer.parseInt(parameters.getOrDefault("MaxConcurrentRuns", "0")));
    }

    RunArrays arrays(SfnClient stepFunctions) {
        return new RunArrays(stepFunctions, output("EC2RunStateMachineArn", "runs"));
    }

    /** The check of the stack's launch function: the buckets are those of its parameter, or else its data bucket. */
    LaunchCheck launchCheck() {
        String buckets = parameters.getOrDefault("OutputBuckets", "*");
        String names = buckets.isBlank() ? output("DataBucketName", "data bucket") : buckets;
        return new LaunchCheck(Set.copyOf(List.of(names.strip().split("\\s*,\\s*"))));
    }

    SfnClient stepFunctions() {
        return client(SfnClient.builder());
    }

    CloudWatchLogsClient logs() {
        return client(CloudWatchLogsClient.builder());
    }

    S3Client s3() {
        return client(S3Client.builder().forcePathStyle(endpoint.isPresent()));
    }

    SqsClient sqs() {
        return client(SqsClient.builder());
    }

    Ec2Client ec2() {
        return client(Ec2Client.builder());
    }

    LambdaClient lambda() {
        return client(LambdaClient.builder());
    }

    SsmClient ssm() {
        return client(SsmClient.builder());
    }

    CloudFormationClient cloudFormation() {
        return client(CloudFormationClient.builder());
    }

    /** A client for the region of the stack. */
    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        return client(builder, region);
    }

    /** A client with the credentials of the stack, in another region of AWS. */
    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder, Region region) {
        endpoint.ifPresent(builder::endpointOverride);
        return builder.region(region)
                .credentialsProvider(credentials)
                .httpClient(http(endpoint))
                .build();
    }

    /** A new HTTP client for an address, or for AWS. The user's proxy is not for addresses of this computer. */
    static SdkHttpClient http(Optional<URI> address) {
        return address.filter(Target::loopback).isPresent() ? LoopbackHttp.sdk() : UrlConnectionHttpClient.create();
    }

    /** Whether the address is one of this computer. */
    static boolean loopback(URI address) {
        return "127.0.0.1".equals(address.getHost()) || "localhost".equals(address.getHost());
    }

    private static Region region(@Nullable String named, Optional<String> profile) {
        if (named != null) {
            if (!REGION.matcher(named).matches()) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "--region needs the name of a region, such as eu-west-1, not \"" + named + "\".");
            }
            return Region.of(named);
        }
        try {
            var chain = DefaultAwsRegionProviderChain.builder();
            profile.ifPresent(chain::profileName);
            return chain.build().getRegion();
        } catch (SdkClientException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "no region is named. Use --region, AWS_REGION, or region in " + TargetFile.NAME
                            + " or in the AWS profile.",
                    e);
        }
    }

    private static AwsCredentialsProvider local() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    }

    private static @Nullable String first(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }
}
