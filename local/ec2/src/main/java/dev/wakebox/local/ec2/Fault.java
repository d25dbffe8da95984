package dev.wakebox.local.ec2;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A fault in one line of text: its effect, then its limits.
 *
 * <pre>
 * RunInstances=InsufficientInstanceCapacity market=spot times=2
 * SendCommand=ThrottlingException times=3
 * TerminateInstances=RequestLimitExceeded
 * RunInstances=InvalidParameterValue times=2 message=Invalid IAM Instance Profile name
 * stuck-pending type=t4g.large        the instance never leaves pending
 * agent-offline                       Systems Manager never sees the instance
 * agent-flapping=2                    the agent is online for 2 s, gone for 2 s, online again, …
 * undelivered                         the instance is online but never fetches a command
 * command-limit=20                    Systems Manager ends each command after 20 s, as it does after 48 hours
 * interrupt=5                         a spot interruption, 5 s after the instance runs
 * kill=5                              a hardware failure, 5 s after the instance runs
 * clock-skew=900                      AWS's clock is 900 s ahead of its clients' (-900: behind), for requests about this instance
 * crash=Commander                     the process of that Lambda function crashes after its work and before its answer
 * </pre>
 *
 * <p>Limits are {@code type}, {@code subnet}, {@code zone}, {@code market} ({@code spot} or {@code on-demand}),
 * {@code image} and {@code attempt} (of a run; 0 is the first); {@code times} is the number of occurrences (default 1,
 * {@code always}). Each retry of a client consumes one of them. {@code message} is the last one and includes the rest of
 * the line.
 *
 * @param limits the properties that the instance must have, by the names above
 */
public record Fault(What what, Map<String, String> limits, int times) {
    private static final String MESSAGE = " message=";
    private static final List<String> LIMITS = List.of("type", "subnet", "zone", "market", "image", "attempt");

    /** The effect of a fault. */
    public sealed interface What {}

    /**
     * An operation fails with that error code.
     *
     * @param message empty for AWS's own message, if known
     */
    public record Refusal(String operation, String code, String message) implements What {}

    /** The process of a Lambda function crashes after its work and before its answer; the name is the logical id. */
    public record Crash(String function) implements What {}

    /** An instance fails. */
    public record Trouble(Kind kind, Duration after) implements What {}

    /** How an instance fails; {@code Fault} explains the names. */
    public enum Kind {
        STUCK_PENDING,
        AGENT_OFFLINE,
        AGENT_FLAPPING,
        UNDELIVERED,
        COMMAND_LIMIT,
        INTERRUPT,
        KILL,
        CLOCK_SKEW;

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** @throws IllegalArgumentException when the text has none of the forms above; the message names the mistake */
    public static Fault parse(String text) {
        String[] parts = text.strip().split(MESSAGE, 2);
        List<String> words = List.of(parts[0].split("\\s+"));
        Map<String, String> options = words.stream()
                .skip(1)
                .map(word -> word.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length == 2 ? pair[1] : "", (_, last) -> last));
        int times =
                switch (options.getOrDefault("times", "1")) {
                    case "always" -> Integer.MAX_VALUE;
                    case String number -> count(text, number);
                };
        options.remove("times");
        options.keySet().stream()
                .filter(option -> !LIMITS.contains(option))
                .findFirst()
                .ifPresent(option -> {
                    throw new IllegalArgumentException("Unknown limit \"" + option + "\" in the fault \"" + text
                            + "\"; known are " + String.join(", ", LIMITS) + " and times.");
                });
        return new Fault(
                what(text, words.getFirst(), parts.length == 2 ? parts[1].strip() : ""), Map.copyOf(options), times);
    }

    private static What what(String text, String word, String message) {
        String[] pair = word.split("=", 2);
        if (!pair[0].isEmpty() && Character.isUpperCase(pair[0].charAt(0)) && pair.length == 2) {
            return new Refusal(pair[0], pair[1], message);
        }
        if (!message.isEmpty()) {
            throw new IllegalArgumentException("Only an Operation=ErrorCode has a message; \"" + text + "\" is none.");
        }
        if (pair[0].equals("crash") && pair.length == 2) {
            return new Crash(pair[1]);
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.text().equals(pair[0]))
                .findFirst()
                .map(kind -> trouble(text, kind, pair.length == 2 ? integer(text, pair[1]) : 0))
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "Unknown fault \"" + text
                                        + "\"; use Operation=ErrorCode, stuck-pending, agent-offline, agent-flapping=SECONDS, undelivered,"
                                        + " command-limit=SECONDS, interrupt=SECONDS, kill=SECONDS, clock-skew=SECONDS or crash=FUNCTION."));
    }

    private static int count(String text, String number) {
        int count = integer(text, number);
        if (count < 1) {
            throw new IllegalArgumentException("times in the fault \"" + text + "\" must be 1 or more.");
        }
        return count;
    }

    private static Trouble trouble(String text, Kind kind, int seconds) {
        if (seconds < 0 && kind != Kind.CLOCK_SKEW) {
            throw new IllegalArgumentException("The seconds in the fault \"" + text + "\" must not be negative.");
        }
        return new Trouble(kind, Duration.ofSeconds(seconds));
    }

    private static int integer(String text, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + number + "\" in the fault \"" + text + "\" is not a number.", e);
        }
    }

    boolean concerns(Map<String, String> instance) {
        return limits.entrySet().stream().allMatch(limit -> limit.getValue().equals(instance.get(limit.getKey())));
    }
}
