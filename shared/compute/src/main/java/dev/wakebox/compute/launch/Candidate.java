package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One way to get an instance.
 *
 * @param type null where a launch template says it
 */
public record Candidate(Market market, @Nullable String type, Place place) {
    public Candidate {
        requireNonNull(market, "market is null");
        requireNonNull(place, "place is null");
    }

    /** How the instance is paid for. */
    public enum Market {
        SPOT,
        ON_DEMAND,
        /** As {@code instance_parameters} say. */
        AS_GIVEN
    }

    /** Where the instance runs. */
    public sealed interface Place {
        /** As {@code instance_parameters} say. */
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

    /** As in {@code m8g.xlarge spot in subnet-…}, for people. */
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
