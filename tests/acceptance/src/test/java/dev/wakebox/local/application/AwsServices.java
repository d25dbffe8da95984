package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.JobStoreContract;
import dev.wakebox.runtime.Json;
import dev.wakebox.secrets.StoredSecret;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.S3Event;
import dev.wakebox.storage.S3ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Event;
import software.amazon.awssdk.services.s3.model.TopicConfiguration;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The behaviour of other AWS services on which Wakebox relies: records, secrets, the fan-out of results, executions.
 */
abstract class AwsServices extends AwsBehaviour {
    private static final List<String> SETTINGS =
            List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey");
    /** A function ARN; no test invokes the function. */
    private static final String FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:none";
    /** As ResultTopic and its subscriptions in template.yaml, without the policies of its queues. */
    private static final String FAN_OUT = """
            {"Resources": {
              "Topic": {"Type": "AWS::SNS::Topic"},
              "Queue": {"Type": "AWS::SQS::Queue"},
              "TopicPolicy": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish",
                  "Principal": {"Service": "s3.amazonaws.com"}, "Resource": {"Ref": "Topic"}}]}}},
              "QueuePolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Queue"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage",
                  "Principal": {"Service": "sns.amazonaws.com"}, "Resource": {"Fn::GetAtt": ["Queue", "Arn"]},
                  "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": "Topic"}}}}]}}},
              "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {
                "TopicArn": {"Ref": "Topic"}, "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]}, "RawMessageDelivery": true}}},
             "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}, "Queue": {"Value": {"Ref": "Queue"}}}}
            """;

    private final String name = "wakebox-" + UUID.randomUUID();

    /** Skips a test, with the reason, when this emulator lacks a program that the service needs. */
    void need(String service) {}

