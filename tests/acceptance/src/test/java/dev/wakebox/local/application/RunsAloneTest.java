package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.ROOT;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** A stack for runs alone with the template's defaults, as docs/deploy.md deploys it, and its first deployment. */
class RunsAloneTest {
    private static final String TEMPLATE = "template.json";

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.startWithOnly(
                "Runs",
                directory.resolve("run"),
                Map.of("RunsApi", "false", "InstanceRoleArns", "", "OutputBuckets", ""));
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void stack_whenDeployed_hasSevenFunctionsAndOneBucket() {
        assertThat(app.functions())
                .containsExactlyInAnyOrder(
                        "array-planner",
                        "commander",
                        "ec2-poller",
                        "ec2-starter-from-ami",
                        "ec2-stopper",
                        "reaper",
                        "run-checker");
        assertThat(app.s3.listBuckets().buckets())
                .filteredOn(bucket -> bucket.name().startsWith("wakebox-"))
                .extracting(bucket -> bucket.name())
                .containsExactlyInAnyOrder(app.bucket, "wakebox-packages");
        assertThat(app.dynamoDb.listTables().tableNames()).noneMatch(name -> name.startsWith("wakebox-"));
        assertThat(app.get("/status").status()).isEqualTo(404);
        assertThat(app.sweep()).containsEntry("orphans_found", List.of()).doesNotContainKey("action");
    }

