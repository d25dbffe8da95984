package dev.wakebox.runtime;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A function's settings from its environment variables, checked at start-up so that a mistake shows at once. */
public final class Environment {
    private Environment() {}

    /** @throws IllegalStateException naming the variable when it is missing or blank */
    public static String required(String name) {
        String value = System.getenv(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException("The environment variable " + name
                    + " is not set. template.yaml sets it; with sam local invoke, env.json does.");
        }
        return value;
    }

    /** A setting that need not be there; empty when it is missing or blank. */
    public static Optional<String> optional(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    /** The entries of a comma-separated setting; none when it is missing or blank. */
    public static Set<String> list(String name) {
        return optional(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * A length of time in whole minutes.
     *
     * @throws IllegalStateException naming the variable when it is missing or not a positive whole number
     */
    public static Duration minutes(String name) {
        String value = required(name);
        try {
            long minutes = Long.parseLong(value);
            if (minutes > 0) {
                return Duration.ofMinutes(minutes);
            }
        } catch (NumberFormatException e) {
            // falls through to the one message for both cases
        }
        throw new IllegalStateException("The environment variable " + name + " is \"" + value
                + "\"; it must be a whole number of minutes above 0.");
    }
}
