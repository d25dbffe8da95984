package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.Purchase;
import dev.wakebox.compute.execution.VolumeSize;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** The reduced client with EC2's XML. */
class Ec2RunResourcesTest {
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private static final String NAMESPACE = " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"";
    private static final String INSTANCE = """
            <item><instancesSet><item>
              <instanceId>i-1</instanceId>
              <instanceState><code>48</code><name>%s</name></instanceState>
              <stateReason><code>Server.SpotInstanceTermination</code><message>gone</message></stateReason>
              <rootDeviceName>/dev/xvda</rootDeviceName>
              <blockDeviceMapping>
                <item><deviceName>/dev/xvdb</deviceName>
                  <ebs><volumeId>vol-data</volumeId><deleteOnTermination>false</deleteOnTermination></ebs></item>
                <item><deviceName>/dev/xvda</deviceName>
                  <ebs><volumeId>vol-root</volumeId><deleteOnTermination>true</deleteOnTermination></ebs></item>
              </blockDeviceMapping>
              <tagSet><item><key>wakebox:attempt</key><value>2</value></item></tagSet>
            </item></instancesSet></item>""";

    private final AwsStandIn aws = new AwsStandIn();
    private final Ec2Client client = Ec2Client.builder()
            .endpointOverride(aws.endpoint())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    private final Ec2RunResources resources = new Ec2RunResources(client);

    @AfterEach
    void close() {
        client.close();
        aws.close();
    }

    @Test
    void launch_whenAccepted_sendsAllOfTheRequestAndReturnsTheInstance() {
        aws.answers(
                200,
                XML + "<RunInstancesResponse" + NAMESPACE + "><reservationId>r-1</reservationId><instancesSet>"
                        + "<item><instanceId>i-1</instanceId><instanceType>t4g.small</instanceType><instanceLifecycle>spot</instanceLifecycle>"
                        + "<placement><availabilityZone>eu-west-1a</availabilityZone></placement></item></instancesSet></RunInstancesResponse>");

        assertThat(resources.launch(JsonObject.of("ImageId", "ami-1")
                        .with("ClientToken", "token")
                        .with("MinCount", 1)
                        .with("MaxCount", 1)
                        .with("IamInstanceProfile", Map.of("Name", "p"))
                        .with("SecurityGroupIds", List.of("sg-1", "sg-2"))
                        .with(
                                "BlockDeviceMappings",
                                List.of(Map.of("DeviceName", "/dev/xvda", "Ebs", Map.of("VolumeSize", 64))))
                        .with(
                                "TagSpecifications",
                                List.of(Map.of(
                                        "ResourceType",
                                        "instance",
                                        "Tags",
                                        List.of(Map.of("Key", "k", "Value", "v")))))))
                .isEqualTo(new LaunchAnswer.Launched("i-1", new Purchase("t4g.small", true, "eu-west-1a")));
        assertThat(aws.requests())
                .singleElement()
                .asString()
                .contains(
                        "Action=RunInstances",
                        "ImageId=ami-1",
                        "ClientToken=token",
                        "MinCount=1",
                        "MaxCount=1",
                        "IamInstanceProfile.Name=p",
                        "SecurityGroupId.2=sg-2",
                        "BlockDeviceMapping.1.Ebs.VolumeSize=64",
                        "TagSpecification.1.Tag.1.Key=k");
    }

    @ParameterizedTest
    @CsvSource({
        "500, InsufficientInstanceCapacity, ELSEWHERE",
        "500, InsufficientVolumeCapacity, ELSEWHERE",
        "400, VolumeLimitExceeded, QUOTA",
        "400, SpotMaxPriceTooLow, ELSEWHERE",
        "403, UnauthorizedOperation, OURS"
    })
    void launch_whenRefused_tellsWhetherAnotherCandidateMayDo(int status, String code, AwsRefusal why) {
        error(status, code);

        assertThat(resources.launch(JsonObject.of("ClientToken", "t")))
                .isEqualTo(new LaunchAnswer.Refused(code, "No.", why));
    }

    @ParameterizedTest
    @CsvSource({"503, RequestLimitExceeded", "500, InternalError", "502, ''"})
    void launch_whenItMayPass_isUnavailable(int status, String code) {
        error(status, code);

        assertThatThrownBy(() -> resources.launch(JsonObject.of("ClientToken", "t")))
                .satisfies(Ec2RunResourcesTest::isUnavailable);
    }

    @Test
    void describe_whenKnown_readsStateReasonTagsAndRootVolume() {
        aws.answers(200, instances(INSTANCE.formatted("terminated"), ""));

        assertThat(resources.describe("i-1"))
                .contains(new RunInstance(
                        "i-1",
                        InstanceState.TERMINATED,
                        Map.of(RunTags.ATTEMPT, "2"),
                        Optional.of("Server.SpotInstanceTermination"),
                        Optional.of(new RunInstance.RootVolume("vol-root", true))));
    }

    @Test
    void stop_whenTheInstanceNeverStops_terminatesIt() {
        error(400, "UnsupportedOperation");
        aws.answers(200, XML + "<TerminateInstancesResponse" + NAMESPACE + "/>");

        resources.stop("i-1");

        assertThat(aws.requests()).hasSize(2);
        assertThat(aws.requests().getLast()).contains("Action=TerminateInstances", "InstanceId.1=i-1");
    }

