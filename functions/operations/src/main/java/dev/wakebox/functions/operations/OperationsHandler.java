package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.compute.launch.BilledInstances;
import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.functions.operations.OperationsRoutes.Sources;
import dev.wakebox.functions.operations.OverviewReader.Stack;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.prices.RememberedPrices;
import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.status.StatusStore;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code GET /overview}, {@code GET /models} and the routes below {@code /operations}, for the console. */
public final class OperationsHandler extends LambdaFunction {
    private final OperationsRoutes routes;

    public OperationsHandler() {
        this(new OperationsRoutes(sources(Clock.systemUTC())));
    }

    OperationsHandler(OperationsRoutes routes) {
        this.routes = requireNonNull(routes, "routes is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        try {
            return routes.answer(request);
        } catch (SdkException e) {
            throw AwsErrors.failed("answer " + request.method() + " " + request.path(), e);
        }
    }

    private static Sources sources(Clock clock) {
        String stack = Environment.required("STACK_NAME");
        Optional<S3ObjectStore> bucket = Environment.optional("BUCKET").map(S3ObjectStore::ofBucket);
        var deadLetters = new StackDeadLetters(
                SqsClient.builder().httpClient(AwsHttp.client()).build(),
                named("DEAD_LETTER_QUEUES").entrySet().stream()
                        .map(queue -> new DeadLetterQueue(queue.getKey(), queue.getValue()))
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList(),
                named("QUEUE_ARNS"));
        var overview = new OverviewReader(
                new Stack(
                        stack,
                        bucket.map(objects -> new StatusStore(objects, clock)),
                        Environment.optional("TRAINING_INSTANCE_ID"),
                        Environment.optional("PROCESSING_INSTANCE_ID"),
                        Environment.optional("STATE_MACHINE_ARN").map(OperationsHandler::runs),
                        Environment.optional("AWS_ENDPOINT_URL").isPresent()
                                ? Optional.empty()
                                : Optional.of(awsConsole(Environment.required("AWS_REGION")))),
                new BilledInstances(
                        Ec2Client.builder().httpClient(AwsHttp.client()).build()),
                RememberedPrices.ofAws(Environment.required("AWS_REGION"), clock),
                new StackAlarms(
                        CloudWatchClient.builder().httpClient(AwsHttp.client()).build(), stack),
                deadLetters,
                clock);
        return new Sources(
                Environment.required("REQUIRE_AUTH").equals("true"),
                overview,
                deadLetters,
                Environment.optional("JOBS_TABLE").map(DynamoDbJobStore::ofTable),
                Environment.optional("REAPER_LOG_GROUP")
                        .map(group -> new ReaperLog(
                                CloudWatchLogsClient.builder()
                                        .httpClient(AwsHttp.client())
                                        .build(),
                                group,
                                clock)),
                bucket.map(PastModels::new));
    }

    private static Runs runs(String stateMachine) {
        return new Runs(
                SfnClient.builder().httpClient(AwsHttp.client()).build(),
                stateMachine,
                Integer.parseInt(Environment.required("MAX_CONCURRENT_RUNS")));
    }

    /** The entries of a setting of the form {@code name=value,name=value}. */
    private static Map<String, String> named(String setting) {
        return Environment.list(setting).stream()
                .map(entry -> entry.split("=", 2))
                .collect(toMap(entry -> entry[0], entry -> entry.length > 1 ? entry[1] : ""));
    }

    private static String awsConsole(String region) {
        if (region.startsWith("cn-")) {
            return "https://" + region + ".console.amazonaws.cn";
        }
        return "https://" + region
                + (region.startsWith("us-gov-") ? ".console.amazonaws-us-gov.com" : ".console.aws.amazon.com");
    }
}
