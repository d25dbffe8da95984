package dev.wakebox.local.ec2;

import static dev.wakebox.local.ec2.TestEmulator.faulty;
import static dev.wakebox.local.ec2.TestEmulator.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

class Ec2Test {
    @TempDir
    private Path root;

    private TestEmulator emulator;

    @BeforeEach
    void start() {
        emulator = new TestEmulator(root);
    }

    @AfterEach
    void end() {
        emulator.close();
    }

    @Test
    void runInstances_whenAsked_bootsTheImageInTheInstancesDirectory() throws IOException {
        emulator.image(
                "greeter", "#!/bin/sh\necho \"$GREETING from $WAKEBOX_INSTANCE_ID, $(cat user-data), $(pwd)\"\n");
        String id = emulator.launch(request()
                .imageId("ami-greeter")
                .userData(Base64.getEncoder().encodeToString("the job".getBytes(StandardCharsets.UTF_8))));

        emulator.awaitState(id, "running");

        Path directory = emulator.directory.resolve(id);
        String expected = "hello from " + id + ", the job, " + directory.toRealPath() + "\n";
        TestEmulator.until("booted", () -> console(id).equals(expected));
        assertThat(directory.resolve("home")).isDirectory();
        assertThat(emulator.state(id))
                .as("the service has exited, the instance runs")
                .isEqualTo("running");
        assertThat(emulator.changesOf(id)).containsExactly("pending", "running");
    }

    @Test
    void runInstances_whenFullyDescribed_keepsWhatWasAsked() {
        String id = emulator.launch(request()
                .keyName("my-key")
                .securityGroupIds("sg-0123456789abcdef0")
                .placement(placement -> placement.availabilityZone("us-east-1c"))
                .metadataOptions(options -> options.httpTokens("required").httpPutResponseHopLimit(3))
                .blockDeviceMappings(
                        disk("/dev/xvda", ebs -> ebs.volumeSize(64)), disk("/dev/sdb", ebs -> ebs.volumeSize(100)
                                .volumeType("gp3")
                                .iops(4000)
                                .deleteOnTermination(true)))
                .tagSpecifications(tags(ResourceType.INSTANCE, "Name", "a <b> & \"c\" ü"))
                .clientToken("token"));

        Instance instance = emulator.instance(id);

        assertThat(instance.keyName()).isEqualTo("my-key");
        assertThat(instance.imageId()).isEqualTo("ami-linux");
        assertThat(instance.instanceTypeAsString()).isEqualTo("t4g.large");
        assertThat(instance.clientToken()).isEqualTo("token");
        assertThat(instance.securityGroups().getFirst().groupId()).isEqualTo("sg-0123456789abcdef0");
        assertThat(instance.iamInstanceProfile().arn())
                .isEqualTo("arn:aws:iam::000000000000:instance-profile/instance");
        assertThat(instance.placement().availabilityZone()).isEqualTo("us-east-1c");
        assertThat(instance.subnetId()).isEqualTo("subnet-0000000000000000c");
        assertThat(instance.privateIpAddress()).startsWith("127.");
        assertThat(instance.metadataOptions().httpPutResponseHopLimit()).isEqualTo(3);
        assertThat(instance.tags()).containsExactly(tag("Name", "a <b> & \"c\" ü"));
        assertThat(instance.launchTime()).isEqualTo(instance.launchTime().truncatedTo(ChronoUnit.SECONDS));
        assertThat(instance.blockDeviceMappings())
                .extracting(
                        mapping -> mapping.deviceName() + " " + mapping.ebs().deleteOnTermination())
                .containsExactlyInAnyOrder("/dev/xvda true", "/dev/sdb true");
        assertThat(emulator.ec2
                        .describeVolumes(request -> request.filters(
                                filter("attachment.instance-id", id), filter("attachment.device", "/dev/*")))
                        .volumes())
                .extracting(volume -> volume.size() + " " + volume.iops())
                .containsExactlyInAnyOrder("64 null", "100 4000");
    }

    @Test
    void runInstances_whenTokenIsRepeated_launchesOnce() {
        RunInstancesRequest request =
                request().clientToken("execution-1").maxCount(2).build();

        List<String> first = ids(emulator.ec2.runInstances(request).instances());
        List<String> second = ids(emulator.ec2.runInstances(request).instances());

        assertThat(second).isEqualTo(first).hasSize(2);
        assertThat(ids(all())).hasSize(2);
        refused(
                "IdempotentParameterMismatch",
                () -> emulator.ec2.runInstances(
                        request.toBuilder().instanceType("t4g.small").build()));
    }

