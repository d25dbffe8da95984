package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The progress of EC2Stopper in an attempt: {@code $.run.stopping}, which one invocation writes for the next.
 *
 * @param since when EC2Stopper was first invoked for the attempt
 * @param sizes of the attempt's volumes before it ended them
 * @param volumes what it did so far to each volume, by the volume's id, in order
 */
public record StopProgress(int attempt, Instant since, List<VolumeSize> sizes, Map<String, String> volumes) {
    private static final String ATTEMPT = "attempt";
    private static final String SINCE = "since";
    private static final String SIZES = "sizes";
    private static final String VOLUMES = "volumes";

    public StopProgress {
        requireNonNull(since, "since is null");
        sizes = List.copyOf(sizes);
        volumes = Collections.unmodifiableMap(new LinkedHashMap<>(volumes));
    }

    static Optional<StopProgress> of(JsonObject json) {
        JsonObject recorded = json.object(VOLUMES);
        var volumes = new LinkedHashMap<String, String>();
        recorded.keySet().forEach(id -> volumes.put(id, recorded.asText(id)));
        return RunState.instant(json, SINCE)
                .map(since -> new StopProgress(
                        RunState.count(json, ATTEMPT),
                        since,
                        json.objects(SIZES).stream().map(VolumeSize::of).toList(),
                        volumes));
    }

    JsonObject toJson() {
        return JsonObject.of(ATTEMPT, attempt)
                .with(SINCE, since.toString())
                .with(SIZES, sizes.stream().map(VolumeSize::toJson).toList())
                .with(VOLUMES, JsonObject.copyOf(volumes));
    }
}
