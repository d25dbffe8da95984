package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.launch.LaunchAnswer.Launched;
import dev.wakebox.compute.launch.LaunchAnswer.Refused;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/** The instances and volumes of EC2. Thread-safe. */
public final class Ec2Machines implements Machines {
    private static final int LONGEST_MESSAGE = 400;
    private static final Set<String> UNKNOWN = Set.of(
            "InvalidInstanceID.NotFound",
            "InvalidInstanceID.Malformed",
            "InvalidVolume.NotFound",
            "InvalidVolumeID.Malformed",
            "InvalidID");

    /** Errors of an instance or a volume that is on its way to another state. */
    private static final Set<String> PASSING = Set.of("IncorrectInstanceState", "IncorrectState", "VolumeInUse");

    /** One-time spot instances and those with an instance-store root. */
    private static final String NEVER_STOPS = "UnsupportedOperation";

    private final Ec2Client ec2;

    public Ec2Machines(Ec2Client ec2) {
        this.ec2 = requireNonNull(ec2, "ec2 is null");
    }

    /** EC2 with the region, credentials and endpoint that the environment names. */
    public static Ec2Machines create() {
        return new Ec2Machines(
                Ec2Client.builder().httpClient(UrlConnectionHttpClient.create()).build());
    }

    @Override
    public LaunchAnswer launch(Map<String, @Nullable Object> request) {
        var runInstances = RunInstancesJson.request(request);
        try {
            return new Launched(
                    ec2.runInstances(runInstances).instances().getFirst().instanceId());
        } catch (AwsServiceException e) {
            String code = AwsErrors.code(e);
            return switch (LaunchError.of(code, AwsErrors.mayPass(e))) {
                case NEXT_CANDIDATE -> new Refused(code, message(e), true);
                case FINAL -> new Refused(code, message(e), false);
                case TRANSIENT ->
                    throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot launch an instance: " + code + ".", e);
            };
        } catch (SdkException e) {
            throw AwsErrors.failed("launch an instance", e);
        }
    }

    @Override
    public Optional<Machine> describe(String id) {
        try {
            return ec2.describeInstances(request -> request.instanceIds(id)).reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .map(Ec2Machines::machine)
                    .findFirst();
        } catch (SdkException e) {
            if (isUnknown(e)) {
                return Optional.empty();
            }
            throw AwsErrors.failed("look at the instance " + id, e);
        }
    }

    @Override
    public List<Machine> tagged(String tag, String value) {
        var machines = new ArrayList<Machine>();
        try {
            String page = null;
            do {
                String next = page;
                var answer = ec2.describeInstances(
                        request -> request.filters(filter(tag, value)).nextToken(next));
                answer.reservations().stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .map(Ec2Machines::machine)
                        .forEach(machines::add);
                page = answer.nextToken();
            } while (page != null && !page.isEmpty());
        } catch (SdkException e) {
            throw AwsErrors.failed("look for the instances of " + value, e);
        }
        return machines;
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
                                volume.attachments().stream()
                                        .map(VolumeAttachment::instanceId)
                                        .findFirst(),
                                tags(volume.tags())))
                        .forEach(volumes::add);
                page = answer.nextToken();
            } while (page != null && !page.isEmpty());
        } catch (SdkException e) {
            throw AwsErrors.failed("look for the volumes of " + value, e);
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
        // EC2 adds kilobytes of an encoded policy decision to some.
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
    }

    private static Filter filter(String tag, String value) {
        return Filter.builder().name("tag:" + tag).values(value).build();
    }

    private static Machine machine(Instance instance) {
        var reason = instance.stateReason();
        return new Machine(
                instance.instanceId(),
                InstanceState.ofAwsName(instance.state().nameAsString()),
                tags(instance.tags()),
                Optional.ofNullable(reason == null ? null : reason.code()),
                instance.blockDeviceMappings().stream()
                        .filter(mapping ->
                                mapping.ebs() != null && mapping.deviceName().equals(instance.rootDeviceName()))
                        .map(mapping -> new Machine.RootVolume(
                                mapping.ebs().volumeId(),
                                Boolean.TRUE.equals(mapping.ebs().deleteOnTermination())))
                        .findFirst());
    }

    private static Map<String, String> tags(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }
}
