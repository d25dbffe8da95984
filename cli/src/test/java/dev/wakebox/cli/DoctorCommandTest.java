package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.cli.DeployedStack.Answer;
import dev.wakebox.cli.StackCommands.Result;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code doctor} against an account that is healthy, and one mistake at a time. */
class DoctorCommandTest {
    private static final String DOCUMENT = """
            {"commands": ["make"], "instance_parameters": {"ImageId": "ami-1", "InstanceType": "t4g.small",
             "IamInstanceProfile": {"Name": "trainer"}, "SubnetId": "subnet-1"}}""";

    @TempDir
    Path directory;

    private DeployedStack aws;
    private StackCommands commands;

    @BeforeEach
    void deploy() throws IOException {
        aws = new DeployedStack();
        aws.others.putAll(HealthyAccount.answers());
        aws.parameters.putAll(Map.of(
                "Runs", "true",
                "Classifier", "true",
                "TrainingInstanceId", HealthyAccount.INSTANCE,
                "AlarmEmail", "me@example.org",
                "PlatformTokenArn", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform-AbCdEf"));
        commands = new StackCommands(aws.endpoint(), directory);
    }

    @AfterEach
    void delete() {
        aws.close();
    }

    @Test
    void doctor_whenNothingIsWrong_saysWhatItFound() throws IOException {
        Files.writeString(directory.resolve("job.json"), DOCUMENT);

        Result result = commands.run("doctor", "job.json");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains(
                        "ok        Credentials: arn:aws:iam::111122223333:user/ada in eu-west-1\n",
                        "ok        Stack prod: UPDATE_COMPLETE",
                        "ok        AlarmEmail me@example.org: confirmed",
                        "ok        Stack name: \"prod\"",
                        "ok        Bucket prod-data-111122223333-eu-west-1: it is there",
                        "ok        TrainingInstanceId i-0123456789abcdef0: g5.xlarge, stopped",
                        "ok        Instance profile trainer: its role lets Systems Manager in",
                        "agent: version 3.3.2299.0",
                        "ok        Subnet subnet-1: it reaches AWS through its internet gateway",
                        "ok        AMI ami-1: al2023-ami-2023",
                        "ok        Instance type t4g.small for ami-1: both are arm64",
                        "ok        vCPUs of on-demand instances, G and VT: up to 64",
                        "ok        vCPUs of spot instances, Standard: up to 64",
                        "ok        JwtSecretParameter /wakebox/jwt-secret: a SecureString",
                        "ok        PlatformTokenArn arn:aws:secretsmanager",
                        " 0 problems, 0 warnings, 0 not asked.");
        assertThat(result.exitCode()).isZero();
        assertThat(aws.operations).doesNotContain("GetParameter", "GetSecretValue");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DescribeInstances           | 400 | InvalidInstanceID.NotFound | There is no such instance in eu-west-1.
            DescribeImages              | 400 | InvalidAMIID.NotFound      | There is no such AMI in eu-west-1
            DescribeInstanceTypes       | 400 | InvalidInstanceType        | There is no such instance type
            DescribeSubnets             | 400 | InvalidSubnetID.NotFound   | There is no such subnet
            """)
    void doctor_whenEc2DoesNotKnowIt_isAProblem(String operation, int status, String code, String found)
            throws IOException {
        Files.writeString(directory.resolve("job.json"), DOCUMENT);
        aws.others.put(operation, _ -> new Answer(status, HealthyAccount.ec2Error(code)));

        Result result = commands.run("doctor", "job.json");

        assertThat(result.out()).containsPattern("problem   [^\n]*" + found);
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void doctor_whenSomethingIsWrong_saysWhatToDo() throws IOException {
        Files.writeString(directory.resolve("job.json"), DOCUMENT);
        say("DescribeInstances", HealthyAccount.instance("terminated", ""));
        say("DescribeImages", HealthyAccount.image("my-image", "x86_64"));
        say("SimulatePrincipalPolicy", HealthyAccount.simulation("implicitDeny"));
        say("DescribeRouteTables", HealthyAccount.routes("<natGatewayId>nat-1</natGatewayId><state>blackhole</state>"));
        say("GetServiceQuota", HealthyAccount.quota(0));
        say("ListSubscriptions", HealthyAccount.subscription("PendingConfirmation"));
        aws.parameters.put(
                "InstanceRoleArns", "arn:aws:iam::111122223333:role/jobs/*,arn:aws:iam::111122223333:role/one");
        say("GET /2016-08-19/account-settings", """
                {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}""");
        say("DescribeParameters", "{\"Parameters\": []}");
        say("DescribeSecret", """
                {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform-AbCdEf-GhIjKl"}""");

        Result result = commands.run("doctor", "job.json");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains(
                        "problem   TrainingInstanceId i-0123456789abcdef0: It is terminated.",
                        "aws ec2 associate-iam-instance-profile",
                        "warning   AMI ami-1: my-image, x86_64: whether it has Systems Manager's agent",
                        "problem   Instance type t4g.small for ami-1: The AMI is x86_64, and the instance type arm64.",
                        "may not ssm:UpdateInstanceInformation",
                        "--policy-arn arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
                        "(blackhole)",
                        "The stack may not give its role arn:aws:iam::111122223333:role/wakebox/trainer to instances, only"
                                + " arn:aws:iam::111122223333:role/jobs/*",
                        "warning   AlarmEmail me@example.org: The subscription is not confirmed",
                        "The account may run 0, and one instance needs 2.",
                        "warning   Concurrent executions of Lambda: The account has 10",
                        "aws ssm put-parameter --name /wakebox/jwt-secret",
                        "Give arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform-AbCdEf-GhIjKl");
    }

    @Test
    void doctor_whenASubnetHasNoWayOut_namesTheMissingEndpoints() {
        say("DescribeRouteTables", HealthyAccount.routes("<gatewayId>igw-1</gatewayId><state>active</state>"));
        say("DescribeSubnets", """
                <DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
                <mapPublicIpOnLaunch>false</mapPublicIpOnLaunch></item></subnetSet></DescribeSubnetsResponse>""");
        String endpoints = """
                <DescribeVpcEndpointsResponse><vpcEndpointSet>
                <item><serviceName>com.amazonaws.eu-west-1.ssm</serviceName><state>available</state></item>
                <item><serviceName>com.amazonaws.eu-west-1.ssmmessages</serviceName><state>available</state></item>%s
                </vpcEndpointSet></DescribeVpcEndpointsResponse>""";
        say("DescribeVpcEndpoints", endpoints.formatted(""));

        assertThat(commands.run("doctor").out())
                .contains("It has an internet gateway, but no public addresses, and no VPC endpoint of ec2messages.");

        say(
                "DescribeVpcEndpoints",
                endpoints.formatted(
                        "<item><serviceName>com.amazonaws.eu-west-1.ec2messages</serviceName><state>available</state></item>"));

        assertThat(commands.run("doctor").out())
                .contains("it reaches AWS through VPC endpoints of ssm, ssmmessages, ec2messages");
    }

    @Test
    void doctor_whenAPermissionIsMissing_namesItAndAsksTheRest() {
        aws.others.put("DescribeInstances", _ -> new Answer(403, HealthyAccount.ec2Error("UnauthorizedOperation")));
        aws.others.put(
                "DescribeParameters",
                _ -> new Answer(400, "{\"__type\": \"AccessDeniedException\", \"Message\": \"no\"}"));

        Result result = commands.run("doctor");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains(
                        "not asked TrainingInstanceId i-0123456789abcdef0: The caller lacks the permission ec2:DescribeInstances.",
                        "lacks the permission ssm:DescribeParameters",
                        "0 problems, 0 warnings, 2 not asked.");
    }

    @Test
    void doctor_beforeTheDeployment_takesTheParametersOfSam() throws IOException {
        Files.writeString(directory.resolve("samconfig.toml"), """
                version = 0.1
                [default.global.parameters]
                stack_name = "other-and-much-too-long-a-name-for-it"
                [staging.global.parameters]
                stack_name = "other"
                [staging.deploy.parameters]
                parameter_overrides = ["Classifier=false", "ProcessorStartCommand='docker compose up'", "Wrong=1",
                 "ProcessingInstanceId=i-1", "MailFrom=me@example.org", "MailIdentityArn=arn:aws:ses:eu-west-1:111122223333:identity/example.org"]
                """);
        aws.others.put("HEAD /other-data-111122223333-eu-west-1", _ -> new Answer(404, ""));

        Result result =
                commands.atStub("doctor", "--config-env", "staging", "--parameter", "MailContact=help@example.org");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains(
                        "ok        Bucket other-data-111122223333-eu-west-1: the name is free",
                        "problem   Parameter Wrong: \"1\"",
                        "problem   Parameter ProcessingInstanceId: \"i-1\"",
                        "such as i-0123456789abcdef0",
                        "ok        SES in eu-west-1: out of the sandbox",
                        "identity/example.org: verified")
                .doesNotContain("ProcessorStartCommand", "JwtSecret");

        assertThat(commands.atStub("doctor", "--config", "samconfig.toml").out())
                .contains("problem   Stack name: \"other-and-much-too-long-a-name-for-it\" has 37 characters")
                .contains("Give a name of at most 33 characters");
    }

    @Test
    void doctor_inJson_printsOneFindingALine() {
        assertThat(commands.run("doctor", "--json").out().lines()).first().satisfies(line -> assertThat(
                        Json.object(line.getBytes(UTF_8)))
                .containsEntry("check", "Credentials")
                .containsEntry("status", "OK")
                .containsKeys("found", "remedy"));
    }

    @Test
    void doctor_whenTheInputIsWrong_saysHow() throws IOException {
        assertThat(commands.run("doctor", "--parameter", "nonsense").err()).contains("not of the form NAME=VALUE");
        assertThat(commands.run("doctor", "--config", "nosuch.toml").err()).contains("There is no file");
        assertThat(commands.atStub("doctor", "--stack", "other").err()).contains("there is no stack \"other\"");
        Files.writeString(directory.resolve("samconfig.toml"), "version = 0.1\n[default.global.parameters]\n");
        assertThat(commands.run("doctor", "--config-env", "nosuch").err()).contains("no environment \"nosuch\"");
    }

    @Test
    void doctor_whenTheCallerIsUnknown_ends3() {
        aws.others.put(
                "GetCallerIdentity",
                _ -> new Answer(
                        403,
                        "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message></Error></ErrorResponse>"));

        Result result = commands.run("doctor");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("InvalidClientTokenId", "--profile");
    }

    private void say(String operation, String text) {
        aws.others.put(operation, _ -> new Answer(200, text));
    }
}
