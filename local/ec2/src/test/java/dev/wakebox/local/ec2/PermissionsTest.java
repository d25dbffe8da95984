package dev.wakebox.local.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DetachVolumeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StartInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StopInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesRequest;

/** The permissions that callers of EC2 and Systems Manager need, as in AWS's service authorization reference. */
class PermissionsTest {
    private static final String OURS = "arn:aws:ec2:us-east-1:000000000000:";
    private static final LocalCompute.Config CONFIG = TestEmulator.config(Path.of(""), Map.of());

    @TempDir
    Path directory;

    private LocalCompute compute;

    @BeforeEach
    void makeCompute() {
        compute = new LocalCompute(
                TestEmulator.config(directory, Map.of()), TestEmulator.FAST, Clock.systemUTC(), _ -> {});
    }

    @AfterEach
    void close() {
        compute.close();
    }

    @Test
    void runInstances_isAskedOnEachResourceOfTheLaunch() {
        List<Permission> needed = ec2("Action=RunInstances&ImageId=ami-linux&InstanceType=t3.micro&KeyName=mine"
                + "&SubnetId=subnet-1&SecurityGroupId.1=sg-1&SecurityGroupId.2=sg-2"
                + "&LaunchTemplate.LaunchTemplateId=lt-1&Placement.GroupName=near"
                + "&BlockDeviceMapping.1.DeviceName=a&BlockDeviceMapping.1.Ebs.SnapshotId=snap-1");

        assertThat(needed).allSatisfy(each -> assertThat(each.action()).isEqualTo("ec2:RunInstances"));
        assertThat(needed)
                .extracting(Permission::resource)
                .containsExactlyInAnyOrder(
                        OURS + "instance/*",
                        "arn:aws:ec2:us-east-1::image/ami-linux",
                        OURS + "volume/*",
                        OURS + "network-interface/*",
                        OURS + "subnet/subnet-1",
                        OURS + "security-group/sg-1",
                        OURS + "security-group/sg-2",
                        OURS + "key-pair/mine",
                        OURS + "launch-template/lt-1",
                        OURS + "placement-group/near",
                        "arn:aws:ec2:us-east-1::snapshot/snap-1");
    }

    @Test
    void runInstances_withNetworkInterfaces_isAskedOnWhatTheyName() {
        assertThat(ec2("Action=RunInstances&ImageId=ami-linux&NetworkInterface.1.SubnetId=subnet-2"
                        + "&NetworkInterface.1.SecurityGroupId.1=sg-3&NetworkInterface.2.NetworkInterfaceId=eni-1"))
                .extracting(Permission::resource)
                .contains(OURS + "subnet/subnet-2", OURS + "security-group/sg-3", OURS + "network-interface/eni-1")
                .doesNotContain(OURS + "network-interface/*", OURS + "subnet/*", OURS + "security-group/*");
    }

    @Test
    void runInstances_withTagsAndProfile_isAskedForCreateTagsAndPassRole() {
        List<Permission> needed = ec2("Action=RunInstances&ImageId=ami-linux&InstanceType=t3.micro"
                + "&IamInstanceProfile.Name=runs&TagSpecification.1.ResourceType=instance"
                + "&TagSpecification.1.Tag.1.Key=wakebox%3Astack&TagSpecification.1.Tag.1.Value=wakebox"
                + "&TagSpecification.2.ResourceType=spot-instances-request"
                + "&TagSpecification.2.Tag.1.Key=a&TagSpecification.2.Tag.1.Value=b");

        assertThat(needed)
                .contains(
                        new Permission(
                                "ec2:RunInstances",
                                OURS + "instance/*",
                                Map.of(
                                        "aws:RequestTag/wakebox:stack", "wakebox",
                                        "aws:TagKeys", List.of("wakebox:stack"),
                                        "ec2:InstanceType", "t3.micro")),
                        new Permission("ec2:RunInstances", OURS + "volume/*", Map.of("ec2:InstanceType", "t3.micro")),
                        new Permission(
                                "ec2:RunInstances",
                                OURS + "spot-instances-request/*",
                                Map.of(
                                        "aws:RequestTag/a", "b",
                                        "aws:TagKeys", List.of("a"),
                                        "ec2:InstanceType", "t3.micro")),
                        new Permission(
                                "ec2:CreateTags",
                                OURS + "instance/*",
                                Map.of(
                                        "aws:RequestTag/wakebox:stack", "wakebox",
                                        "aws:TagKeys", List.of("wakebox:stack"),
                                        "ec2:CreateAction", "RunInstances")),
                        new Permission(
                                "iam:PassRole",
                                "arn:aws:iam::000000000000:role/runs",
                                Map.of("iam:PassedToService", "ec2.amazonaws.com")));
    }

    @ParameterizedTest
    @CsvSource({"StartInstances", "StopInstances", "TerminateInstances"})
    void operationOnInstances_isAskedOnEachWithItsTags(String operation) {
        assertThat(ec2("Action=" + operation + "&InstanceId.1=i-1&InstanceId.2=i-2"))
                .containsExactly(
                        new Permission(
                                "ec2:" + operation,
                                OURS + "instance/i-1",
                                Map.of("aws:ResourceTag/own", "1", "ec2:ResourceTag/own", "1")),
                        new Permission("ec2:" + operation, OURS + "instance/i-2", Map.of()));
    }

