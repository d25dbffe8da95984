package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One combination that a launch tries.
 *
 * @param type null where a launch template names it
 */
public record Candidate(Market market, @Nullable String type, Place place) {
    public Candidate {
        requireNonNull(market, "market is null");
        requireNonNull(place, "place is null");
    }

    /** The purchasing option of the instance. */
    public enum Market {
        SPOT,
        ON_DEMAND,
        /** As in {@code instance_parameters}. */
        AS_GIVEN
    }

    /** The location of the instance. */
    public sealed interface Place {
        /** As in {@code instance_parameters}. */
        record AsGiven() implements Place {
            @Override
            public String toString() {
                return "";
            }
        }

        record Subnet(String id) implements Place {
            @Override
            public String toString() {
                return "in " + id;
            }
        }

        record Zone(String name) implements Place {
            @Override
            public String toString() {
                return "in " + name;
            }
        }
    }

    /** A text for logs and messages, such as {@code m8g.xlarge spot in subnet-…}. */
    @Override
    public String toString() {
        String how = market == Market.AS_GIVEN
                ? ""
                : market.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return Stream.of(type == null ? "the launch template's type" : type, how, place.toString())
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