    @Test
    void describe_whenUnknown_isEmpty() {
        error(400, "InvalidInstanceID.NotFound");

        assertThat(resources.describe("i-1")).isEmpty();
    }

    @Test
    void console_whenKept_isDecoded() {
        aws.answers(
                200,
                "<GetConsoleOutputResponse><instanceId>i-1</instanceId><output>Ym9vdGVkCg==</output></GetConsoleOutputResponse>");
        assertThat(resources.console("i-1")).contains("booted\n");

        aws.answers(200, "<GetConsoleOutputResponse><instanceId>i-1</instanceId></GetConsoleOutputResponse>");
        assertThat(resources.console("i-1")).isEmpty();

        error(400, "InvalidInstanceID.NotFound");
        assertThat(resources.console("i-1")).isEmpty();
    }

    @Test
    void tagged_whenSeveralPages_readsAllOfThem() {
        aws.answers(200, instances(INSTANCE.formatted("running"), "page2"));
        aws.answers(200, instances(INSTANCE.formatted("stopped"), ""));

        assertThat(resources.tagged(RunTags.EXECUTION, "arn:x"))
                .extracting(RunInstance::state)
                .containsExactly(InstanceState.RUNNING, InstanceState.STOPPED);
        assertThat(aws.requests().getFirst()).contains("Filter.1.Name=tag:wakebox:execution", "Filter.1.Value.1=arn:x");
        assertThat(aws.requests().getLast()).contains("NextToken=page2");
    }

    @Test
    void volumesTagged_always_readsStateAndHolder() {
        aws.answers(
                200,
                XML + "<DescribeVolumesResponse" + NAMESPACE + "><volumeSet><item><volumeId>vol-1</volumeId>"
                        + "<status>in-use</status><volumeType>gp3</volumeType><size>64</size><attachmentSet><item><instanceId>i-1</instanceId></item></attachmentSet>"
                        + "<tagSet><item><key>a</key><value>b</value></item></tagSet></item></volumeSet></DescribeVolumesResponse>");

        assertThat(resources.volumesTagged(RunTags.STACK, "wakebox"))
                .containsExactly(
                        new Volume("vol-1", "in-use", new VolumeSize("gp3", 64), Optional.of("i-1"), Map.of("a", "b")));
    }

    @Test
    void changes_whenAllIsWell_nameTheirResource() {
        for (String action :
                List.of("TerminateInstances", "StopInstances", "CreateTags", "DetachVolume", "DeleteVolume")) {
            aws.answers(200, XML + "<" + action + "Response" + NAMESPACE + "/>");
        }

        resources.terminate("i-1");
        resources.stop("i-2");
        resources.tag("i-3", "k", "v");
        resources.detach("vol-1");
        resources.delete("vol-2");

        assertThat(aws.requests())
                .satisfiesExactly(
                        request -> assertThat(request).contains("Action=TerminateInstances", "InstanceId.1=i-1"),
                        request -> assertThat(request).contains("Action=StopInstances", "InstanceId.1=i-2"),
                        request -> assertThat(request)
                                .contains("Action=CreateTags", "ResourceId.1=i-3", "Tag.1.Key=k", "Tag.1.Value=v"),
                        request -> assertThat(request).contains("Action=DetachVolume", "VolumeId=vol-1"),
                        request -> assertThat(request).contains("Action=DeleteVolume", "VolumeId=vol-2"));
    }

    @ParameterizedTest
    @CsvSource({"InvalidInstanceID.NotFound", "InvalidVolume.NotFound"})
    void changes_whenTheResourceIsGone_doNothing(String code) {
        error(400, code);
        error(400, code);

        assertThatCode(() -> {
                    resources.terminate("i-1");
                    resources.delete("vol-1");
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"IncorrectInstanceState", "IncorrectState", "VolumeInUse", "RequestLimitExceeded"})
    void changes_whenItMayPass_areUnavailable(String code) {
        error(400, code);

        assertThatThrownBy(() -> resources.stop("i-1"))
                .satisfies(Ec2RunResourcesTest::isUnavailable)
                .hasMessage("Cannot stop the instance i-1: " + code + ".");
    }

    private static void isUnavailable(Throwable thrown) {
        assertThat(thrown).isInstanceOfSatisfying(WakeboxException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.UNAVAILABLE));
    }

    private void error(int status, String code) {
        aws.answers(
                status,
                code.isEmpty()
                        ? "<html>Bad Gateway</html>"
                        : XML + "<Response><Errors><Error><Code>" + code
                                + "</Code><Message>No.</Message></Error></Errors><RequestID>x</RequestID></Response>");
    }

    private static String instances(String reservations, String next) {
        return XML + "<DescribeInstancesResponse" + NAMESPACE + "><reservationSet>" + reservations
                + "</reservationSet>" + (next.isEmpty() ? "" : "<nextToken>" + next + "</nextToken>")
                + "</DescribeInstancesResponse>";
    }
}
