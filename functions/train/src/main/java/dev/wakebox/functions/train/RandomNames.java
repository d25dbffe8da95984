package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Creates names of {@code [a-z0-9]} that can't be guessed. Thread-safe if the source is. */
record RandomNames(RandomGenerator random) {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    RandomNames {
        requireNonNull(random, "random is null");
    }

    String next(int length) {
        return random.ints(length, 0, ALPHABET.length())
                .mapToObj(i -> ALPHABET.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
