package dev.wakebox.local.compute;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that shall go wrong, in one line of text: what, then what it is limited to.
 *
 * <pre>
 * RunInstances=InsufficientInstanceCapacity market=spot times=2
 * SendCommand=ThrottlingException times=3
 * TerminateInstances=RequestLimitExceeded
 * stuck-pending type=t4g.large        the instance never leaves pending
 * agent-offline                       Systems Manager never sees the instance
 * undelivered                         the instance is online but never fetches a command
 * interrupt=5                         a spot interruption, 5 s after the instance runs
 * kill=5                              the hardware dies, 5 s after the instance runs
 * crash=Commander                     that Lambda function's process dies when its work is done, before its answer is heard
 * </pre>
 *
 * <p>Limits are {@code type}, {@code subnet}, {@code zone}, {@code market} ({@code spot} or {@code on-demand}) and
 * {@code image}; {@code times} is how often it happens (default 1, {@code always}). A client that retries by itself uses
 * up one of the times with each try.
 *
 * @param limits what the instance must be, by the names above
 */
public record Fault(What what, Map<String, String> limits, int times) {
    private static final List<String> LIMITS = List.of("type", "subnet", "zone", "market", "image");

    /** What goes wrong. */
    public sealed interface What {}

    /** An operation answers an error of that code. */
    public record Refusal(String operation, String code) implements What {}

    /** The process of a Lambda function dies with its work done and its answer unheard; the name is the logical id. */
    public record Crash(String function) implements What {}

    /** An instance misbehaves. */
    public record Trouble(Kind kind, Duration after) implements What {}

    /** How an instance misbehaves; {@code Fault} says what the names mean. */
    public enum Kind {
        STUCK_PENDING,
        AGENT_OFFLINE,
        UNDELIVERED,
        INTERRUPT,
        KILL;

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** @throws IllegalArgumentException when the text is none of the forms above; the message says what is wrong */
    public static Fault parse(String text) {
        List<String> words = List.of(text.strip().split("\\s+"));
        Map<String, String> options = words.stream()
                .skip(1)
                .map(word -> word.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length == 2 ? pair[1] : "", (_, last) -> last));
        int times =
                switch (options.getOrDefault("times", "1")) {
                    case "always" -> Integer.MAX_VALUE;
                    case String number -> integer(text, number);
                };
        options.remove("times");
        options.keySet().stream()
                .filter(option -> !LIMITS.contains(option))
                .findFirst()
                .ifPresent(option -> {
                    throw new IllegalArgumentException("Unknown limit \"" + option + "\" in the fault \"" + text
                            + "\"; known are " + String.join(", ", LIMITS) + " and times.");
                });
        return new Fault(what(text, words.getFirst()), Map.copyOf(options), times);
    }

    private static What what(String text, String word) {
        String[] pair = word.split("=", 2);
        if (!pair[0].isEmpty() && Character.isUpperCase(pair[0].charAt(0)) && pair.length == 2) {
            return new Refusal(pair[0], pair[1]);
        }
        if (pair[0].equals("crash") && pair.length == 2) {
            return new Crash(pair[1]);
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.text().equals(pair[0]))
                .findFirst()
                .map(kind -> new Trouble(kind, Duration.ofSeconds(pair.length == 2 ? integer(text, pair[1]) : 0)))
                .orElseThrow(() -> new IllegalArgumentException("Unknown fault \"" + text
                        + "\"; use Operation=ErrorCode, stuck-pending, agent-offline, undelivered, interrupt=SECONDS,"
                        + " kill=SECONDS or crash=FUNCTION."));
    }

    private static int integer(String text, String number) {
        try {
            return Integer.parseUnsignedInt(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + number + "\" in the fault \"" + text + "\" is not a number.", e);
        }
    }

    /** The line of text that makes this fault. */
    @Override
    public String toString() {
        String first =
                switch (what) {
                    case Refusal(String operation, String code) -> operation + "=" + code;
                    case Crash(String function) -> "crash=" + function;
                    case Trouble(Kind kind, Duration after) ->
                        kind.text() + (after.isZero() ? "" : "=" + after.toSeconds());
                };
        var text = new StringBuilder(first);
        new TreeMap<>(limits)
                .forEach((name, value) ->
                        text.append(' ').append(name).append('=').append(value));
        if (times != 1) {
            text.append(" times=").append(times == Integer.MAX_VALUE ? "always" : String.valueOf(times));
        }
        return text.toString();
    }

    boolean concerns(Map<String, @Nullable String> instance) {
        return limits.entrySet().stream().allMatch(limit -> limit.getValue().equals(instance.get(limit.getKey())));
    }
}
