package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.ArrayList;
import java.util.List;
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
        /** A request of RunInstances with this place in it. */
        JsonObject of(JsonObject request);

        /** The interface that decides the subnet: with several of them, EC2 takes it from the first one only. */
        static JsonObject primaryInterface(JsonObject request) {
            List<JsonObject> interfaces = request.objects("NetworkInterfaces");
            return interfaces.stream()
                    .filter(each -> Integer.valueOf(0).equals(each.get("DeviceIndex")))
                    .findFirst()
                    .orElseGet(() -> interfaces.isEmpty() ? JsonObject.of() : interfaces.getFirst());
        }

        /** As in {@code instance_parameters}. */
        record AsGiven() implements Place {
            @Override
            public JsonObject of(JsonObject request) {
                return request;
            }

            @Override
            public String toString() {
                return "";
            }
        }

        record Subnet(String id) implements Place {
            @Override
            public JsonObject of(JsonObject request) {
                JsonObject moved = moved(request).without("Placement");
                JsonObject kept = request.object("Placement").without("AvailabilityZone", "AvailabilityZoneId");
                return kept.isEmpty() ? moved : moved.with("Placement", kept);
            }

            private JsonObject moved(JsonObject request) {
                if (request.list("NetworkInterfaces").isEmpty()) {
                    return request.with("SubnetId", id);
                }
                JsonObject primary = primaryInterface(request);
                var interfaces = new ArrayList<@Nullable Object>(request.list("NetworkInterfaces"));
                interfaces.remove(primary);
                interfaces.addFirst(primary.with("SubnetId", id));
                return request.with("NetworkInterfaces", interfaces);
            }

            @Override
            public String toString() {
                return "in " + id;
            }
        }

        record Zone(String name) implements Place {
            @Override
            public JsonObject of(JsonObject request) {
                JsonObject placement = request.object("Placement").without("AvailabilityZoneId");
                return request.with("Placement", placement.with("AvailabilityZone", name));
            }

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