    @Test
    void runInstances_whenTokenBelongsToTheTerminated_isRefused() {
        String id = emulator.launch(request().clientToken("again"));
        emulator.ec2.terminateInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "terminated");

        refused("IdempotentInstanceTerminated", () -> emulator.launch(request().clientToken("again")));
    }

    @Test
    void runInstances_whenSomethingIsWrong_answersEc2sErrors() {
        refused("InvalidAMIID.NotFound", () -> emulator.launch(request().imageId("ami-nowhere")));
        refused("InvalidAMIID.Malformed", () -> emulator.launch(request().imageId("linux")));
        refused("InvalidAMIID.Malformed", () -> emulator.launch(request().imageId("ami-../linux")));
        refused("InvalidSubnetID.NotFound", () -> emulator.launch(request().subnetId("here")));
        refused("InvalidParameterValue", () -> emulator.launch(request().minCount(2)));
        refused("InvalidParameterValue", () -> emulator.launch(request().instanceType("large")));
        refused(
                "InvalidParameterValue",
                () -> emulator.launch(request().iamInstanceProfile(profile -> profile.name(""))));
        refused("InvalidParameterValue", () -> emulator.launch(request().userData("%%%not base64%%%A")));
        refused(
                "MissingParameter",
                () -> emulator.ec2.runInstances(
                        request -> request.imageId("ami-linux").maxCount(1)));
        refused("DryRunOperation", () -> emulator.launch(request().dryRun(true)));
        assertThat(all()).isEmpty();
    }

    @Test
    void runInstances_whenImageIdIsOneOfAws_runsTheBareInstance() {
        String id = emulator.launch(request().imageId("ami-0123456789abcdef0").subnetId("subnet-0123456789abcdef0"));

        emulator.awaitState(id, "running");

        assertThat(emulator.instance(id).imageId()).isEqualTo("ami-0123456789abcdef0");
        TestEmulator.until("booted", () -> console(id).contains(id + " is up"));
    }

    @Test
    void userData_whenItIsAScript_runsOnceOnTheBareInstance() {
        String script = "#!/bin/sh\necho first boot\n";
        String id = emulator.launch(
                request().userData(Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8))));
        TestEmulator.until("booted", () -> console(id).contains("first boot"));
        emulator.awaitOnline(id);

        emulator.send(id, "reboot");

        TestEmulator.until("booted again", () -> console(id).split("is up", -1).length == 3);
        assertThat(console(id).split("first boot", -1)).hasSize(2);
    }

    @Test
    void describeInstances_whenFiltered_answersWhatMatchesAll() {
        String red = emulator.launch(request().tagSpecifications(tags(ResourceType.INSTANCE, "colour", "red")));
        String blue = emulator.launch(
                request().instanceType("m7g.large").tagSpecifications(tags(ResourceType.INSTANCE, "colour", "blue")));
        String plain = emulator.launch(request().imageId("ami-0123456789abcdef0"));
        List.of(red, blue, plain).forEach(id -> emulator.awaitState(id, "running"));
        emulator.ec2.stopInstances(request -> request.instanceIds(plain));
        emulator.awaitState(plain, "stopped");

        assertThat(found(filter("tag:colour", "red", "green"))).containsExactly(red);
        assertThat(found(filter("tag:colour", "?e*"))).containsExactly(red);
        assertThat(found(filter("tag:colour", "re"))).isEmpty();
        assertThat(found(filter("tag-key", "col*"))).containsExactlyInAnyOrder(red, blue);
        assertThat(found(filter("instance-state-name", "stopped"))).containsExactly(plain);
        assertThat(found(filter("instance-state-name", "pending", "running"), filter("instance-type", "m7g.*")))
                .containsExactly(blue);
        assertThat(found(filter("image-id", "ami-0*"))).containsExactly(plain);
        assertThat(found(filter("instance-id", red))).containsExactly(red);
        refused("InvalidParameterValue", () -> found(filter("colour", "red")));
    }

    @Test
    void describeInstances_whenPaged_showsEachOnce() {
        emulator.launch(request().minCount(12).maxCount(12));
        Set<String> seen = new HashSet<>();
        int pages = 0;

        for (DescribeInstancesResponse page :
                emulator.ec2.describeInstancesPaginator(request -> request.maxResults(5))) {
            pages++;
            page.reservations().forEach(reservation -> reservation.instances().forEach(instance -> assertThat(
                            seen.add(instance.instanceId()))
                    .isTrue()));
        }

        assertThat(seen).hasSize(12);
        assertThat(pages).isEqualTo(3);
        refused("InvalidParameterValue", () -> emulator.ec2.describeInstances(request -> request.maxResults(2)));
    }

    @Test
    void instanceIds_whenUnknownOrMalformed_areRefused() {
        String id = emulator.launch();

        refused("InvalidInstanceID.NotFound", () -> emulator.state("i-0123456789abcdef0"));
        refused("InvalidInstanceID.Malformed", () -> emulator.state("nonsense"));
        refused(
                "InvalidInstanceID.NotFound",
                () -> emulator.ec2.terminateInstances(request -> request.instanceIds(id, "i-0123456789abcdef0")));
        assertThat(emulator.state(id)).as("all or nothing").isNotEqualTo("shutting-down");
    }

    @Test
    void stopInstances_whenPending_isRefused() {
        String id = emulator.launch(faulty("stuck-pending"));

        refused("IncorrectInstanceState", () -> emulator.ec2.stopInstances(request -> request.instanceIds(id)));
    }

    @Test
    void life_whenStoppedStartedAndTerminated_passesEveryState() {
        emulator.close();
        emulator = new TestEmulator(root, TestEmulator.SLOW_STOP);
        String id = emulator.launch();
        emulator.awaitState(id, "running");

        var stopping = emulator.ec2
                .stopInstances(request -> request.instanceIds(id))
                .stoppingInstances()
                .getFirst();
        assertThat(stopping.previousState().nameAsString()).isEqualTo("running");
        assertThat(stopping.currentState().nameAsString()).isEqualTo("stopping");
        assertThat(stopping.currentState().code()).isEqualTo(64);
        refused("IncorrectInstanceState", () -> emulator.ec2.startInstances(request -> request.instanceIds(id)));
        emulator.awaitState(id, "stopped");
        assertThat(emulator.instance(id).stateReason().code()).isEqualTo("Client.UserInitiatedShutdown");
        assertThat(emulator.instance(id).stateTransitionReason())
                .matches("User initiated \\(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d GMT\\)");

        emulator.ec2.startInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "running");
        assertThat(emulator.instance(id).stateReason()).isNull();

        emulator.ec2.terminateInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "terminated");
        refused("IncorrectInstanceState", () -> emulator.ec2.stopInstances(request -> request.instanceIds(id)));
        refused("IncorrectInstanceState", () -> emulator.ec2.startInstances(request -> request.instanceIds(id)));
        assertThat(emulator.ec2
                        .terminateInstances(request -> request.instanceIds(id))
                        .terminatingInstances()
                        .getFirst()
                        .currentState()
                        .nameAsString())
                .isEqualTo("terminated");

        TestEmulator.until(
                "all changes were reported", () -> emulator.changesOf(id).contains("terminated"));
        assertThat(emulator.changesOf(id))
                .containsExactly(
                        "pending",
                        "running",
                        "stopping",
                        "stopped",
                        "pending",
                        "running",
                        "shutting-down",
                        "terminated");
        TestEmulator.until(
                "the disk is gone",
                () -> !Files.exists(emulator.directory.resolve(id).resolve("home")));
        assertThat(emulator.directory.resolve(id).resolve("console.log")).exists();
    }

    @Test
    void spot_whenOneTime_canBeTerminatedButNotStopped() {
        String id = emulator.launch(request().instanceMarketOptions(market -> market.marketType(MarketType.SPOT)
                .spotOptions(spot -> spot.maxPrice("0.10").spotInstanceType(SpotInstanceType.ONE_TIME))));
        emulator.awaitState(id, "running");

        refused("UnsupportedOperation", () -> emulator.ec2.stopInstances(request -> request.instanceIds(id)));
        assertThat(emulator.instance(id).instanceLifecycleAsString()).isEqualTo("spot");
        assertThat(emulator.instance(id).spotInstanceRequestId()).startsWith("sir-");
    }

    @Test
    void tags_whenCreated_areThere() {
        String id = emulator.launch();

        emulator.ec2.createTags(request -> request.resources(id).tags(tag("a", "1"), tag("b", "2")));
        emulator.ec2.createTags(request -> request.resources(id).tags(tag("a", "3")));
        assertThat(emulator.instance(id).tags()).containsExactly(tag("a", "3"), tag("b", "2"));
        refused(
                "InvalidInstanceID.NotFound",
                () -> emulator.ec2.createTags(
                        request -> request.resources("i-0123456789abcdef0").tags(tag("a", "1"))));
    }

    @Test
    void volumes_whenTheInstanceEnds_stayOrGoAsTheLaunchSaid() {
        String id = emulator.launch(request()
                .tagSpecifications(tags(ResourceType.VOLUME, "job", "7"))
                .blockDeviceMappings(disk("/dev/sdb", ebs -> ebs.volumeSize(1).deleteOnTermination(false))));
        emulator.awaitState(id, "running");
        String root = volume("/dev/xvda");
        String data = volume("/dev/sdb");

        refused("OperationNotPermitted", () -> emulator.ec2.detachVolume(request -> request.volumeId(root)));
        refused("VolumeInUse", () -> emulator.ec2.deleteVolume(request -> request.volumeId(data)));
        emulator.ec2.terminateInstances(request -> request.instanceIds(id));
        emulator.awaitState(id, "terminated");

        var left = emulator.ec2
                .describeVolumes(request -> request.filters(filter("tag:job", "7")))
                .volumes();
        assertThat(left)
                .extracting(volume -> volume.volumeId() + " " + volume.stateAsString())
                .containsExactly(data + " available");
        emulator.ec2.deleteVolume(request -> request.volumeId(data));
        refused("InvalidVolume.NotFound", () -> emulator.ec2.describeVolumes(request -> request.volumeIds(data)));
    }

    @Test
    void detachVolume_whenStopped_detachesTheRoot() {
        String id = emulator.launch();
        emulator.awaitState(id, "running");
        String root = volume("/dev/xvda");
        emulator.ec2.stopInstances(request -> request.instanceIds(id).force(true));
        emulator.awaitState(id, "stopped");

        assertThat(emulator.ec2
                        .detachVolume(request -> request.volumeId(root).instanceId(id))
                        .stateAsString())
                .isEqualTo("detaching");

        assertThat(emulator.instance(id).blockDeviceMappings()).isEmpty();
    }

    @Test
    void getConsoleOutput_whenBooted_answersIt() {
        String id = emulator.launch();
        TestEmulator.until("booted", () -> console(id).contains("is up"));

        var output = emulator.ec2.getConsoleOutput(request -> request.instanceId(id));

        assertThat(new String(Base64.getDecoder().decode(output.output()), StandardCharsets.UTF_8))
                .isEqualTo(id + " is up\n");
    }

    @Test
    void unknownAction_whenAsked_isRefusedWithARequestId() {
        assertThatThrownBy(() -> emulator.ec2.describeVpcs()).isInstanceOfSatisfying(Ec2Exception.class, e -> {
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidAction");
            assertThat(e.requestId()).matches("[0-9a-f-]{36}");
        });
        refused("DryRunOperation", () -> emulator.ec2.describeInstances(request -> request.dryRun(true)));
    }

    private String console(String id) {
        try {
            return Files.readString(emulator.directory.resolve(id).resolve("console.log"));
        } catch (IOException e) {
            return "";
        }
    }

    private String volume(String device) {
        return emulator.ec2
                .describeVolumes(request -> request.filters(filter("attachment.device", device)))
                .volumes()
                .getFirst()
                .volumeId();
    }

    private List<Instance> all() {
        return emulator.ec2.describeInstances().reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList();
    }

    private List<String> found(Filter... filters) {
        return ids(emulator.ec2.describeInstances(request -> request.filters(filters)).reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList());
    }

    private static List<String> ids(List<Instance> instances) {
        return instances.stream().map(Instance::instanceId).toList();
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    private static BlockDeviceMapping disk(String device, Consumer<EbsBlockDevice.Builder> ebs) {
        return BlockDeviceMapping.builder().deviceName(device).ebs(ebs).build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static TagSpecification tags(ResourceType type, String key, String value) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(tag(key, value))
                .build();
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Ec2Exception.class, e -> assertThat(
                        e.awsErrorDetails().errorCode())
                .isEqualTo(code));
    }
}
