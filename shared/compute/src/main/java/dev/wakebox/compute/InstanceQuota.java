package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A quota of the account for instances that run at the same time, as Service Quotas names it. It counts vCPUs.
 *
 * @param code such as {@code L-1216C47A}
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html">The quotas</a>
 */
public record InstanceQuota(String name, String code) {
    private static final String SPOT_COUNT = "MaxSpotInstanceCountExceeded";
    private static final Set<String> ERRORS = Set.of("VcpuLimitExceeded", SPOT_COUNT, "InstanceLimitExceeded");

    /** Of each class of instance families: on demand and spot. */
    private static final Map<String, List<InstanceQuota>> QUOTAS = Map.of(
            "Standard", both("Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A", "L-34B43A08"),
            "G and VT", both("G and VT", "L-DB2E81BA", "L-3819A6DF"),
            "P", both("P", "L-417A185B", "P4, P3 and P2", "L-7212CCBC"),
            "F", both("F", "L-74FC7D96", "L-88CF9481"),
            "Inf", both("Inf", "L-1945791B", "L-B5D1601B"),
            "X", both("X", "L-7295265B", "L-E3A00192"),
            "Trn", both("Trn", "L-2C3B7624", "L-6B0D517C"),
            "DL", both("DL", "L-6E869C2A", "L-85EED4F7"));

    public InstanceQuota {
        requireNonNull(name, "name is null");
        requireNonNull(code, "code is null");
    }

    /**
     * The quota that a launch has exceeded; empty for another error of EC2.
     *
     * @param error EC2's code
     * @param type of the instance; null if only a launch template names it
     */
    public static Optional<InstanceQuota> exceeded(String error, @Nullable String type, boolean spot) {
        if (!ERRORS.contains(error)) {
            return Optional.empty();
        }
        boolean ofSpot = spot || error.equals(SPOT_COUNT);
        return Optional.of(
                type == null
                        ? new InstanceQuota(ofSpot ? "Spot Instance Requests" : "Running On-Demand instances", "")
                        : of(family(type), ofSpot).orElseGet(() -> new InstanceQuota("vCPUs of " + type, "")));
    }

    /** The quota of a class of instance families; empty if it has none of its own. */
    public static Optional<InstanceQuota> of(String family, boolean spot) {
        List<InstanceQuota> both = QUOTAS.getOrDefault(family, List.of());
        return both.isEmpty() ? Optional.empty() : Optional.of(spot ? both.getLast() : both.getFirst());
    }

    /** The class of quotas to which an instance type belongs, by its first letters. */
    public static String family(String type) {
        String letters = type.replaceFirst("[^a-z].*", "");
        if (Set.of("g", "gr", "vt").contains(letters)) {
            return "G and VT";
        }
        return switch (letters) {
            case "p" -> "P";
            case "f" -> "F";
            case "inf" -> "Inf";
            case "x" -> "X";
            case "trn" -> "Trn";
            case "dl" -> "DL";
            case "u", "hpc" -> letters;
            default -> "Standard";
        };
    }

    /** The page of Service Quotas that shows the quota and takes the request for more. */
    public String page() {
        return "https://console.aws.amazon.com/servicequotas/home/services/ec2/quotas"
                + (code.isEmpty() ? "" : "/" + code);
    }

    /** A text for messages, such as {@code "Running On-Demand P instances" (L-417A185B)}. */
    @Override
    public String toString() {
        return "\"" + name + "\"" + (code.isEmpty() ? "" : " (" + code + ")");
    }

    private static List<InstanceQuota> both(String family, String onDemand, String spot) {
        return both(family, onDemand, family, spot);
    }

    private static List<InstanceQuota> both(String family, String onDemand, String spotFamily, String spot) {
        return List.of(
                new InstanceQuota("Running On-Demand " + family + " instances", onDemand),
                new InstanceQuota("All " + spotFamily + " Spot Instance Requests", spot));
    }
}
