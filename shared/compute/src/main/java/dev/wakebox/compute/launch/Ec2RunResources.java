package dev.wakebox.compute.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.Purchase;
import dev.wakebox.compute.execution.VolumeSize;
import dev.wakebox.compute.launch.LaunchAnswer.Launched;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/** The instances and volumes of EC2. Thread-safe. */
public final class Ec2RunResources implements RunResources {
    private static final int LONGEST_MESSAGE = 400;
    private static final Set<String> UNKNOWN = Set.of(
            "InvalidInstanceID.NotFound",
            "InvalidInstanceID.Malformed",
            "InvalidVolume.NotFound",
            "InvalidVolumeID.Malformed",
            "InvalidID");

    /** Errors of an instance or a volume that is in transition to another state. */
    private static final Set<String> PASSING = Set.of("IncorrectInstanceState", "IncorrectState", "VolumeInUse");

    /** The error for instances that can't be stopped: one-time spot instances and those with an instance-store root. */
    private static final String NEVER_STOPS = "UnsupportedOperation";

    private final Ec2Client ec2;

    public Ec2RunResources(Ec2Client ec2) {
        this.ec2 = requireNonNull(ec2, "ec2 is null");
    }

    /** EC2 with the region, credentials and endpoint of the environment. */
    public static Ec2RunResources create() {
        return new Ec2RunResources(
                Ec2Client.builder().httpClient(AwsHttp.client()).build());
    }

    @Override
    public LaunchAnswer launch(JsonObject request) {
        var runInstances = RunInstancesJson.request(request);
        try {
            Instance launched = ec2.runInstances(runInstances).instances().getFirst();
            return new Launched(launched.instanceId(), purchase(launched));
        } catch (AwsServiceException e) {
            String code = AwsErrors.code(e);
            AwsRefusal why = AwsRefusal.ofEc2(code, message(e), AwsErrors.mayPass(e));
            if (why == AwsRefusal.LATER) {
                throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot launch an instance: " + code + ".", e);
            }
            return new Refused(code, message(e), why);
        } catch (SdkException e) {
            throw AwsErrors.failed("launch an instance", e);
        }
    }

    @Override
    public Optional<RunInstance> describe(String id) {
        try {
            return ec2.describeInstances(request -> request.instanceIds(id)).reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .map(Ec2RunResources::runInstance)
                    .findFirst();
        } catch (SdkException e) {
            if (isUnknown(e)) {
                return Optional.empty();
            }
            throw AwsErrors.failed("describe the instance " + id, e);
        }
    }

    @Override
    public Optional<String> console(String id) {
        try {
            return Optional.ofNullable(ec2.getConsoleOutput(request -> request.instanceId(id))
                            .output())
                    .map(output -> new String(Base64.getMimeDecoder().decode(output), UTF_8))
                    .filter(text -> !text.isBlank());
        } catch (SdkException e) {
            if (isUnknown(e)) {
                return Optional.empty();
            }
            throw AwsErrors.failed("read the console of " + id, e);
        }
    }

    @Override
    public List<RunInstance> tagged(String tag, String value) {
        var resources = new ArrayList<RunInstance>();
        try {
            String page = null;
            do {
                String next = page;
                var answer = ec2.describeInstances(
                        request -> request.filters(filter(tag, value)).nextToken(next));
                answer.reservations().stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .map(Ec2RunResources::runInstance)
                        .forEach(resources::add);
                page = answer.nextToken();
            } while (page != null && !page.isEmpty());
        } catch (SdkException e) {
            throw AwsErrors.failed("list the instances of " + value, e);
        }
        return resources;
    }

    @Override
    public List<Volume> volumesTagged(String tag, String value) {
        var volumes = new ArrayList<Volume>();
        try {
            String page = null;
            do {
                String next = page;
                var answer = ec2.describeVolumes(
                        request -> request.filters(filter(tag, value)).nextToken(next));
                answer.volumes().stream()
                        .map(volume -> new Volume(
                                volume.volumeId(),
                                volume.stateAsString(),
                                new VolumeSize(
                                        Objects.requireNonNullElse(volume.volumeTypeAsString(), ""),
                                        Objects.requireNonNullElse(volume.size(), 0)),
                                volume.attachments().stream()
                                        .map(VolumeAttachment::instanceId)
                                        .findFirst(),
                                tags(volume.tags())))
                        .forEach(volumes::add);
                page = answer.nextToken();
            } while (page != null && !page.isEmpty());
        } catch (SdkException e) {
            throw AwsErrors.failed("list the volumes of " + value, e);
        }
        return volumes;
    }

    @Override
    public void terminate(String id) {
        change("terminate the instance " + id, () -> ec2.terminateInstances(request -> request.instanceIds(id)));
    }

    @Override
    public void stop(String id) {
        change("stop the instance " + id, () -> {
            try {
                ec2.stopInstances(request -> request.instanceIds(id));
            } catch (AwsServiceException e) {
                if (!NEVER_STOPS.equals(AwsErrors.code(e))) {
                    throw e;
                }
                ec2.terminateInstances(request -> request.instanceIds(id));
            }
        });
    }

    @Override
    public void tag(String id, String tag, String value) {
        change(
                "tag " + id,
                () -> ec2.createTags(request -> request.resources(id)
                        .tags(Tag.builder().key(tag).value(value).build())));
    }

    @Override
    public void detach(String volumeId) {
        change("detach the volume " + volumeId, () -> ec2.detachVolume(request -> request.volumeId(volumeId)));
    }

    @Override
    public void delete(String volumeId) {
        change("delete the volume " + volumeId, () -> ec2.deleteVolume(request -> request.volumeId(volumeId)));
    }

    private static void change(String what, Runnable call) {
        try {
            call.run();
        } catch (SdkException e) {
            if (isUnknown(e)) {
                return;
            }
            if (e instanceof AwsServiceException service && PASSING.contains(AwsErrors.code(service))) {
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE, "Cannot " + what + ": " + AwsErrors.code(service) + ".", e);
            }
            throw AwsErrors.failed(what, e);
        }
    }

    private static boolean isUnknown(SdkException e) {
        return e instanceof AwsServiceException service && UNKNOWN.contains(AwsErrors.code(service));
    }

    private static String message(AwsServiceException e) {
        var details = e.awsErrorDetails();
        String message = details == null || details.errorMessage() == null ? "" : details.errorMessage();
        // EC2 appends kilobytes of an encoded policy decision to some messages.
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
    }

    private static Filter filter(String tag, String value) {
        return Filter.builder().name("tag:" + tag).values(value).build();
    }

    private static Purchase purchase(Instance instance) {
        var placement = instance.placement();
        return new Purchase(
                Objects.requireNonNullElse(instance.instanceTypeAsString(), ""),
                "spot".equals(instance.instanceLifecycleAsString()),
                placement == null ? "" : Objects.requireNonNullElse(placement.availabilityZone(), ""));
    }

    private static RunInstance runInstance(Instance instance) {
        var reason = instance.stateReason();
        return new RunInstance(
                instance.instanceId(),
                InstanceState.ofAwsName(instance.state().nameAsString()),
                tags(instance.tags()),
                Optional.ofNullable(reason == null ? null : reason.code()),
                instance.blockDeviceMappings().stream()
                        .filter(mapping ->
                                mapping.ebs() != null && mapping.deviceName().equals(instance.rootDeviceName()))
                        .map(mapping -> new RunInstance.RootVolume(
                                mapping.ebs().volumeId(),
                                Boolean.TRUE.equals(mapping.ebs().deleteOnTermination())))
                        .findFirst());
    }

    private static Map<String, String> tags(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }
}
