package dev.wakebox.local.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The roles and policies of template.yaml have the same effect here as on AWS, with AWS's messages. */
class RolesTest {
    private static final Duration A_WHILE = Duration.ofMinutes(3);

    private static RunningApplication app;

    @BeforeAll
    static void start(@TempDir Path directory) {
        app = RunningApplication.start(directory, Map.of("InstanceRoleArns", ""));
        app.s3.putObject(request -> request.bucket(app.bucket).key("status.json"), RequestBody.fromString("{}"));
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void role_mayDoWhatTheTemplateAllows_andNothingElse() {
        try (var s3 = client(S3Client.builder().forcePathStyle(true), app.aws(), roleOf("status"))) {
            assertThat(s3.getObjectAsBytes(request -> request.bucket(app.bucket).key("status.json"))
                            .asString(UTF_8))
                    .isEqualTo("{}");
            assertThatThrownBy(() -> s3.putObject(
                            request -> request.bucket(app.bucket).key("status.json"), RequestBody.fromString("{}")))
                    .isInstanceOfSatisfying(AwsServiceException.class, refusal -> {
                        assertThat(refusal.statusCode()).isEqualTo(403);
                        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("AccessDenied");
                    });
        }
    }

    @Test
    void bucket_refusesWhatComesWithoutTls_evenFromTheRootUser() {
        URI withoutTls = URI.create(app.fact("emulator").toString());
        for (AwsCredentials caller : List.of(roleOf("status"), AwsBasicCredentials.create("test", "test"))) {
            try (var s3 = client(S3Client.builder().forcePathStyle(true), withoutTls, caller)) {
                assertThatThrownBy(() -> s3.getObjectAsBytes(
                                request -> request.bucket(app.bucket).key("status.json")))
                        .isInstanceOfSatisfying(AwsServiceException.class, refusal -> assertThat(refusal.statusCode())
                                .isEqualTo(403));
            }
        }
    }

    @Test
    void presignedUrl_hasTheRightsOfTheRoleThatSigned_alsoFromAnotherSitesPage() throws Exception {
        assertThat(put(roleOf("train"), "datasets/a.csv")).isEqualTo(200);
        assertThat(put(roleOf("train"), "models/a.bin")).isEqualTo(403);
        assertThat(put(AwsBasicCredentials.create("test", "test"), "datasets/a.csv"))
                .as("a page can sign as the root user by itself")
                .isEqualTo(403);
    }

    private int put(AwsCredentials signer, String key) throws Exception {
        try (var presigner = S3Presigner.builder()
                        .endpointOverride(app.aws())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(StaticCredentialsProvider.create(signer))
                        .serviceConfiguration(S3Configuration.builder()
                                .pathStyleAccessEnabled(true)
                                .build())
                        .build();
                var http = HttpClient.newHttpClient()) {
            var url = presigner.presignPutObject(presign -> presign.signatureDuration(Duration.ofMinutes(1))
                    .putObjectRequest(object -> object.bucket(app.bucket).key(key)));
            return http.send(
                            HttpRequest.newBuilder(url.url().toURI())
                                    .header("Origin", "https://app.example.org")
                                    .PUT(HttpRequest.BodyPublishers.ofString("a"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void instanceWithoutTheStacksTag_isNotForTheRolesOfRuns() {
        try (var ec2 = client(Ec2Client.builder(), app.aws(), roleOf("ec2-stopper"));
                var ssm = client(SsmClient.builder(), app.aws(), roleOf("commander"))) {
            assertThat(ec2.describeInstances().reservations()).isNotEmpty();
            assertThatThrownBy(() -> ec2.terminateInstances(request -> request.instanceIds(app.instance)))
                    .isInstanceOfSatisfying(AwsServiceException.class, refusal -> {
                        assertThat(refusal.statusCode()).isEqualTo(403);
                        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("UnauthorizedOperation");
                        assertThat(refusal.awsErrorDetails().errorMessage())
                                .startsWith("You are not authorized to perform this operation. User:"
                                        + " arn:aws:sts::000000000000:assumed-role/")
                                .contains("is not authorized to perform: ec2:TerminateInstances on resource:"
                                        + " arn:aws:ec2:us-east-1:000000000000:instance/" + app.instance
                                        + " because no identity-based policy allows the ec2:TerminateInstances action");
                    });
            assertThatThrownBy(() -> ssm.sendCommand(request -> request.documentName("AWS-RunShellScript")
                            .instanceIds(app.instance)
                            .parameters(Map.of("commands", List.of("true")))))
                    .isInstanceOfSatisfying(AwsServiceException.class, refusal -> {
                        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException");
                        assertThat(refusal.awsErrorDetails().errorMessage())
                                .contains("is not authorized to perform: ssm:SendCommand on resource:");
                    });
        }
    }

    @Test
    void launchWithoutTheStacksTag_isNotForTheRoleOfTheStarter() {
        try (var ec2 = client(Ec2Client.builder(), app.aws(), roleOf("ec2-starter-from-ami"))) {
            assertThatThrownBy(() -> ec2.runInstances(request -> request.imageId("ami-linux")
                            .instanceType("t3.micro")
                            .minCount(1)
                            .maxCount(1)))
                    .hasMessageContaining("is not authorized to perform: ec2:RunInstances on resource:"
                            + " arn:aws:ec2:us-east-1:000000000000:instance/* because");
        }
    }

    @Test
    void instance_mayDoWhatItsRoleAllows_andNothingElse() {
        var end = app.awaitEnd(
                app.startExecution(
                        "wakebox-any",
                        run(
                                "wakebox-any",
                                "echo here | aws s3 cp --no-progress - s3://" + app.bucket + "/results/roles.txt",
                                "aws s3api delete-object --bucket " + app.bucket + " --key results/roles.txt")),
                A_WHILE);

        assertThat(app.object("results/roles.txt")).isPresent();
        assertThat(Json.object(end.output().getBytes(UTF_8)).toString())
                .contains("COMMAND_FAILED", "AccessDenied", "DeleteObject");
    }

    @Test
    void run_whenItsRoleIsNotTheStacks_endsBeforeTheLaunchAndNamesTheParameter() {
        try (var iam = app.client(IamClient.builder())) {
            iam.createRole(request -> request.roleName("elsewhere").assumeRolePolicyDocument("""
                    {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""));
            iam.createInstanceProfile(request -> request.instanceProfileName("elsewhere"));
            iam.addRoleToInstanceProfile(
                    request -> request.instanceProfileName("elsewhere").roleName("elsewhere"));
        }

        var end = app.awaitEnd(app.startExecution("elsewhere", run("elsewhere", "true")), A_WHILE);

        assertThat(end.error()).isEqualTo("LAUNCH_FAILED");
        assertThat(end.cause()).contains("iam:PassRole", "role/elsewhere", "InstanceRoleArns");
        assertThat(app.instancesOf(end.executionArn())).isEmpty();
    }

    /** The permissions that the documentation asks for instances are those of the local instances. */
    @Test
    void instanceOfTheTrainer_mayDoWhatTheDocumentSays() throws IOException {
        String document = Files.readString(RunningApplication.ROOT.resolve("docs/trainer-image.md"));
        String policy = document.split("```json\n", -1)[document.split("```json\n", -1).length - 1]
                .split("```", -1)[0];

        try (var iam = app.client(IamClient.builder())) {
            String ours = iam.getRolePolicy(
                            request -> request.roleName("wakebox-trainer").policyName("instance"))
                    .policyDocument();
            assertThat(Json.object(URLDecoder.decode(ours, UTF_8).getBytes(UTF_8)))
                    .isEqualTo(Json.object(
                            policy.replace("DATA-BUCKET", app.bucket).getBytes(UTF_8)));
        }
    }

    private static Map<String, Object> run(String profile, String... commands) {
        return Map.of(
                "commands", List.of(commands),
                "instance_parameters",
                        Map.of(
                                "ImageId", "ami-linux",
                                "InstanceType", "t4g.small",
                                "IamInstanceProfile", Map.of("Name", profile)),
                "run_options", Map.of("timeout_s", 300, "ii_terminate_instance", true));
    }

    @Test
    void wrongSignature_isRefused() {
        var role = roleOf("ec2-stopper");
        var forged = AwsSessionCredentials.create(role.accessKeyId(), "another secret", role.sessionToken());
        try (var ec2 = client(Ec2Client.builder(), app.aws(), forged);
                var stranger = client(Ec2Client.builder(), app.aws(), AwsBasicCredentials.create("AKIANOBODY", "x"))) {
            for (Ec2Client each : List.of(ec2, stranger)) {
                assertThatThrownBy(each::describeInstances)
                        .isInstanceOfSatisfying(AwsServiceException.class, refusal -> assertThat(refusal.statusCode())
                                .isEqualTo(401));
            }
        }
    }

    @Test
    void rule_deliversToTheQueuesWhosePolicyLetsIt() {
        String open = queue("roles-open", Map.of(QueueAttributeName.POLICY, """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                 "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:000000000000:roles-open",
                 "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/roles"}}}]}"""));
        String closed = queue("roles-closed", Map.of());
        try (var events = app.client(EventBridgeClient.builder())) {
            events.putRule(request -> request.name("roles").eventPattern("{\"source\":[\"roles\"]}"));
            events.putTargets(request -> request.rule("roles").targets(target("roles-closed"), target("roles-open")));
            events.putEvents(request -> request.entries(PutEventsRequestEntry.builder()
                    .source("roles")
                    .detailType("x")
                    .detail("{}")
                    .build()));
        }

        assertThat(app.sqs
                        .receiveMessage(request -> request.queueUrl(open).waitTimeSeconds(20))
                        .messages())
                .hasSize(1);
        assertThat(app.sqs.receiveMessage(request -> request.queueUrl(closed)).messages())
                .isEmpty();
    }

    private static String queue(String name, Map<QueueAttributeName, String> attributes) {
        return app.sqs
                .createQueue(request -> request.queueName(name).attributes(attributes))
                .queueUrl();
    }

    private static Target target(String queue) {
        return Target.builder()
                .id(queue)
                .arn("arn:aws:sqs:us-east-1:000000000000:" + queue)
                .build();
    }

    /** Credentials of a function's role, as in its processes. */
    private static AwsSessionCredentials roleOf(String module) {
        String function = String.valueOf(((Map<?, ?>) app.fact("functions")).get(module));
        String role = app.lambda
                .getFunctionConfiguration(request -> request.functionName(function))
                .role();
        try (var sts = app.client(StsClient.builder())) {
            var given = sts.assumeRole(request -> request.roleArn(role).roleSessionName("test"))
                    .credentials();
            return AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
        }
    }

    private static <B extends AwsClientBuilder<B, C>, C> C client(
            AwsClientBuilder<B, C> builder, URI endpoint, AwsCredentials caller) {
        return builder.endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(caller))
                .build();
    }
}
