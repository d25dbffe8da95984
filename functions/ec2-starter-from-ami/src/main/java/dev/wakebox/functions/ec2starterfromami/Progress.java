package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.RunDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the launch of an attempt has come: {@code $.run.launch}, which one call leaves for the next.
 *
 * @param candidate whose turn it is
 * @param since when its turn came
 * @param refused the candidates before, each with its reason
 * @param over nothing more will be launched for this attempt
 */
record Progress(
        int attempt,
        int candidate,
        Instant since,
        Optional<String> instanceId,
        Optional<Instant> launchedAt,
        Optional<Instant> runningSince,
        List<String> refused,
        boolean over) {
    Progress {
        requireNonNull(since, "since is null");
        requireNonNull(instanceId, "instanceId is null");
        requireNonNull(launchedAt, "launchedAt is null");
        requireNonNull(runningSince, "runningSince is null");
        refused = List.copyOf(refused);
    }

    /** What the calls before have left, if they were for the same attempt. */
    static Progress of(RunDocument document, Run run) {
        if (document.at("run", "launch") == null || document.count("run", "launch", "attempt") != run.attempt()) {
            return new Progress(
                    run.attempt(), 0, run.t0(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), false);
        }
        return new Progress(
                run.attempt(),
                document.count("run", "launch", "candidate"),
                document.instant("run", "launch", "since").orElse(run.t0()),
                document.text("run", "launch", "instance_id"),
                document.instant("run", "launch", "launched_at"),
                document.instant("run", "launch", "running_since"),
                document.at("run", "launch", "refused") instanceof List<?> list
                        ? list.stream().map(Objects::toString).toList()
                        : List.of(),
                Boolean.TRUE.equals(document.at("run", "launch", "over")));
    }

    Progress launched(String id, Instant now) {
        return new Progress(
                attempt, candidate, since, Optional.of(id), Optional.of(now), Optional.empty(), refused, false);
    }

    Progress running(Instant now) {
        return new Progress(attempt, candidate, since, instanceId, launchedAt, Optional.of(now), refused, false);
    }

    Progress next(String reason, Instant now) {
        var reasons = new ArrayList<>(refused);
        reasons.add(reason);
        return new Progress(
                attempt, candidate + 1, now, Optional.empty(), Optional.empty(), Optional.empty(), reasons, false);
    }

    Progress ended() {
        return new Progress(attempt, candidate, since, instanceId, launchedAt, runningSince, refused, true);
    }

    RunDocument in(RunDocument document) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("attempt", attempt);
        json.put("candidate", candidate);
        json.put("since", since.toString());
        instanceId.ifPresent(id -> json.put("instance_id", id));
        launchedAt.ifPresent(at -> json.put("launched_at", at.toString()));
        runningSince.ifPresent(at -> json.put("running_since", at.toString()));
        json.put("refused", refused);
        json.put("over", over);
        return document.with(json, "run", "launch");
    }
}
