package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The consequence of a refusal by EC2 or Systems Manager: what must change before a retry can succeed. */
public enum AwsRefusal {
    /** Another instance type, zone or market may have capacity. */
    ELSEWHERE,
    /** A retry of the same call can succeed. */
    LATER,
    /** A resource that the request names is new and not yet visible everywhere: a retry can soon succeed. */
    NOT_YET,
    /** A quota of the account is exhausted: a later attempt can succeed. */
    QUOTA,
    /** The deployment of Wakebox has to change. */
    OURS,
    /** The execution has to change. */
    CALLER;

    private static final Map<String, AwsRefusal> EC2 = table("ec2-errors.txt");
    private static final Map<String, AwsRefusal> SSM = table("ssm-errors.txt");

    private static final Set<String> INTERRUPTED =
            Set.of("Server.SpotInstanceShutdown", "Server.SpotInstanceTermination");

    private static final Set<String> OTHER_REASONS_OF_EC2 =
            Set.of("Server.InsufficientInstanceCapacity", "Server.InternalError");

    /**
     * The consequence of an EC2 error.
     *
     * @param message in addition to the code: only the message shows whether an instance profile is new or doesn't
     *     exist
     * @param mayPass whether the HTTP status or the SDK says that the error is transient: throttling or 5xx (which
     *     includes capacity errors)
     */
    public static AwsRefusal ofEc2(String code, String message, boolean mayPass) {
        AwsRefusal known = EC2.getOrDefault(code, unknown(code));
        return switch (known) {
            case ELSEWHERE, QUOTA -> known;
            case CALLER, OURS, LATER, NOT_YET ->
                mayPass ? LATER : known == CALLER && isOfAProfile(message) ? NOT_YET : known;
        };
    }

    /** The error codes of Systems Manager after which a retry of the same call can succeed. */
    public static Set<String> passingOfSsm() {
        return SSM.entrySet().stream()
                .filter(entry -> entry.getValue() == LATER)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether EC2 ended the instance for a reason that is not the request's fault, by the code of its state reason. */
    public static boolean endedForEc2sReasons(String stateReason) {
        return OTHER_REASONS_OF_EC2.contains(stateReason) || interrupted(stateReason);
    }

    /** Whether EC2 took a spot instance back, by the code of its state reason. */
    public static boolean interrupted(String stateReason) {
        return INTERRUPTED.contains(stateReason);
    }

    /** EC2 has more error codes than its documentation lists; the end of a code shows its kind. */
    private static AwsRefusal unknown(String code) {
        if (code.startsWith("Insufficient") && code.endsWith("Capacity")) {
            return ELSEWHERE;
        }
        return code.endsWith("LimitExceeded") ? QUOTA : CALLER;
    }

    private static boolean isOfAProfile(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return lower.contains("iaminstanceprofile")
                || lower.contains("iam instance profile")
                || lower.contains("no associated iam roles");
    }

    static Map<String, AwsRefusal> table(String resource) {
        var table = new HashMap<String, AwsRefusal>();
        try (var lines = new BufferedReader(new InputStreamReader(
                requireNonNull(AwsRefusal.class.getResourceAsStream(resource), resource), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] words = line.split(" ", 2);
                    table.put(words[1], valueOf(words[0].toUpperCase(Locale.ROOT)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(table);
    }
}
