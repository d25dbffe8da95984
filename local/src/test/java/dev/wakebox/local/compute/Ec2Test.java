package dev.wakebox.local.compute;

import static dev.wakebox.local.compute.TestMachine.box;
import static dev.wakebox.local.compute.TestMachine.faulty;
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
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

class Ec2Test {
    @TempDir
    private Path root;

    private TestMachine machine;

    @BeforeEach
    void start() {
        machine = new TestMachine(root);
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void runInstances_whenAsked_bootsTheImageInTheInstancesDirectory() throws IOException {
        machine.image("greeter", "#!/bin/sh\necho \"$GREETING from $WAKEBOX_INSTANCE_ID, $(cat user-data), $(pwd)\"\n");
        String id = machine.launch(box().imageId("ami-greeter")
                .userData(Base64.getEncoder().encodeToString("the job".getBytes(StandardCharsets.UTF_8))));

        machine.awaitState(id, "running");

        Path directory = machine.directory.resolve(id);
        String expected = "hello from " + id + ", the job, " + directory.toRealPath() + "\n";
        TestMachine.until("booted", () -> console(id).equals(expected));
        assertThat(directory.resolve("home")).isDirectory();
        assertThat(machine.state(id)).as("the service has exited, the box runs").isEqualTo("running");
        assertThat(machine.changesOf(id)).containsExactly("pending", "running");
    }

    @Test
    void runInstances_whenFullyDescribed_keepsWhatWasAsked() {
        String id = machine.launch(box().keyName("my-key")
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

        Instance instance = machine.instance(id);

        assertThat(instance.keyName()).isEqualTo("my-key");
        assertThat(instance.imageId()).isEqualTo("ami-linux");
        assertThat(instance.instanceTypeAsString()).isEqualTo("t4g.large");
        assertThat(instance.clientToken()).isEqualTo("token");
        assertThat(instance.securityGroups().getFirst().groupId()).isEqualTo("sg-0123456789abcdef0");
        assertThat(instance.iamInstanceProfile().arn()).isEqualTo("arn:aws:iam::000000000000:instance-profile/box");
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
        assertThat(machine.ec2
                        .describeVolumes(request -> request.filters(filter("attachment.instance-id", id)))
                        .volumes())
                .extracting(volume -> volume.size() + " " + volume.iops())
                .containsExactlyInAnyOrder("64 null", "100 4000");
    }

    @Test
    void runInstances_whenTokenIsRepeated_launchesOnce() {
        RunInstancesRequest request =
                box().clientToken("execution-1").maxCount(2).build();

        List<String> first = ids(machine.ec2.runInstances(request).instances());
        List<String> second = ids(machine.ec2.runInstances(request).instances());

        assertThat(second).isEqualTo(first).hasSize(2);
        assertThat(ids(all())).hasSize(2);
        refused(
                "IdempotentParameterMismatch",
                () -> machine.ec2.runInstances(
                        request.toBuilder().instanceType("t4g.small").build()));
    }

    @Test
    void runInstances_whenTokenBelongsToTheTerminated_isRefused() {
        String id = machine.launch(box().clientToken("again"));
        machine.ec2.terminateInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "terminated");

        refused("IdempotentInstanceTerminated", () -> machine.launch(box().clientToken("again")));
    }

    @Test
    void runInstances_whenSomethingIsWrong_answersEc2sErrors() {
        refused("InvalidAMIID.NotFound", () -> machine.launch(box().imageId("ami-nowhere")));
        refused("InvalidAMIID.Malformed", () -> machine.launch(box().imageId("linux")));
        refused("InvalidAMIID.Malformed", () -> machine.launch(box().imageId("ami-../linux")));
        refused("InvalidSubnetID.NotFound", () -> machine.launch(box().subnetId("here")));
        refused("InvalidParameterValue", () -> machine.launch(box().minCount(2)));
        refused("InvalidParameterValue", () -> machine.launch(box().instanceType("large")));
        refused("InvalidParameterValue", () -> machine.launch(box().iamInstanceProfile(profile -> profile.name(""))));
        refused("InvalidParameterValue", () -> machine.launch(box().userData("%%%not base64%%%A")));
        refused(
                "MissingParameter",
                () -> machine.ec2.runInstances(
                        request -> request.imageId("ami-linux").maxCount(1)));
        refused("DryRunOperation", () -> machine.launch(box().dryRun(true)));
        assertThat(all()).isEmpty();
    }

    @Test
    void runInstances_whenImageIdIsOneOfAws_runsTheBareBox() {
        String id = machine.launch(box().imageId("ami-0123456789abcdef0").subnetId("subnet-0123456789abcdef0"));

        machine.awaitState(id, "running");

        assertThat(machine.instance(id).imageId()).isEqualTo("ami-0123456789abcdef0");
        TestMachine.until("booted", () -> console(id).contains(id + " is up"));
    }

    @Test
    void userData_whenItIsAScript_runsOnceOnTheBareBox() {
        String script = "#!/bin/sh\necho first boot\n";
        String id = machine.launch(
                box().userData(Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8))));
        TestMachine.until("booted", () -> console(id).contains("first boot"));