    @BeforeEach
    void nameTheEndpoint() {
        System.setProperty("aws.endpointUrl", endpoint().toString());
        System.setProperty("aws.region", "us-east-1");
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    @AfterEach
    void forgetTheEndpoint() {
        SETTINGS.forEach(System::clearProperty);
    }

    @Nested
    class JobRecords extends JobStoreContract {
        private final DynamoDbClient dynamoDb = client(DynamoDbClient.builder());
        private boolean made;

        @BeforeEach
        @SuppressWarnings("unchecked") // the SDK's varargs of a generic type
        void makeTable() {
            need("dynamodb");
            dynamoDb.createTable(request -> request.tableName(name)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(id -> id.attributeName("id").attributeType(ScalarAttributeType.S))
                    .keySchema(id -> id.attributeName("id").keyType(KeyType.HASH)));
            made = true;
            dynamoDb.waiter().waitUntilTableExists(request -> request.tableName(name));
        }

        @AfterEach
        void dropTable() {
            if (made) {
                dynamoDb.deleteTable(request -> request.tableName(name));
            }
        }

        @Override
        protected JobStore store() {
            return new DynamoDbJobStore(dynamoDb, name, Clock.systemUTC());
        }
    }

    @Test
    void secret_whenInSecretsManager_isReadByItsArn() {
        String arn = client(SecretsManagerClient.builder())
                .createSecret(request -> request.name(name).secretString("a secret"))
                .arn();

        assertThat(StoredSecret.of(arn).get()).isEqualTo("a secret");
    }

    @Test
    void secret_whenAParameter_isReadByItsArn() {
        client(SsmClient.builder()).putParameter(request -> request.name("/" + name)
                .type(ParameterType.SECURE_STRING)
                .value("a parameter"));

        assertThat(StoredSecret.of("arn:aws:ssm:us-east-1:000000000000:parameter/" + name)
                        .get())
                .isEqualTo("a parameter");
    }

    @Test
    void result_whenStored_isAnnouncedToEachQueueOfItsTopic() {
        Map<String, String> outputs = deploy(FAN_OUT);
        var s3 = client(S3Client.builder().forcePathStyle(true));
        s3.createBucket(request -> request.bucket(name));
        var toTopic = TopicConfiguration.builder()
                .topicArn(outputs.get("Topic"))
                .events(Event.S3_OBJECT_CREATED)
                .build();
        s3.putBucketNotificationConfiguration(request -> request.bucket(name)
                .notificationConfiguration(configuration -> configuration.topicConfigurations(toTopic)));

        new S3ObjectStore(s3, name).put("results/a.csv", "a".getBytes(UTF_8), "text/csv", new Condition.Absent());

        // Raw delivery: the message is S3's event, without an SNS envelope.
        assertThat(nextEvent(client(SqsClient.builder()), outputs.get("Queue"))
                        .is(S3Event.Kind.CREATED, name, "results/a.csv"))
                .isTrue();
    }

    /** Our state machine without functions: it publishes the outcome on EventBridge, and fails. */
    @Test
    @SuppressWarnings("unchecked") // the SDK's varargs of a generic type
    void run_whenItsInputIsNoDocument_tellsTheOutcomeAndFails() {
        need("stepfunctions");
        var sqs = client(SqsClient.builder());
        var events = client(EventBridgeClient.builder());
        var sfn = client(SfnClient.builder());
        String queue = sqs.createQueue(request -> request.queueName(name)
                        .attributes(Map.of(
                                QueueAttributeName.POLICY,
                                allow(
                                        "\"sqs:SendMessage\", \"Principal\": {\"Service\": \"events.amazonaws.com\"}",
                                        "arn:aws:sqs:us-east-1:000000000000:" + name))))
                .queueUrl();
        events.putRule(request -> request.name(name).eventPattern("{\"source\":[\"wakebox.run\"]}"));
        events.putTargets(request -> request.rule(name)
                .targets(target -> target.id("queue").arn("arn:aws:sqs:us-east-1:000000000000:" + name)));
        var iam = client(IamClient.builder());
        String role = iam.createRole(request -> request.roleName(name)
                        .assumeRolePolicyDocument(allow(
                                "\"sts:AssumeRole\", \"Principal\": {\"Service\": \"states.amazonaws.com\"}", "")))
                .role()
                .arn();
        iam.putRolePolicy(request -> request.roleName(name)
                .policyName("events")
                .policyDocument(
                        allow("\"events:PutEvents\"", "arn:aws:events:us-east-1:000000000000:event-bus/default")));
        String machine = sfn.createStateMachine(
                        request -> request.name(name).roleArn(role).definition(workflow()))
                .stateMachineArn();

        String execution = sfn.startExecution(
                        request -> request.stateMachineArn(machine).input("[]"))
                .executionArn();

        RunningApplication.await(
                "the execution fails",
                A_WHILE,
                () -> sfn.describeExecution(request -> request.executionArn(execution))
                                .status()
                        == ExecutionStatus.FAILED);
        Map<String, @Nullable Object> event = Json.object(message(sqs, queue).getBytes(UTF_8));
        assertThat(event).containsEntry("source", "wakebox.run").containsEntry("detail-type", "LAUNCH_FAILED");
        assertThat(String.valueOf(event.get("detail"))).contains(execution);
    }

    /** A policy with one statement; a trust policy has no resource. */
    private static String allow(String action, String resource) {
        return "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": " + action
                + (resource.isEmpty() ? "" : ", \"Resource\": \"" + resource + "\"") + "}]}";
    }

    private static String workflow() {
        try {
            String definition = Files.readString(RunningApplication.ROOT.resolve("workflows/ec2-run.asl.yaml"))
                    .replaceAll("\\$\\{\\w+Arn}", FUNCTION)
                    .replace("${EventBusName}", "default")
                    .replace("${MaxConcurrentRuns}", "0")
                    .replace("${FailExecutionOnJobFailure}", "true");
            return Json.string(new Yaml(new SafeConstructor(new LoaderOptions())).load(definition));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String message(SqsClient sqs, String queue) {
        Supplier<List<Message>> next = () -> sqs.receiveMessage(
                        request -> request.queueUrl(queue).waitTimeSeconds(2).maxNumberOfMessages(1))
                .messages();
        for (int tries = 0; tries < 10; tries++) {
            var messages = next.get();
            if (!messages.isEmpty()) {
                return messages.getFirst().body();
            }
        }
        throw new AssertionError("EventBridge announced nothing");
    }

    private Map<String, String> deploy(String template) {
        var cloudFormation = client(CloudFormationClient.builder());
        cloudFormation.createStack(request -> request.stackName(name).templateBody(template));
        Supplier<Stack> stack = () -> cloudFormation
                .describeStacks(request -> request.stackName(name))
                .stacks()
                .getFirst();
        RunningApplication.await("the stack is there", A_WHILE, () -> stack.get()
                .stackStatusAsString()
                .equals("CREATE_COMPLETE"));
        return stack.get().outputs().stream().collect(Collectors.toMap(Output::outputKey, Output::outputValue));
    }
}