    @Test
    void run_whenItsBucketIsNotTheStacks_endsBeforeTheLaunchAndNamesTheParameter() {
        var document = RunningApplication.runDocument(
                Map.of("ii_terminate_instance", true), "job --s3_bucket elsewhere --s3_prefix out");

        var end = app.awaitEnd(app.startExecution("elsewhere", document), A_WHILE);

        assertThat(end.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(end.error()).isEqualTo("LAUNCH_FAILED");
        assertThat(end.cause()).contains("\"elsewhere\"", app.bucket, "OutputBuckets");
        assertThat(app.instancesOf(end.executionArn())).isEmpty();
    }

    @Test
    void run_whenItFails_isExplainedAndKeptInTheStacksOwnBucket() {
        String loud = app.startExecution("loud", run(false, "seq 9000 >&2", "exit 3"));
        String empty = app.startExecution(
                "empty", run(true, "sh -c 'true' datastream --S3_BUCKET " + app.bucket + " --S3_PREFIX out/VPU_01"));

        assertThat(app.awaitEnd(loud, A_WHILE).cause()).contains("exit code 3", "8999\n9000");
        assertThat(app.awaitEnd(empty, A_WHILE).error()).isEqualTo("OUTPUT_MISSING");
        assertThat(app.s3.listObjectsV2(request -> request.bucket(app.bucket)).contents())
                .extracting(S3Object::key)
                .anyMatch(key -> key.startsWith("failed_executions/") && key.contains("empty"))
                .anyMatch(key -> key.startsWith("out/") && key.endsWith("/execution.json"));
    }

    private static Map<String, Object> run(boolean checked, String... commands) {
        return Map.of(
                "commands",
                List.of(commands),
                "instance_parameters",
                Map.of(
                        "ImageId",
                        "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
                        "InstanceType",
                        "t4g.small",
                        "IamInstanceProfile",
                        Map.of("Name", "wakebox-run")),
                "run_options",
                Map.of("ii_terminate_instance", true, "ii_check_s3", checked, "timeout_s", 300));
    }

    /** Runs every command of docs/deploy.md except those of SAM, which deploys before. */
    @Test
    void guide_whenFollowed_getsToTheFirstSuccessfulRun() throws Exception {
        var script = new StringBuilder("set -euo pipefail\n");
        var skipped = new ArrayList<String>();
        for (String command : commands(Files.readAllLines(ROOT.resolve("docs/deploy.md")))) {
            if (command.startsWith("sam ")) {
                skipped.add(command);
            } else {
                script.append(command).append('\n');
            }
        }
        var builder = new ProcessBuilder("bash", "-c", script.toString())
                .directory(Files.createDirectories(directory.resolve("guide")).toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("guide.txt").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_"));
        environment.putAll(Map.of(
                "PATH",
                Path.of(System.getProperty("wakebox.python")).getParent() + ":" + environment.get("PATH"),
                "HOME",
                directory.toString(),
                "AWS_ENDPOINT_URL",
                app.aws().toString(),
                "AWS_ACCESS_KEY_ID",
                "test",
                "AWS_SECRET_ACCESS_KEY",
                "test",
                "AWS_REGION",
                "us-east-1",
                "AWS_DEFAULT_REGION",
                "us-east-1"));
        var process = builder.start();
        boolean ended = process.waitFor(A_WHILE.toSeconds(), TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        String output = Files.readString(directory.resolve("guide.txt"));

        assertThat(ended).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(skipped)
                .containsExactly(
                        "sam build",
                        "sam deploy --stack-name wakebox --no-confirm-changeset --parameter-overrides Classifier=false");
        assertThat(output).contains("account 000000000000, region us-east-1", "\nSUCCEEDED\n", "Linux ");
        assertThat(app.object("results/hello.txt").orElseThrow()).startsWith("Linux ");
        assertThat(app.instancesLeft()).isEmpty();
    }

    /** The commands of the page's numbered steps; a line that begins with {@code >} continues one. */
    private static List<String> commands(List<String> page) {
        var commands = new ArrayList<String>();
        boolean console = false;
        int end = page.indexOf("## What each capability creates");
        assertThat(end).isPositive();
        for (String line : page.subList(0, end)) {
            if (line.startsWith("```")) {
                console = line.equals("```console");
            } else if (console && line.startsWith("$ ")) {
                commands.add(line.substring(2));
            } else if (console && line.startsWith("> ")) {
                commands.add(commands.removeLast() + "\n" + line.substring(2));
            }
        }
        return commands;
    }

    @Test
    void firstDeployment_whenItFailsInTheMiddle_leavesNothingInTheWayOfTheNext() {
        String good = app.s3
                .getObjectAsBytes(request -> request.bucket("wakebox-packages").key(TEMPLATE))
                .asUtf8String();
        try (var cloudFormation = app.client(CloudFormationClient.builder())) {
            assertThat(create(cloudFormation, "broken.json", failing(good))).isEqualTo("ROLLBACK_COMPLETE");

            assertThat(app.s3.listBuckets().buckets())
                    .noneMatch(bucket -> bucket.name().startsWith("second-"));
            assertThat(app.dynamoDb.listTables().tableNames()).noneMatch(name -> name.startsWith("second-"));
            cloudFormation.deleteStack(request -> request.stackName("second"));
            await("the empty stack is gone", A_WHILE, () -> isGone(cloudFormation));
            assertThat(create(cloudFormation, TEMPLATE, good)).isEqualTo("CREATE_COMPLETE");
            assertThat(app.s3.listBuckets().buckets())
                    .extracting(bucket -> bucket.name())
                    .contains("second-data-000000000000-us-east-1", "second-models-000000000000-us-east-1");
            cloudFormation.deleteStack(request -> request.stackName("second"));
            await("the stack is gone", A_WHILE, () -> isGone(cloudFormation));
        }
    }

    /**
     * The template with a wait condition that times out after a second, when both buckets, the table and the API exist.
     */
    private static String failing(String good) {
        Map<String, @Nullable Object> template = new LinkedHashMap<>(Json.object(good.getBytes(UTF_8)));
        var resources = new LinkedHashMap<Object, @Nullable Object>((Map<?, ?>) template.get("Resources"));
        resources.put("Handle", Map.of("Type", "AWS::CloudFormation::WaitConditionHandle"));
        resources.put(
                "Fails",
                Map.of(
                        "Type",
                        "AWS::CloudFormation::WaitCondition",
                        "DependsOn",
                        List.of("DataBucket", "ModelsBucket", "JobsTable", "Api", "EC2RunStateMachine"),
                        "Properties",
                        Map.of("Handle", Map.of("Ref", "Handle"), "Timeout", "1", "Count", 1)));
        template.put("Resources", resources);
        return Json.string(template);
    }

    private static String create(CloudFormationClient cloudFormation, String key, String template) {
        app.s3.putObject(request -> request.bucket("wakebox-packages").key(key), RequestBody.fromString(template));
        cloudFormation.createStack(request -> request.stackName("second")
                .templateURL(app.fact("emulator") + "/wakebox-packages/" + key)
                .parameters(Parameter.builder()
                        .parameterKey("TrainingInstanceId")
                        .parameterValue("i-0123456789abcdef0")
                        .build())
                .capabilities(Capability.CAPABILITY_IAM, Capability.CAPABILITY_AUTO_EXPAND));
        await("the deployment has ended", A_WHILE, () -> !status(cloudFormation).endsWith("_IN_PROGRESS"));
        return status(cloudFormation);
    }

    private static String status(CloudFormationClient cloudFormation) {
        return cloudFormation
                .describeStacks(request -> request.stackName("second"))
                .stacks()
                .getFirst()
                .stackStatusAsString();
    }

    private static boolean isGone(CloudFormationClient cloudFormation) {
        try {
            return status(cloudFormation).equals("DELETE_COMPLETE");
        } catch (CloudFormationException e) {
            return true;
        }
    }
}