        machine.ec2.rebootInstances(request -> request.instanceIds(id));

        TestMachine.until("booted again", () -> console(id).split("is up", -1).length == 3);
        assertThat(console(id).split("first boot", -1)).hasSize(2);
    }

    @Test
    void describeInstances_whenFiltered_answersWhatMatchesAll() {
        String red = machine.launch(box().tagSpecifications(tags(ResourceType.INSTANCE, "colour", "red")));
        String blue = machine.launch(
                box().instanceType("m7g.large").tagSpecifications(tags(ResourceType.INSTANCE, "colour", "blue")));
        String plain = machine.launch(box().imageId("ami-0123456789abcdef0"));
        List.of(red, blue, plain).forEach(id -> machine.awaitState(id, "running"));
        machine.ec2.stopInstances(request -> request.instanceIds(plain));
        machine.awaitState(plain, "stopped");

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
        machine.launch(box().minCount(12).maxCount(12));
        Set<String> seen = new HashSet<>();
        int pages = 0;

        for (DescribeInstancesResponse page :
                machine.ec2.describeInstancesPaginator(request -> request.maxResults(5))) {
            pages++;
            page.reservations().forEach(reservation -> reservation.instances().forEach(instance -> assertThat(
                            seen.add(instance.instanceId()))
                    .isTrue()));
        }

        assertThat(seen).hasSize(12);
        assertThat(pages).isEqualTo(3);
        refused("InvalidParameterValue", () -> machine.ec2.describeInstances(request -> request.maxResults(2)));
    }

    @Test
    void instanceIds_whenUnknownOrMalformed_areRefused() {
        String id = machine.launch();

        refused("InvalidInstanceID.NotFound", () -> machine.state("i-0123456789abcdef0"));
        refused("InvalidInstanceID.Malformed", () -> machine.state("nonsense"));
        refused(
                "InvalidInstanceID.NotFound",
                () -> machine.ec2.terminateInstances(request -> request.instanceIds(id, "i-0123456789abcdef0")));
        assertThat(machine.state(id)).as("all or nothing").isNotEqualTo("shutting-down");
    }

    @Test
    void stopInstances_whenPending_isRefused() {
        String id = machine.launch(faulty("stuck-pending"));

        refused("IncorrectInstanceState", () -> machine.ec2.stopInstances(request -> request.instanceIds(id)));
    }

    @Test
    void life_whenStoppedStartedAndTerminated_passesEveryState() {
        machine.close();
        machine = new TestMachine(root, TestMachine.SLOW_STOP);
        String id = machine.launch();
        machine.awaitState(id, "running");

        var stopping = machine.ec2
                .stopInstances(request -> request.instanceIds(id))
                .stoppingInstances()
                .getFirst();
        assertThat(stopping.previousState().nameAsString()).isEqualTo("running");
        assertThat(stopping.currentState().nameAsString()).isEqualTo("stopping");
        assertThat(stopping.currentState().code()).isEqualTo(64);
        refused("IncorrectInstanceState", () -> machine.ec2.startInstances(request -> request.instanceIds(id)));
        refused("IncorrectInstanceState", () -> machine.ec2.rebootInstances(request -> request.instanceIds(id)));
        machine.awaitState(id, "stopped");
        assertThat(machine.instance(id).stateReason().code()).isEqualTo("Client.UserInitiatedShutdown");
        assertThat(machine.instance(id).stateTransitionReason())
                .matches("User initiated \\(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d GMT\\)");

        machine.ec2.startInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "running");
        assertThat(machine.instance(id).stateReason()).isNull();

        machine.ec2.terminateInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "terminated");
        refused("IncorrectInstanceState", () -> machine.ec2.stopInstances(request -> request.instanceIds(id)));
        refused("IncorrectInstanceState", () -> machine.ec2.startInstances(request -> request.instanceIds(id)));
        assertThat(machine.ec2
                        .terminateInstances(request -> request.instanceIds(id))
                        .terminatingInstances()
                        .getFirst()
                        .currentState()
                        .nameAsString())
                .isEqualTo("terminated");

        TestMachine.until("all was told", () -> machine.changesOf(id).contains("terminated"));
        assertThat(machine.changesOf(id))
                .containsExactly(
                        "pending",
                        "running",
                        "stopping",
                        "stopped",
                        "pending",
                        "running",
                        "shutting-down",
                        "terminated");
        TestMachine.until(
                "the disk is gone",
                () -> !Files.exists(machine.directory.resolve(id).resolve("home")));
        assertThat(machine.directory.resolve(id).resolve("console.log")).exists();
    }

    @Test
    void describeInstanceStatus_whenNotAskedForAll_answersTheRunning() {
        String running = machine.launch();
        machine.awaitState(running, "running");
        String pending = machine.launch(faulty("stuck-pending"));

        assertThat(machine.ec2.describeInstanceStatus().instanceStatuses())
                .extracting(status ->
                        status.instanceId() + " " + status.instanceStatus().statusAsString())
                .containsExactly(running + " ok");
        assertThat(machine.ec2
                        .describeInstanceStatus(request -> request.includeAllInstances(true))
                        .instanceStatuses())
                .extracting(status -> status.instanceId())
                .containsExactlyInAnyOrder(running, pending);
    }

    @Test
    void shutdown_whenTheBoxAsksForIt_endsAsTheLaunchSaid() {
        machine.image("brief", "#!/bin/sh\nsudo shutdown -h now\n");

        String stops = machine.launch(box().imageId("ami-brief"));
        String terminates = machine.launch(
                box().imageId("ami-brief").instanceInitiatedShutdownBehavior(ShutdownBehavior.TERMINATE));

        machine.awaitState(stops, "stopped");
        machine.awaitState(terminates, "terminated");
        assertThat(machine.instance(stops).stateReason().code()).isEqualTo("Client.InstanceInitiatedShutdown");
    }

    @Test
    void spot_whenOneTime_canBeTerminatedButNotStopped() {
        String id = machine.launch(box().instanceMarketOptions(market -> market.marketType(MarketType.SPOT)
                .spotOptions(spot -> spot.maxPrice("0.10").spotInstanceType(SpotInstanceType.ONE_TIME))));
        machine.awaitState(id, "running");

        refused("UnsupportedOperation", () -> machine.ec2.stopInstances(request -> request.instanceIds(id)));
        var request = machine.ec2
                .describeSpotInstanceRequests(all -> all.filters(filter("instance-id", id)))
                .spotInstanceRequests()
                .getFirst();
        assertThat(request.stateAsString()).isEqualTo("active");
        assertThat(request.spotPrice()).isEqualTo("0.10");
        assertThat(machine.instance(id).instanceLifecycleAsString()).isEqualTo("spot");
        assertThat(machine.instance(id).spotInstanceRequestId()).isEqualTo(request.spotInstanceRequestId());
    }

    @Test
    void tags_whenCreatedAndDeleted_areThere() {
        String id = machine.launch();

        machine.ec2.createTags(request -> request.resources(id).tags(tag("a", "1"), tag("b", "2")));
        machine.ec2.createTags(request -> request.resources(id).tags(tag("a", "3")));
        machine.ec2.deleteTags(request -> request.resources(id).tags(tag("b", "other")));
        assertThat(machine.ec2
                        .describeTags(request -> request.filters(filter("resource-id", id)))
                        .tags())
                .extracting(tag -> tag.key() + "=" + tag.value() + " " + tag.resourceTypeAsString())
                .containsExactly("a=3 instance", "b=2 instance");

        machine.ec2.deleteTags(
                request -> request.resources(id).tags(Tag.builder().key("b").build()));
        assertThat(machine.instance(id).tags()).containsExactly(tag("a", "3"));
        refused(
                "InvalidInstanceID.NotFound",
                () -> machine.ec2.createTags(
                        request -> request.resources("i-0123456789abcdef0").tags(tag("a", "1"))));
    }

    @Test
    void volumes_whenTheInstanceEnds_stayOrGoAsTheLaunchSaid() {
        String id = machine.launch(box().tagSpecifications(tags(ResourceType.VOLUME, "job", "7"))
                .blockDeviceMappings(disk("/dev/sdb", ebs -> ebs.volumeSize(1).deleteOnTermination(false))));
        machine.awaitState(id, "running");
        String root = volume("/dev/xvda");
        String data = volume("/dev/sdb");

        refused("OperationNotPermitted", () -> machine.ec2.detachVolume(request -> request.volumeId(root)));
        refused("VolumeInUse", () -> machine.ec2.deleteVolume(request -> request.volumeId(data)));
        machine.ec2.terminateInstances(request -> request.instanceIds(id));
        machine.awaitState(id, "terminated");

        var left = machine.ec2
                .describeVolumes(request -> request.filters(filter("tag:job", "7")))
                .volumes();
        assertThat(left)
                .extracting(volume -> volume.volumeId() + " " + volume.stateAsString())
                .containsExactly(data + " available");
        machine.ec2.deleteVolume(request -> request.volumeId(data));
        refused("InvalidVolume.NotFound", () -> machine.ec2.describeVolumes(request -> request.volumeIds(data)));
    }

    @Test
    void detachVolume_whenStopped_detachesTheRoot() {
        String id = machine.launch();
        machine.awaitState(id, "running");
        String root = volume("/dev/xvda");
        machine.ec2.stopInstances(request -> request.instanceIds(id).force(true));
        machine.awaitState(id, "stopped");

        assertThat(machine.ec2
                        .detachVolume(request -> request.volumeId(root).instanceId(id))
                        .stateAsString())
                .isEqualTo("detaching");

        assertThat(machine.instance(id).blockDeviceMappings()).isEmpty();
    }

    @Test
    void getConsoleOutput_whenBooted_answersIt() {
        String id = machine.launch();
        TestMachine.until("booted", () -> console(id).contains("is up"));

        var output = machine.ec2.getConsoleOutput(request -> request.instanceId(id));

        assertThat(new String(Base64.getDecoder().decode(output.output()), StandardCharsets.UTF_8))
                .isEqualTo(id + " is up\n");
    }

    @Test
    void describeImagesAndSubnets_whenAsked_answerOurs() {
        machine.image("trainer", "#!/bin/sh\n");

        assertThat(machine.ec2.describeImages().images())
                .extracting(image -> image.imageId())
                .containsExactly("ami-linux", "ami-trainer");
        refused("InvalidAMIID.NotFound", () -> machine.ec2.describeImages(request -> request.imageIds("ami-x")));
        assertThat(machine.ec2.describeSubnets().subnets())
                .extracting(subnet -> subnet.availabilityZone())
                .containsExactly("us-east-1a", "us-east-1b", "us-east-1c");
        assertThat(machine.ec2
                        .describeSubnets(request -> request.filters(filter("availability-zone", "us-east-1b")))
                        .subnets())
                .extracting(subnet -> subnet.subnetId())
                .containsExactly("subnet-0000000000000000b");
    }

    @Test
    void unknownAction_whenAsked_isRefusedWithARequestId() {
        assertThatThrownBy(() -> machine.ec2.describeVpcs()).isInstanceOfSatisfying(Ec2Exception.class, e -> {
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidAction");
            assertThat(e.requestId()).matches("[0-9a-f-]{36}");
        });
        refused("DryRunOperation", () -> machine.ec2.describeInstances(request -> request.dryRun(true)));
    }

    private String console(String id) {
        try {
            return Files.readString(machine.directory.resolve(id).resolve("console.log"));
        } catch (IOException e) {
            return "";
        }
    }

    private String volume(String device) {
        return machine.ec2
                .describeVolumes(request -> request.filters(filter("attachment.device", device)))
                .volumes()
                .getFirst()
                .volumeId();
    }

    private List<Instance> all() {
        return machine.ec2.describeInstances().reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList();
    }

    private List<String> found(Filter... filters) {
        return ids(machine.ec2.describeInstances(request -> request.filters(filters)).reservations().stream()
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
