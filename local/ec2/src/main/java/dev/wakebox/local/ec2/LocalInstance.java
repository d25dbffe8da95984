package dev.wakebox.local.ec2;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One instance: its request, its directory, its processes and its state. Guarded by the registry. */
final class LocalInstance {
    /** The reason why an instance ended, in EC2's words. */
    enum Reason {
        USER("Client.UserInitiatedShutdown", "User initiated shutdown"),
        INSTANCE("Client.InstanceInitiatedShutdown", "Instance initiated shutdown"),
        SPOT("Server.SpotInstanceTermination", "Instance terminated due to no capacity"),
        HARDWARE("Server.InternalError", "The hardware of the instance failed");

        final String code;
        final String message;

        Reason(String code, String text) {
            this.code = code;
            this.message = code + ": " + text;
        }
    }

    final String id;
    final String reservationId;
    final int index;
    final RunRequest request;
    final Path directory;
    final String privateIp;
    final @Nullable String spotRequestId;
    final List<Fault.Trouble> troubles;
    final Faults faults;
    final Map<String, String> tags = new TreeMap<>();
    final Set<ProcessGroup> processes = new HashSet<>();

    /** Its type now; that of its request until it is changed. */
    String type;

    LocalInstanceState state = LocalInstanceState.PENDING;
    Instant launchTime;
    Instant changed;

    @Nullable
    Reason reason;

    String transition = "";

    /** When EC2 takes the spot instance back; set from its warning on. */
    volatile @Nullable Instant interruption;

    /** Counts the changes of state, so that an action scheduled for an earlier state is not executed in a later one. */
    int changes;

    /** Counts the boots: an agent belongs to one boot. */
    int boots;

    /** Whether the agent is running and registered. */
    boolean online;

    /** Whether a flapping agent is currently disconnected. */
    boolean away;

    /** Whether Systems Manager has seen the agent. */
    boolean registered;

    LocalInstance(
            String id,
            String reservationId,
            int index,
            RunRequest request,
            Path directory,
            String privateIp,
            @Nullable String spotRequestId,
            Faults faults,
            Instant now) {
        this.id = id;
        this.reservationId = reservationId;
        this.index = index;
        this.request = request;
        this.type = request.type();
        this.directory = directory;
        this.privateIp = privateIp;
        this.spotRequestId = spotRequestId;
        this.troubles = faults.troubles(request.traits());
        this.faults = faults;
        this.launchTime = now;
        this.changed = now;
        this.tags.putAll(request.tagsOf("instance"));
    }

    /** The properties by which a {@link Fault} can be limited. */
    Map<String, String> traits() {
        var traits = new TreeMap<>(request.traits());
        traits.put("type", type);
        return traits;
    }

    boolean suffers(Fault.Kind kind) {
        return troubles.stream().anyMatch(trouble -> trouble.kind() == kind);
    }

    /** Whether Systems Manager sees the agent. */
    boolean connected() {
        return online && !away;
    }

    /** The state of the agent, in Systems Manager's words. */
    String ping() {
        return connected() ? "Online" : "ConnectionLost";
    }

    /** Whether one of Systems Manager's filters or targets selects the instance. */
    boolean isTarget(@Nullable String key, List<String> values) {
        if (key != null && key.startsWith("tag:")) {
            return values.contains(tags.get(key.substring("tag:".length())));
        }
        return switch (key) {
            case "InstanceIds" -> values.contains(id);
            case "PingStatus" -> values.contains(ping());
            case "PlatformTypes" -> values.contains("Linux");
            case "ResourceType" -> values.contains("EC2Instance");
            case null, default ->
                throw new ApiException("InvalidInstanceInformationFilterValue", "The filter " + key + " is not valid.");
        };
    }

    /** Temporary credentials of the role in the instance's profile; empty without a profile. */
    Optional<Credentials> credentials(LocalCompute.Config config) {
        return request.profile().map(profile -> config.credentials().apply(profile, id));
    }

    /** How far AWS's clock is ahead of its clients' clocks, for requests about this instance. */
    Duration skew() {
        return troubles.stream()
                .filter(trouble -> trouble.kind() == Fault.Kind.CLOCK_SKEW)
                .map(Fault.Trouble::after)
                .findFirst()
                .orElse(Duration.ZERO);
    }

    /** The delay of the shutdown that {@code shutdown +MINUTES} ordered, if there is one that was not cancelled. */
    Optional<Duration> scheduledShutdown() {
        try {
            return Optional.of(Duration.ofMinutes(
                    Long.parseLong(Files.readString(scheduled()).strip())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void forgetShutdown() {
        try {
            Files.deleteIfExists(scheduled());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path scheduled() {
        return directory.resolve("scheduled-shutdown");
    }

    /** The file with the output of the image's boot program. */
    Path console() {
        return directory.resolve("console.log");
    }

    /** Deletes the files of the instance except for the console. */
    void deleteDisk() {
        Directories.list(directory).stream()
                .filter(file -> !file.equals(console()))
                .forEach(Directories::delete);
    }

    String privateDnsName() {
        return "ip-" + privateIp.replace('.', '-') + ".ec2.internal";
    }

    /** The instance as EC2's filters see it. */
    Filters.Subject subject() {
        return new Filters.Subject(tags, name -> switch (name) {
            case "instance-id" -> List.of(id);
            case "instance-state-name" -> List.of(state.awsName());
            case "image-id" -> List.of(request.asked().imageId());
            case "instance-type" -> List.of(type);
            case "instance-lifecycle" -> request.isSpot() ? List.of("spot") : List.of();
            case "subnet-id" -> List.of(request.subnet().id());
            case "availability-zone" -> List.of(request.subnet().zone());
            case "client-token" -> request.clientToken().stream().toList();
            case "key-name" -> Stream.ofNullable(request.asked().keyName()).toList();
            case "reservation-id" -> List.of(reservationId);
            default -> null;
        });
    }
}
