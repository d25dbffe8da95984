package dev.wakebox.runtime;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a function's settings from environment variables. Functions do so at start-up, so that a mistake fails at once. */
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

    /** An optional setting; empty when it is missing or blank. */
    public static Optional<String> optional(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    /** The entries of a comma-separated setting; empty when it is missing or blank. */
    public static Set<String> list(String name) {
        return optional(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * A duration in minutes, such as {@code 5} or {@code 0.5}.
     *
     * @throws IllegalStateException naming the variable when it is missing or not a positive number
     */
    public static Duration minutes(String name) {
        String value = required(name);
        try {
            long millis = new BigDecimal(value)
                    .movePointRight(3)
                    .multiply(BigDecimal.valueOf(60))
                    .longValueExact();
            if (millis > 0) {
                return Duration.ofMillis(millis);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // both mistakes have the same message
        }
        throw new IllegalStateException(
                "The environment variable " + name + " is \"" + value + "\"; it must be a number of minutes above 0.");
    }
}
