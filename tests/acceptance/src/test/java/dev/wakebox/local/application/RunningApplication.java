package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.local.ApplicationConfig;
import dev.wakebox.local.LocalApplication;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.StateEnteredEventDetails;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The whole application, deployed from template.yaml on free ports, with operations for tests from outside. */
final class RunningApplication implements AutoCloseable {
    static final String STATUS = "status.json";
    static final String JOB = "training/training.json";
    /** The timeout of a wait on a busy computer; a test that passes rarely needs it. */
    static final Duration A_WHILE = Duration.ofMinutes(5);

    static final Path ROOT = Path.of(System.getProperty("wakebox.root"));

    /** How often a test with random or concurrent parts repeats them; {@code ./wakebox test --all} repeats them more often. */
    static int rounds(int usual, int all) {
        return System.getenv("WAKEBOX_TEST_ALL") == null ? usual : all;
    }

    /** An HTTP answer. */
    record Answer(int status, String raw) {
        Map<String, @Nullable Object> json() {
            return Json.object(raw.getBytes(UTF_8));
        }

        String text(String key) {
            return String.valueOf(json().get(key));
        }
    }

    private final LocalApplication application;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final DynamoDbClient dynamoDb;
    final S3Client s3;
    final SqsClient sqs;
    final Ec2Client ec2;
    final LambdaClient lambda;
    final SsmClient ssm;
    final SfnClient stepFunctions;
    private final CloudWatchLogsClient logs;
    private final String outcomeQueue;
    private final Map<String, Map<String, @Nullable Object>> outcomes = new ConcurrentHashMap<>();
    final String bucket;
    final String instance;
    final String stateMachine;

    private RunningApplication(LocalApplication application) {
        this.application = application;
        this.dynamoDb = client(DynamoDbClient.builder());
        this.s3 = client(S3Client.builder().forcePathStyle(true));
        this.sqs = client(SqsClient.builder());
        this.ec2 = client(Ec2Client.builder());
        this.lambda = client(LambdaClient.builder());
        this.ssm = client(SsmClient.builder());
        this.stepFunctions = client(SfnClient.builder());
        this.logs = client(CloudWatchLogsClient.builder());
        this.outcomeQueue = subscribe();
        var outputs = (Map<?, ?>) fact("outputs");
        this.bucket = String.valueOf(outputs.get("DataBucketName"));
        this.stateMachine = String.valueOf(outputs.get("EC2RunStateMachineArn"));
        this.instance = application.facts().instance().orElse("");
    }

    /**
     * The application with one capability.
     *
     * @param capability the parameter that turns it on, which keeps the value of the local application
     * @param more other parameters
     */
    static RunningApplication startWithOnly(String capability, Path directory, Map<String, String> more) {
        var parameters = new HashMap<>(DeployedPartsTest.OFF);
        parameters.remove(capability);
        parameters.putAll(more);
        return start(directory, parameters);
    }

    static RunningApplication start(Path directory, Map<String, String> parameters) {
        var config = ApplicationConfig.of(ROOT, directory, Path.of(System.getProperty("wakebox.python")));
        return new RunningApplication(LocalApplication.start(new ApplicationConfig(
                config.root(),
                config.directory(),
                config.python(),
                0,
                0,
                config.stack(),
                parameters,
                config.progress())));
    }

    @Override
    public void close() {
        application.close();
    }

    /** A queue that receives every outcome of an execution. */
    private String subscribe() {
        String url = sqs.createQueue(
                        request -> request.queueName("outcomes").attributes(Map.of(QueueAttributeName.POLICY, """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                 "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
                 "Resource": "arn:aws:sqs:us-east-1:000000000000:outcomes",
                 "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/outcomes"}}}]}""")))
                .queueUrl();
        var events = client(EventBridgeClient.builder());
        events.putRule(request -> request.name("outcomes").eventPattern("{\"source\":[\"wakebox.run\"]}"));
        events.putTargets(request -> request.rule("outcomes")
                .targets(Target.builder()
                        .id("outcomes")
                        .arn("arn:aws:sqs:us-east-1:000000000000:outcomes")
                        .build()));
        return url;
    }