    @Test
    void createTags_isAskedOnInstancesAndVolumesWithTheNewTagsAndTheirOwn() {
        assertThat(ec2("Action=CreateTags&ResourceId.1=i-1&ResourceId.2=vol-1&Tag.1.Key=new&Tag.1.Value=2"))
                .containsExactly(
                        new Permission(
                                "ec2:CreateTags",
                                OURS + "instance/i-1",
                                Map.of(
                                        "aws:ResourceTag/own", "1",
                                        "ec2:ResourceTag/own", "1",
                                        "aws:RequestTag/new", "2",
                                        "aws:TagKeys", List.of("new"))),
                        new Permission(
                                "ec2:CreateTags",
                                OURS + "volume/vol-1",
                                Map.of("aws:RequestTag/new", "2", "aws:TagKeys", List.of("new"))));
    }

    @Test
    void modifyInstanceAttribute_isAskedOnTheInstanceWithTheNewType() {
        assertThat(ec2("Action=ModifyInstanceAttribute&InstanceId=i-2&InstanceType.Value=t3.large"))
                .containsExactly(new Permission(
                        "ec2:ModifyInstanceAttribute",
                        OURS + "instance/i-2",
                        Map.of("ec2:Attribute/InstanceType", "t3.large")));
    }

    @Test
    void detachVolume_isAskedOnVolumeAndInstance() {
        assertThat(ec2("Action=DetachVolume&VolumeId=vol-1&InstanceId=i-2"))
                .extracting(Permission::resource)
                .containsExactly(OURS + "volume/vol-1", OURS + "instance/i-2");
    }

    @Test
    void describe_isAskedOnEverything() {
        assertThat(ec2("Action=DescribeInstances&InstanceId.1=i-1"))
                .containsExactly(new Permission("ec2:DescribeInstances", "*", Map.of()));
    }

    @Test
    void resourceThatDoesNotExist_isLeftToTheOperation() {
        assertThat(ec2("Action=StopInstances&InstanceId.1=i-none")).isEmpty();
    }

    @Test
    void sendCommand_isAskedOnDocumentAndInstances() {
        assertThat(ssm("SendCommand", "{\"DocumentName\":\"AWS-RunShellScript\",\"InstanceIds\":[\"i-1\"]}"))
                .containsExactly(
                        new Permission(
                                "ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript", Map.of()),
                        new Permission("ssm:SendCommand", OURS + "instance/i-1", Map.of()));
        assertThat(ssm("SendCommand", "{\"DocumentName\":\"mine\",\"Targets\":[{\"Key\":\"tag:a\"}]}"))
                .extracting(Permission::resource)
                .containsExactly("arn:aws:ssm:us-east-1:000000000000:document/mine", OURS + "instance/*");
    }

    @ParameterizedTest
    @CsvSource({"ListCommands", "GetCommandInvocation", "CancelCommand", "DescribeInstanceInformation"})
    void otherOperationsOfSystemsManager_areAskedOnEverything(String operation) {
        assertThat(ssm(operation, "{}")).containsExactly(new Permission("ssm:" + operation, "*", Map.of()));
    }

    @Test
    void parameters_areNotOurs() {
        assertThat(compute.ssmPermissions("AmazonSSM.GetParameter", "{}".getBytes(UTF_8)))
                .isEmpty();
    }

    private List<Permission> ssm(String operation, String json) {
        return compute.ssmPermissions("AmazonSSM." + operation, json.getBytes(UTF_8))
                .orElseThrow();
    }

    private static List<Permission> ec2(String form) {
        Map<String, ?> tree = QueryForm.tree(form);
        String operation = String.valueOf(tree.get("Action"));
        SdkRequest request =
                switch (operation) {
                    case "RunInstances" -> AwsShapes.request(RunInstancesRequest.builder(), tree);
                    case "StartInstances" -> AwsShapes.request(StartInstancesRequest.builder(), tree);
                    case "StopInstances" -> AwsShapes.request(StopInstancesRequest.builder(), tree);
                    case "ModifyInstanceAttribute" -> AwsShapes.request(ModifyInstanceAttributeRequest.builder(), tree);
                    case "TerminateInstances" -> AwsShapes.request(TerminateInstancesRequest.builder(), tree);
                    case "CreateTags" -> AwsShapes.request(CreateTagsRequest.builder(), tree);
                    case "DetachVolume" -> AwsShapes.request(DetachVolumeRequest.builder(), tree);
                    default -> AwsShapes.request(DescribeInstancesRequest.builder(), tree);
                };
        return new Ec2Permissions(
                        CONFIG,
                        id -> switch (id) {
                            case "i-1" -> Optional.of(Map.of("own", "1"));
                            case "i-2", "vol-1" -> Optional.of(Map.of());
                            default -> Optional.empty();
                        },
                        profile -> "arn:aws:iam::000000000000:role/" + profile)
                .of(operation, request);
    }
}
