package dev.wakebox.local.compute;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One instance: what was asked for, its directory, its processes, and where in its life it is. Guarded by the registry. */
final class LocalInstance implements Filters.Subject {
    /** Why an instance is in its state, in EC2's words. */
    record Reason(String code, String message) {}

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

    InstanceState state = InstanceState.PENDING;
    Instant launchTime;
    Instant changed;

    @Nullable
    Reason reason;

    String transition = "";

    /** Counts the changes of state, so that what was planned for an earlier state doesn't happen in a later one. */
    int changes;

    /** Counts the boots: an agent belongs to one of them. */
    int boots;

    /** Whether Systems Manager sees the agent. */
    boolean online;

    @Nullable
    Instant registered;

    LocalInstance(
            String id,
            String reservationId,
            int index,
            RunRequest request,
            Path directory,
            String privateIp,
            @Nullable String spotRequestId,
            List<Fault.Trouble> troubles,
            Faults faults,
            Instant now) {
        this.id = id;
        this.reservationId = reservationId;
        this.index = index;
        this.request = request;
        this.directory = directory;
        this.privateIp = privateIp;
        this.spotRequestId = spotRequestId;
        this.troubles = troubles;
        this.faults = faults;
        this.launchTime = now;
        this.changed = now;
        this.tags.putAll(request.tagsOf("instance"));
    }

    boolean suffers(Fault.Kind kind) {
        return troubles.stream().anyMatch(trouble -> trouble.kind() == kind);
    }

    String privateDnsName() {
        return "ip-" + privateIp.replace('.', '-') + ".ec2.internal";
    }

    @Override
    public Map<String, String> tags() {
        return tags;
    }

    @Override
    public @Nullable Collection<String> filterable(String name) {
        return switch (name) {
            case "instance-id" -> List.of(id);
            case "instance-state-name" -> List.of(state.awsName());
            case "instance-state-code" -> List.of(String.valueOf(state.code));
            case "image-id" -> List.of(request.imageId());
            case "instance-type" -> List.of(request.type());
            case "instance-lifecycle" -> request.spot().isPresent() ? List.of("spot") : List.of();
            case "subnet-id" -> List.of(request.subnet().id());
            case "vpc-id" -> List.of(Network.VPC);
            case "availability-zone" -> List.of(request.subnet().zone());
            case "client-token" -> request.clientToken().stream().toList();
            case "key-name" -> request.keyName().stream().toList();
            case "private-ip-address" -> List.of(privateIp);
            case "reservation-id" -> List.of(reservationId);
            case "spot-instance-request-id" -> spotRequestId == null ? List.of() : List.of(spotRequestId);
            default -> null;
        };
    }
}