    /** The functions' names by their modules' names. */
    Set<String> functions() {
        return ((Map<?, ?>) fact("functions"))
                .keySet().stream().map(String::valueOf).collect(Collectors.toSet());
    }

    URI aws() {
        return application.aws();
    }

    /** The value of {@code ready.json} with this name. */
    Object fact(String name) {
        return Objects.requireNonNull(
                Json.object(Json.bytes(application.facts())).get(name));
    }

    // ---------------------------------------------------------------- HTTP

    Answer get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    Answer post(String path, String body, String... headers) {
        return send(request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            var response =
                    http.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    HttpRequest.Builder request(String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(application.api() + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Sends a POST that is signed as by {@code curl --aws-sigv4}. */
    Answer signedPost(String path) {
        return signedPost(path, "");
    }

    Answer signedPost(String path, String body) {
        URI uri = URI.create(application.api() + path);
        var signed = AwsV4HttpSigner.create().sign(sign -> sign.identity(AwsCredentialsIdentity.create("test", "test"))
                .request(SdkHttpFullRequest.builder()
                        .method(SdkHttpMethod.POST)
                        .uri(uri)
                        .build())
                .payload(ContentStreamProvider.fromUtf8String(body))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "execute-api")
                .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1"));
        var request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body));
        signed.request().headers().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("host") && !name.equalsIgnoreCase("content-length")) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return send(request);
    }

    // ---------------------------------------------------------------- the training server

    /** A valid request with a dataset of two classes. */
    static Map<String, @Nullable Object> goodRequest() {
        var csv = new StringBuilder("input,label\n");
        for (int i = 0; i < 20; i++) {
            csv.append("where is my card number ").append(i).append(",card\n");
            csv.append("how do I top up my account ").append(i).append(",top up\n");
        }
        var request = new LinkedHashMap<String, @Nullable Object>();
        request.put("taskType", "textClassification");
        request.put("taskName", "my task");
        request.put("modelType", "bag-of-words");
        request.put("optimizer", "adam");
        request.put("learningRate", 0.02);
        request.put("batchSize", 8);
        request.put("epochs", 2);
        request.put("dataSplit", "70 : 30");
        request.put("reduceLrOnPlateau", false);
        request.put("stepLr", false);
        request.put("dataset", Base64.getEncoder().encodeToString(csv.toString().getBytes(UTF_8)));
        return request;
    }

    Answer train() {
        return post("/train", Json.string(goodRequest()), "content-type", "application/json");
    }

    /** The secret that signs tokens. */
    void putJwtSecret(String secret) {
        ssm.putParameter(request -> request.name("/wakebox/jwt-secret")
                .type("SecureString")
                .value(secret)
                .overwrite(true));
    }

    String status() {
        return get("/status").text("status");
    }

    String instanceState() {
        return state(instance);
    }

    String processorState() {
        return state(String.valueOf(fact("processor")));
    }

    private String state(String id) {
        return ec2.describeInstances(request -> request.instanceIds(id))
                .reservations()
                .getFirst()
                .instances()
                .getFirst()
                .state()
                .nameAsString();
    }

    Map<String, @Nullable Object> invoke(String function, String event) {
        var answer = lambda.invoke(
                request -> request.functionName("wakebox-" + function).payload(SdkBytes.fromUtf8String(event)));
        assertThat(answer.functionError())
                .as("%s: %s", function, answer.payload().asUtf8String())
                .isNull();
        return Json.object(answer.payload().asByteArray());
    }

    Map<String, @Nullable Object> sweep() {
        return invoke("reaper", "{\"source\":\"aws.events\",\"detail-type\":\"Scheduled Event\",\"detail\":{}}");
    }

    // ---------------------------------------------------------------- jobs and uploads

    /** The table of the job records. */
    String jobsTable() {
        return dynamoDb.listTables().tableNames().stream()
                .filter(name -> name.contains("JobsTable"))
                .findFirst()
                .orElseThrow();
    }

    /** Number of mails with this in their text. */
    long mails(String text) {
        return mailsWith(text).count();
    }

    /** A mail with this in its text, as the emulator stores it: {@code Subject}, {@code BodyText}, {@code BodyHtml}. */
    Map<?, ?> mail(String text) {
        return mailsWith(text).findFirst().orElseThrow();
    }

    /** When the first mail with this in its text was sent. */
    Instant mailedAt(String text) {
        return mailsWith(text)
                .map(mail -> (Number) requireNonNull(mail.get("Timestamp")))
                .map(seconds -> Instant.ofEpochMilli((long) (1000 * seconds.doubleValue())))
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private Stream<Map<?, ?>> mailsWith(String text) {
        var answer = send(HttpRequest.newBuilder(application.aws().resolve("/_ministack/ses/messages")));
        return ((Map<?, ?>) requireNonNull(answer.json().get("messages")))
                .values().stream()
                        .flatMap(ofAccount -> ((List<?>) ofAccount).stream())
                        .<Map<?, ?>>map(mail -> (Map<?, ?>) mail)
                        .filter(mail -> String.valueOf(mail.get("BodyText")).contains(text));
    }

    /** The console log of the processing instance. */
    String processorConsole() {
        try {
            return Files.readString(Path.of(String.valueOf(fact("logs")))
                    .resolveSibling("instances")
                    .resolve(String.valueOf(fact("processor")))
                    .resolve("console.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The log of a function. */
    String log(String function) {
        try {
            return Files.readString(Path.of(String.valueOf(fact("logs")), function + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    // ---------------------------------------------------------------- executions

    /** Starts an execution and returns its ARN. */
    String startExecution(String name, Map<String, ?> document) {
        return startExecution(stateMachine, name, document);
    }

    String startExecution(String machine, String name, Map<String, ?> document) {
        return stepFunctions
                .startExecution(
                        request -> request.stateMachineArn(machine).name(name).input(Json.string(document)))
                .executionArn();
    }

    /** The outcomes that were published on the default bus so far, by the execution's ARN. */
    Map<String, Map<String, @Nullable Object>> outcomes() {
        sqs.receiveMessage(request -> request.queueUrl(outcomeQueue).maxNumberOfMessages(10))
                .messages()
                .forEach(message -> {
                    var event = Json.object(message.body().getBytes(UTF_8));
                    assertThat(event.get("source")).isEqualTo("wakebox.run");
                    @SuppressWarnings("unchecked")
                    var detail = (Map<String, @Nullable Object>) Objects.requireNonNull(event.get("detail"));
                    assertThat(event.get("detail-type")).isEqualTo(detail.get("outcome"));
                    outcomes.put(String.valueOf(detail.get("execution")), detail);
                    sqs.deleteMessage(request -> request.queueUrl(outcomeQueue).receiptHandle(message.receiptHandle()));
                });
        return outcomes;
    }

    /** The lines of a stream in CloudWatch Logs. */
    List<String> logLines(String group, String stream) {
        return logs
                .getLogEvents(request ->
                        request.logGroupName(group).logStreamName(stream).startFromHead(true))
                .events()
                .stream()
                .map(event -> event.message())
                .toList();
    }

    /** Waits until the execution has ended. */
    DescribeExecutionResponse awaitEnd(String execution, Duration atMost) {
        await(
                execution + " is over",
                atMost,
                Duration.ofSeconds(1),
                () -> describe(execution).status() != ExecutionStatus.RUNNING);
        return describe(execution);
    }

    DescribeExecutionResponse describe(String execution) {
        return stepFunctions.describeExecution(request -> request.executionArn(execution));
    }

    /** The input of each state so far, in order. */
    List<StateEnteredEventDetails> statesEntered(String execution) {
        return stepFunctions
                .getExecutionHistoryPaginator(request -> request.executionArn(execution)
                        .includeExecutionData(true)
                        .maxResults(1000))
                .events()
                .stream()
                .map(HistoryEvent::stateEnteredEventDetails)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Every instance that was launched for the execution, also terminated ones. */
    List<Instance> instancesOf(String execution) {
        return instances(
                Filter.builder().name("tag:wakebox:execution").values(execution).build());
    }

    /** A document that runs commands on an instance of the usual image. */
    static Map<String, Object> runDocument(Map<String, Object> options, String... commands) {
        return Map.of(
                "commands",
                List.of(commands),
                "instance_parameters",
                Map.of(
                        "ImageId",
                        "ami-linux",
                        "InstanceType",
                        "t4g.small",
                        "IamInstanceProfile",
                        Map.of("Name", "wakebox-run")),
                "run_options",
                options);
    }

    /** The instances of all executions that are still billed. */
    List<Instance> instancesLeft() {
        return instances(Filter.builder()
                        .name("tag-key")
                        .values("wakebox:execution")
                        .build())
                .stream()
                .filter(RunningApplication::isLeft)
                .toList();
    }

    static boolean isLeft(Instance instance) {
        return List.of("pending", "running", "stopping")
                .contains(instance.state().nameAsString());
    }

    private List<Instance> instances(Filter filter) {
        return ec2.describeInstancesPaginator(request -> request.filters(filter)).reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList();
    }

    // ---------------------------------------------------------------- the bucket

    Optional<String> object(String key) {
        return bytes(key).map(bytes -> new String(bytes, UTF_8));
    }

    Optional<byte[]> bytes(String key) {
        try {
            return Optional.of(
                    s3.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                            .asByteArray());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    void put(String key, String body) {
        s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(body));
    }

    void delete(String key) {
        s3.deleteObject(request -> request.bucket(bucket).key(key));
    }

    /** Rewrites status.json as if it had been written {@code ago}. */
    void backdate(Duration ago) {
        var status = new HashMap<>(Json.object(object(STATUS).orElseThrow().getBytes(UTF_8)));
        status.put("since", Instant.now().minus(ago).toString());
        put(STATUS, Json.string(status));
    }

    // ---------------------------------------------------------------- events

    /** S3's event when the training order is created or deleted. */
    static String jobEvent(String bucket, String name, Instant time) {
        return event(bucket, JOB, name, time);
    }

    /** S3's event about an object. */
    static String event(String bucket, String key, String name, Instant time) {
        return Json.string(Map.of(
                "Records",
                List.of(Map.of(
                        "eventVersion",
                        "2.1",
                        "eventSource",
                        "aws:s3",
                        "eventTime",
                        time.toString(),
                        "eventName",
                        name,
                        "s3",
                        Map.of("bucket", Map.of("name", bucket), "object", Map.of("key", key))))));
    }

    /** Delivers an event a second time, as S3 may at any time. */
    void deliver(String queue, String event) {
        String url = queueUrl(queue);
        sqs.sendMessage(request -> request.queueUrl(url).messageBody(event));
    }

    /** Number of messages in a queue, including those in flight and delayed ones. */
    int messages(String queue) {
        return messages(
                queue,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED);
    }

    /** As {@link #messages}, without messages that were sent with a delay. */
    int messagesThatAreNotLate(String queue) {
        return messages(
                queue,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    }

    /** Number of messages that can be received now. */
    int visible(String queue) {
        return messages(queue, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    }

    private int messages(String queue, QueueAttributeName... counted) {
        return sqs
                .getQueueAttributes(request -> request.queueUrl(queueUrl(queue)).attributeNames(counted))
                .attributes()
                .values()
                .stream()
                .mapToInt(Integer::parseInt)
                .sum();
    }

    /** Moves one message from a dead-letter queue back to its queue, as an operator does. */
    void redrive(String deadLetterQueue, String queue) {
        String url = queueUrl(deadLetterQueue);
        var dead =
                sqs.receiveMessage(request -> request.queueUrl(url)).messages().getFirst();
        deliver(queue, dead.body());
        sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(dead.receiptHandle()));
    }

    void setQueueAttribute(String queue, QueueAttributeName name, String value) {
        sqs.setQueueAttributes(request -> request.queueUrl(queueUrl(queue)).attributes(Map.of(name, value)));
    }

    String queueArn(String queue) {
        return requireNonNull(sqs.getQueueAttributes(
                        request -> request.queueUrl(queueUrl(queue)).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN));
    }

    /** Sets a variable of a function. */
    void setVariable(String function, String name, String value) {
        String deployed = "wakebox-" + function;
        var variables = new HashMap<>(lambda.getFunctionConfiguration(request -> request.functionName(deployed))
                .environment()
                .variables());
        variables.put(name, value);
        lambda.updateFunctionConfiguration(
                request -> request.functionName(deployed).environment(environment -> environment.variables(variables)));
    }

    /** The queue with this name in the template. */
    String queueUrl(String queue) {
        return sqs.listQueues(request -> request.queueNamePrefix("wakebox-" + queue)).queueUrls().stream()
                .findFirst()
                .orElseThrow();
    }

    // ---------------------------------------------------------------- the platform's stand-in

    URI platform() {
        return URI.create(String.valueOf(fact("platform")));
    }

    /** Completes a job on the platform, with this size and fault of its output, and returns its id. */
    String order(String query) {
        String id = UUID.randomUUID().toString();
        order(id, query);
        return id;
    }

    void order(String id, String query) {
        assertThat(send(HttpRequest.newBuilder(platform().resolve("/stand-in/jobs/" + id + "?" + query))
                                .PUT(HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(201);
    }

    /** Number of requests for the output of a job. */
    int downloads(String id) {
        var answer = send(HttpRequest.newBuilder(platform().resolve("/stand-in/jobs/" + id)));
        return Integer.parseInt(answer.text("requests"));
    }

    /** The platform's webhook for a completed job. */
    static String jobComplete(String id) {
        return Json.string(Map.of("id", id, "event", "job_complete", "msg", ""));
    }

    /** The keys of a new user of the account, who has one of the stack's policies. */
    AccessKey user(String name, String policy) {
        String arn = String.valueOf(((Map<?, ?>) fact("outputs")).get(policy + "Arn"));
        try (var iam = client(IamClient.builder())) {
            iam.createUser(request -> request.userName(name));
            iam.attachUserPolicy(request -> request.userName(name).policyArn(arn));
            return iam.createAccessKey(request -> request.userName(name)).accessKey();
        }
    }

    /** Adds one permission to the role of a function. */
    void allow(String module, String action, String resource) {
        String function = String.valueOf(((Map<?, ?>) fact("functions")).get(module));
        String role = lambda.getFunctionConfiguration(request -> request.functionName(function))
                .role();
        try (var iam = client(IamClient.builder())) {
            iam.putRolePolicy(request -> request.roleName(role.substring(role.lastIndexOf('/') + 1))
                    .policyName("of-a-test")
                    .policyDocument(Json.string(Map.of(
                            "Version",
                            "2012-10-17",
                            "Statement",
                            Map.of("Effect", "Allow", "Action", action, "Resource", resource)))));
        }
    }

    // ---------------------------------------------------------------- waiting

    /** Waits until the condition is true, with short poll intervals. */
    static void await(String what, Duration atMost, BooleanSupplier holds) {
        await(what, atMost, Duration.ofMillis(100), holds);
    }

    /** Waits until the condition is true, with this poll interval: many concurrent waits should poll rarely. */
    static void await(String what, Duration atMost, Duration interval, BooleanSupplier holds) {
        Instant deadline = Instant.now().plus(atMost);
        while (!holds.getAsBoolean()) {
            assertThat(Instant.now()).as("waited %s for: %s", atMost, what).isBefore(deadline);
            LockSupport.parkNanos(interval.toNanos());
        }
    }

    <B extends AwsClientBuilder<B, C>, C> C client(AwsClientBuilder<B, C> builder) {
        return builder.endpointOverride(application.aws())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }
}
